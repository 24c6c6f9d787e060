package storagetest

import (
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
	"teahouse/storage"
)

// since reads all changes after a place, a few at a time.
func since(t *testing.T, s chat.Store, in chat.RoomID, after chat.Head) (es []chat.Entry) {
	t.Helper()
	for {
		span, err := s.Changes(t.Context(), in, after, 3)
		must(t, err)
		if len(span.Entries) == 0 {
			return es
		}
		es = append(es, span.Entries...)
		for _, e := range span.Entries {
			after = chat.Head{Position: e.Position, ID: max(after.ID, e.ID)}
		}
	}
}

// checkRun wants a run of changes that begins behind a place and each of whose
// messages is as the log has it now.
func checkRun(t *testing.T, s chat.Store, after chat.Position, es []chat.Entry) {
	t.Helper()
	now := map[chat.MessageID]*chat.Message{}
	for _, m := range all(t, s, "5") {
		now[m.ID] = m
	}
	for _, e := range es {
		if e.Rev != after.Rev+1 || e.Prev != after.Key {
			t.Fatalf("change %+v follows %+v", e, after)
		}
		if diff := cmp.Diff(now[e.ID], e.Message); diff != "" {
			t.Errorf("change %d: %s", e.Rev, diff)
		}
		after = e.Position
	}
}

func oneRun(t *testing.T, h *House) {
	s := h.Open(t)
	for range 4 {
		post(t, s, "5", "x")
		revise(t, s, chat.Revision{Room: "5", From: 2, ID: 1, Act: chat.ActReact, Text: "👍"})
		revise(t, s, chat.Revision{Room: "5", From: 1, ID: 1, Act: chat.ActEdit, Text: rand.Text()})
		post(t, s, "5", "y")
		revise(t, s, chat.Revision{Room: "5", From: 2, ID: 1, Act: chat.ActUnreact, Text: "👍"})
	}
	es := since(t, s, "5", chat.Head{})
	if len(es) != 20 {
		t.Fatalf("%d changes", len(es))
	}
	checkRun(t, s, chat.Position{}, es)
	id := chat.MessageID(0)
	for i, e := range es {
		id = max(id, e.ID)
		after := chat.Head{Position: e.Position, ID: id}
		rest := since(t, s, "5", after)
		checkRun(t, s, e.Position, rest)
		if len(rest) != len(es)-i-1 {
			t.Errorf("%d changes follow %+v", len(rest), after)
		}
	}
	span, err := s.Changes(t.Context(), "5", chat.Head{}, 2)
	must(t, err)
	if span.First != 1 || span.Head.ID != 8 || span.Head.Rev != 20 || span.Head.Position != es[19].Position || len(span.Entries) < 2 {
		t.Errorf("the span is %+v", span)
	}
}

func manyChanges(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t)}
	post(t, stores[0], "5", "x")
	AtOnce(4, func(i int) {
		for n := range 40 {
			s, key, me := stores[i%2], rand.Text(), chat.UserID(i+1)
			var err error
			switch n % 4 {
			case 0:
				_, err = s.Post(t.Context(), chat.Draft{Key: key, Room: "5", From: me, Name: "x", Body: key})
			case 1, 2:
				act := []chat.Act{chat.ActReact, chat.ActUnreact}[n%4-1]
				_, err = s.Revise(t.Context(), chat.Revision{Key: key, Room: "5", From: me, ID: 1, Act: act, Text: "👍"})
			default:
				_, err = s.Revise(t.Context(), chat.Revision{Key: key, Room: "5", From: 1, ID: 1, Act: chat.ActEdit, Text: key})
			}
			report(t, err)
		}
	})
	for _, s := range stores {
		es := since(t, s, "5", chat.Head{})
		checkRun(t, s, chat.Position{}, es)
		if len(es) != 161 {
			t.Errorf("%d changes", len(es))
		}
	}
	if m := all(t, stores[0], "5")[0]; len(m.Reactions) != 0 || m.Edited.IsZero() {
		t.Errorf("the message is %+v", m)
	}
}

// changesOfTrimmed: their numbers stay, and so the run.
func changesOfTrimmed(t *testing.T, h *House) {
	s := h.Open(t, func(o *storage.Options) { o.HistoryLimit = 2 })
	post(t, s, "5", "x")
	second := post(t, s, "5", "y")
	revise(t, s, chat.Revision{Room: "5", From: 2, ID: 1, Act: chat.ActReact, Text: "👍"})
	revise(t, s, chat.Revision{Room: "5", From: 2, ID: 2, Act: chat.ActReact, Text: "👍"})
	post(t, s, "5", "z")
	es := since(t, s, "5", end(second))
	checkRun(t, s, second.Entry().Position, es)
	if len(es) != 3 || es[0].Message != nil || es[0].ID != 1 || es[1].Message == nil {
		t.Errorf("changes: %+v", es)
	}
	if es := since(t, s, "5", chat.Head{}); len(es) != 0 {
		t.Errorf("behind a post that is gone: %+v", es)
	}
}

// changesOfOld: what is too old to be shown is not shown by its changes either,
// also while it is still there.
func changesOfOld(t *testing.T, h *House) {
	keeps, reads := h.Open(t), h.Open(t, func(o *storage.Options) { o.HistoryTTL = 500 * time.Millisecond })
	post(t, keeps, "5", "old")
	revise(t, keeps, chat.Revision{Room: "5", From: 1, ID: 1, Act: chat.ActEdit, Text: "older"})
	Until(t, "the message is too old", func() bool {
		p, err := reads.Before(t.Context(), "5", 0, 10)
		must(t, err)
		return len(p.Messages) == 0
	})
	for after, want := range map[chat.Head]int{{}: 2, end(all(t, keeps, "5")[0]): 1} {
		es := since(t, reads, "5", after)
		if len(es) != want || es[0].Message != nil || es[want-1].Message != nil {
			t.Errorf("behind %+v: %+v", after, es)
		}
	}
}

func trimmedChanges(t *testing.T, h *House) {
	s := h.Open(t)
	first := post(t, s, "5", "x")
	const n = 1010
	for i := range n {
		revise(t, s, chat.Revision{Room: "5", From: 1, ID: 1, Act: chat.ActEdit, Text: fmt.Sprint(i)})
	}
	kept, err := h.Redis.ZCard(t.Context(), "room:{5}:changes").Result()
	must(t, err)
	if kept >= n || kept < 512 {
		t.Errorf("%d changes are kept", kept)
	}
	span, err := s.Changes(t.Context(), "5", end(first), 100)
	must(t, err)
	if len(span.Entries) != 0 || span.Head.Rev != n+1 {
		t.Errorf("behind a change that is gone there are %d; the head is %+v", len(span.Entries), span.Head)
	}
}

func changesTold(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	e := listen(t, s)
	s.Subscribe(chat.RoomTopic("5"))
	e.await("subscribed", 1, isKind(chat.NewsSubscribed))
	post(t, other, "5", "x")
	revise(t, other, chat.Revision{Key: "\"e\"", Room: "5", From: 1, Name: "zoë \"", ID: 1, Act: chat.ActEdit, Text: "y"})
	revise(t, other, chat.Revision{Room: "5", From: 2, Name: "bert", ID: 1, Act: chat.ActReact, Text: "👍"})
	revise(t, other, chat.Revision{Room: "5", From: 2, ID: 1, Act: chat.ActReact, Text: "👍"}) // changes nothing
	last := revise(t, other, chat.Revision{Room: "5", From: 1, ID: 1, Act: chat.ActDelete})
	var told []chat.Entry
	for _, n := range e.await("all changes", 4, isKind(chat.NewsEntry)) {
		if n.Room != "5" || n.Topic != chat.RoomTopic("5") {
			t.Errorf("news of %s, %s", n.Room, n.Topic)
		}
		told = append(told, n.Entry)
	}
	if diff := cmp.Diff(last, told[3].Message); diff != "" || told[1].Message.Body != "y" || len(told[2].Message.Reactions) != 1 {
		t.Errorf("told: %+v %s", told, diff)
	}
	kept := since(t, s, "5", chat.Head{})
	for i := range told {
		told[i].Message, kept[i].Message = nil, nil // as it was then, and as it is now
	}
	if e, r, d := told[1], told[2], told[3]; told[0].Act != "" || e.Act != chat.ActEdit || e.By != "zoë \"" || e.Emoji != "" ||
		r.Act != chat.ActReact || r.By != "bert" || r.Emoji != "👍" || d.Act != chat.ActDelete {
		t.Errorf("told: %+v", told)
	}
	if diff := cmp.Diff(kept, told); diff != "" {
		t.Error(diff)
	}
}

// editKeepsTime: a room in which nobody writes goes as a whole, though its only
// message was changed.
func editKeepsTime(t *testing.T, h *House) {
	s := h.Open(t, func(o *storage.Options) { o.HistoryTTL = time.Hour })
	post(t, s, "5", "x")
	revise(t, s, chat.Revision{Room: "5", From: 1, ID: 1, Act: chat.ActEdit, Text: "y"})
	for _, key := range []string{"room:{5}", "room:{5}:changes"} {
		left, err := h.Redis.PTTL(t.Context(), key).Result()
		must(t, err)
		if left <= 0 || left > time.Hour {
			t.Errorf("%s goes in %s", key, left)
		}
	}
}

func noChanges(t *testing.T, h *House) {
	span, err := h.Open(t).Changes(t.Context(), "77", chat.Head{}, 10)
	must(t, err)
	if len(span.Entries) != 0 || span.First != 0 || span.Head != (chat.Head{}) {
		t.Errorf("the span is %+v", span)
	}
}

func changesBehindEnd(t *testing.T, h *House) {
	s := h.Open(t)
	last := post(t, s, "5", "x")
	for _, after := range []chat.Head{end(last), {Position: chat.Position{Rev: 9, Key: "k"}, ID: 7}} {
		span, err := s.Changes(t.Context(), "5", after, 10)
		must(t, err)
		if !slices.Equal(span.Entries, nil) || span.Head != end(last) {
			t.Errorf("behind %+v: %+v", after, span)
		}
	}
}
