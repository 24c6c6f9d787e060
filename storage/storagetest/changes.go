package storagetest

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
	"teahouse/storage"
)

func changes() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"an edit":                                edited,
		"a deletion":                             deleted,
		"reactions":                              reactions,
		"only so many reactions":                 tooManyReactions,
		"who may change what":                    refusals,
		"a repeated change is the first":         repeatedChange,
		"what changes nothing has no number":     unchanged,
		"messages that are not there":            notThere,
		"changes are one run":                    oneRun,
		"changes from many at once":              manyChanges,
		"changes of what is no longer kept":      changesOfTrimmed,
		"changes of what is too old":             changesOfOld,
		"changes that are no longer kept":        trimmedChanges,
		"changes are told as they are kept":      changesTold,
		"an edit keeps a room's time":            editKeepsTime,
		"changes of a room that is not there":    noChanges,
		"changes behind the end of the log":      changesBehindEnd,
		"an edited message comes back as it was": editedAsItWas,
	}
}

// revise changes a message where that is known to be fine.
func revise(t *testing.T, s chat.Store, r chat.Revision) *chat.Message {
	t.Helper()
	if r.Key == "" {
		r.Key = rand.Text()
	}
	m, err := s.Revise(t.Context(), r)
	must(t, err)
	return m
}

func edited(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	was := post(t, s, "5", "tee")
	post(t, s, "5", "milk")
	got := revise(t, other, chat.Revision{Key: "k", Room: "5", From: 1, ID: 1, Act: chat.ActEdit, Text: "tea"})
	want := *was
	want.Body, want.Edited = "tea", got.Edited
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Error("answered:", diff)
	}
	if age := time.Since(got.Edited); age < -time.Second || age > time.Minute || got.Edited.Before(was.At) {
		t.Errorf("edited %s ago", age)
	}
	if kept := all(t, s, "5"); len(kept) != 2 || !cmp.Equal(kept[0], got) {
		t.Errorf("kept: %+v", kept)
	}
	marks, err := s.Marks(t.Context(), []chat.RoomID{"5"})
	must(t, err)
	if want := (chat.Head{Position: chat.Position{Rev: 3, Key: "k"}, ID: 2}); marks[0].Head != want {
		t.Errorf("the room's head is %+v", marks[0].Head)
	}
	if next := post(t, s, "5", "sugar"); next.ID != 3 || next.Rev != 4 || next.Prev != "k" {
		t.Errorf("the next post is %+v", next)
	}
}

// editedAsItWas has the script rewrite what is hard to write in JSON.
func editedAsItWas(t *testing.T, h *House) {
	s := h.Open(t)
	const hard = "100% \"quoted\" \\ / %d\n\ttwo lines 茶 👩‍👩‍👧 </b> \u2028 {\"id\":7} [] {}"
	d := chat.Draft{Key: rand.Text(), Room: "1:2", From: 9_007_199_254_740, Name: "zoë", Kind: chat.KindAction, Body: hard}
	was, err := s.Post(t.Context(), d)
	must(t, err)
	got := revise(t, s, chat.Revision{Room: "1:2", From: 3, ID: 1, Act: chat.ActReact, Text: "👩‍👩‍👧"})
	want := *was
	want.Reactions = []chat.Reaction{{Emoji: "👩‍👩‍👧", Users: []chat.UserID{3}}}
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Error(diff)
	}
	got = revise(t, s, chat.Revision{Room: "1:2", From: d.From, ID: 1, Act: chat.ActEdit, Text: hard + "!"})
	if got.Body != hard+"!" || len(got.Reactions) != 1 {
		t.Errorf("edited: %+v", got)
	}
}

func deleted(t *testing.T, h *House) {
	s := h.Open(t)
	was := post(t, s, "5", "secret")
	revise(t, s, chat.Revision{Room: "5", From: 1, ID: 1, Act: chat.ActEdit, Text: "secrets"})
	revise(t, s, chat.Revision{Room: "5", From: 2, ID: 1, Act: chat.ActReact, Text: "👍"})
	got := revise(t, s, chat.Revision{Room: "5", From: 1, ID: 1, Act: chat.ActDelete})
	want := *was
	want.Body, want.Deleted = "", true
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Error(diff)
	}
	if kept := all(t, s, "5"); len(kept) != 1 || !cmp.Equal(kept[0], got) {
		t.Errorf("kept: %+v", kept)
	}
	for _, act := range []chat.Act{chat.ActEdit, chat.ActReact, chat.ActUnreact} {
		_, err := s.Revise(t.Context(), chat.Revision{Key: rand.Text(), Room: "5", From: 1, ID: 1, Act: act, Text: "👍"})
		wantCode(t, err, chat.CodeRefused)
	}
}

func reactions(t *testing.T, h *House) {
	s := h.Open(t)
	post(t, s, "5", "x")
	for _, c := range []struct {
		from chat.UserID
		act  chat.Act
		text string
		want string
	}{
		{1, chat.ActReact, "👍", "[{👍 [1]}]"},
		{2, chat.ActReact, "🎉", "[{🎉 [2]} {👍 [1]}]"},
		{3, chat.ActReact, "👍", "[{👍 [1 3]} {🎉 [2]}]"},
		{2, chat.ActReact, "👍", "[{👍 [1 3 2]} {🎉 [2]}]"},
		{1, chat.ActUnreact, "👍", "[{👍 [3 2]} {🎉 [2]}]"},
		{2, chat.ActUnreact, "🎉", "[{👍 [3 2]}]"},
		{3, chat.ActUnreact, "👍", "[{👍 [2]}]"},
		{2, chat.ActUnreact, "👍", "[]"},
		{2, chat.ActReact, "👍", "[{👍 [2]}]"},
	} {
		m := revise(t, s, chat.Revision{Room: "5", From: c.from, ID: 1, Act: c.act, Text: c.text})
		if got := fmt.Sprint(m.Reactions); got != c.want || !m.Edited.IsZero() {
			t.Errorf("%d %s %s: %s, want %s", c.from, c.act, c.text, got, c.want)
		}
	}
	if got := since(t, s, "5", chat.Head{}); len(got) != 10 {
		t.Errorf("%d changes", len(got))
	}
}

func tooManyReactions(t *testing.T, h *House) {
	s := h.Open(t)
	post(t, s, "5", "x")
	react := func(from chat.UserID, emoji string) error {
		_, err := s.Revise(t.Context(), chat.Revision{Key: rand.Text(), Room: "5", From: from, ID: 1, Act: chat.ActReact, Text: emoji})
		return err
	}
	for n := range chat.LimitReactions {
		must(t, react(1, string(rune('🌀'+n))))
	}
	wantCode(t, react(1, "👍"), chat.CodeRefused)
	must(t, react(2, "🌀")) // which is there
	for from := range chat.UserID(chat.LimitReactors - 2) {
		must(t, react(from+3, "🌀"))
	}
	wantCode(t, react(5000, "🌀"), chat.CodeRefused)
	must(t, react(5, "🌀")) // who is there
}

func refusals(t *testing.T, h *House) {
	s := h.Open(t)
	post(t, s, "5", "x")
	for _, act := range []chat.Act{chat.ActEdit, chat.ActDelete} {
		_, err := s.Revise(t.Context(), chat.Revision{Key: rand.Text(), Room: "5", From: 2, ID: 1, Act: act, Text: "y"})
		wantCode(t, err, chat.CodeRefused)
		if text := chat.ErrorText(err); len(text) < 20 {
			t.Errorf("%s is refused with %q", act, text)
		}
	}
	if m := all(t, s, "5")[0]; m.Body != "x" || m.Deleted {
		t.Errorf("refused, and still done: %+v", m)
	}
}

func repeatedChange(t *testing.T, h *House) {
	a, b := h.Open(t), h.Open(t)
	post(t, a, "5", "x")
	for i, r := range []chat.Revision{
		{Key: "react", Room: "5", From: 2, ID: 1, Act: chat.ActReact, Text: "👍"},
		{Key: "again", Room: "5", From: 2, ID: 1, Act: chat.ActReact, Text: "👍"}, // changes nothing
		{Key: "edit", Room: "5", From: 1, ID: 1, Act: chat.ActEdit, Text: "y"},
		{Key: "delete", Room: "5", From: 1, ID: 1, Act: chat.ActDelete},
	} {
		first := revise(t, a, r)
		post(t, b, "5", "between")
		if i == 1 {
			revise(t, b, chat.Revision{Room: "5", From: 2, ID: 1, Act: chat.ActUnreact, Text: "👍"})
		}
		before, err := a.Marks(t.Context(), []chat.RoomID{"5"})
		must(t, err)
		if diff := cmp.Diff(first, revise(t, b, r)); diff != "" {
			t.Errorf("%s: %s", r.Key, diff)
		}
		after, err := a.Marks(t.Context(), []chat.RoomID{"5"})
		must(t, err)
		if !cmp.Equal(before, after) {
			t.Errorf("%s: the room went on from %+v to %+v", r.Key, before, after)
		}
	}
}

func unchanged(t *testing.T, h *House) {
	s := h.Open(t)
	was := post(t, s, "5", "x")
	gone := post(t, s, "5", "y")
	gone = revise(t, s, chat.Revision{Room: "5", From: 1, ID: gone.ID, Act: chat.ActDelete})
	for _, c := range []struct {
		want *chat.Message
		r    chat.Revision
	}{
		{was, chat.Revision{Room: "5", From: 1, ID: 1, Act: chat.ActEdit, Text: "x"}},
		{was, chat.Revision{Room: "5", From: 1, ID: 1, Act: chat.ActUnreact, Text: "👍"}},
		{gone, chat.Revision{Room: "5", From: 1, ID: 2, Act: chat.ActDelete}},
	} {
		if diff := cmp.Diff(c.want, revise(t, s, c.r)); diff != "" {
			t.Errorf("%s: %s", c.r.Act, diff)
		}
	}
	if got := since(t, s, "5", chat.Head{}); len(got) != 3 {
		t.Errorf("%d changes, want two posts and a deletion", len(got))
	}
}

func notThere(t *testing.T, h *House) {
	s := h.Open(t, func(o *storage.Options) { o.HistoryLimit = 2 })
	for range 4 {
		post(t, s, "5", "x")
	}
	for _, id := range []chat.MessageID{-1, 0, 1, 2, 5} {
		_, err := s.Revise(t.Context(), chat.Revision{Key: rand.Text(), Room: "5", From: 1, ID: id, Act: chat.ActDelete})
		wantCode(t, err, chat.CodeNotFound)
	}
	_, err := s.Revise(t.Context(), chat.Revision{Key: rand.Text(), Room: "6", From: 1, ID: 3, Act: chat.ActDelete})
	wantCode(t, err, chat.CodeNotFound)
	old := h.Open(t, func(o *storage.Options) { o.HistoryTTL = time.Millisecond })
	Until(t, "the messages are too old", func() bool {
		_, err := old.Revise(t.Context(), chat.Revision{Key: rand.Text(), Room: "5", From: 2, ID: 3, Act: chat.ActReact, Text: "👍"})
		return chat.ErrorCode(err) == chat.CodeNotFound
	})
}
