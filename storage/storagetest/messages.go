package storagetest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
	"teahouse/storage"
)

// reply makes sure that what a message answers stays with it, whatever becomes
// of either.
func reply(t *testing.T, h *House) {
	s := h.Open(t)
	post(t, s, "5", "tea?")
	d := chat.Draft{Key: rand.Text(), Room: "5", From: 2, Name: "bert", Body: "yes @anna", ReplyTo: 1}
	m, err := s.Post(t.Context(), d)
	must(t, err)
	if m.ID != 2 || m.ReplyTo != 1 || !cmp.Equal(m.Mentions, []string{"anna"}) {
		t.Errorf("posted %+v", m)
	}
	again, err := s.Post(t.Context(), d)
	must(t, err)
	if diff := cmp.Diff(m, again); diff != "" {
		t.Error("a repeated reply:", diff)
	}
	revise(t, s, chat.Revision{Room: "5", From: 1, ID: 1, Act: chat.ActDelete})
	for _, r := range []chat.Revision{
		{Room: "5", From: 2, ID: 2, Act: chat.ActEdit, Text: "please"},
		{Room: "5", From: 1, ID: 2, Act: chat.ActReact, Text: "☕"},
		{Room: "5", From: 2, ID: 2, Act: chat.ActDelete},
	} {
		if got := revise(t, s, r); got.ReplyTo != 1 {
			t.Errorf("%s: %+v", r.Act, got)
		}
	}
	if kept := all(t, s, "5"); kept[0].ReplyTo != 0 || kept[1].ReplyTo != 1 {
		t.Errorf("kept: %+v, %+v", kept[0], kept[1])
	}
}

func replyToNothing(t *testing.T, h *House) {
	s := h.Open(t, func(o *storage.Options) { o.HistoryLimit = 2 })
	try := func(to chat.MessageID) error {
		_, err := s.Post(t.Context(), chat.Draft{Key: rand.Text(), Room: "5", From: 1, Name: "anna", Body: "x", ReplyTo: to})
		return err
	}
	wantCode(t, try(1), chat.CodeNotFound)
	post(t, s, "5", "one")
	wantCode(t, try(2), chat.CodeNotFound)
	wantCode(t, try(-1), chat.CodeNotFound)
	if p, err := s.Before(t.Context(), "5", 0, 10); err != nil || p.Head.ID != 1 || p.Head.Rev != 1 {
		t.Errorf("refused replies left %+v, %v", p.Head, err)
	}
	post(t, s, "5", "two")
	post(t, s, "5", "three")
	must(t, try(1)) // which was there, and is kept no more
}

func byNumber(t *testing.T, h *House) {
	s := h.Open(t, func(o *storage.Options) { o.HistoryLimit = 8 })
	for range 10 {
		post(t, s, "5", "x")
	}
	post(t, s, "6", "y")
	revise(t, s, chat.Revision{Room: "5", From: 1, ID: 7, Act: chat.ActEdit, Text: "y"})
	kept := all(t, s, "5")
	for _, c := range []struct{ ask, want []chat.MessageID }{
		{nil, []chat.MessageID{}},
		{[]chat.MessageID{7}, []chat.MessageID{7}},
		{[]chat.MessageID{9, 3, 7, 3}, []chat.MessageID{3, 7, 9}},
		{[]chat.MessageID{-1, 0, 1, 2, 10, 11}, []chat.MessageID{10}},
	} {
		asked := append([]chat.MessageID{}, c.ask...)
		got, err := s.Messages(t.Context(), "5", c.ask)
		must(t, err)
		if diff := cmp.Diff(c.want, ids(got)); diff != "" {
			t.Errorf("%v: %s", c.ask, diff)
		}
		for _, m := range got {
			if diff := cmp.Diff(kept[m.ID-3], m); diff != "" {
				t.Errorf("message %d: %s", m.ID, diff)
			}
		}
		if diff := cmp.Diff(asked, append([]chat.MessageID{}, c.ask...)); diff != "" {
			t.Error("the question was changed:", diff)
		}
	}
}

// byNumberOld: what is too old is not to be had, also while it is still there.
func byNumberOld(t *testing.T, h *House) {
	keeps, reads := h.Open(t), h.Open(t, func(o *storage.Options) { o.HistoryTTL = 500 * time.Millisecond })
	post(t, keeps, "5", "x")
	Until(t, "the message is too old", func() bool {
		got, err := reads.Messages(t.Context(), "5", []chat.MessageID{1})
		must(t, err)
		return len(got) == 0
	})
}

func among(t *testing.T, h *House) {
	s := h.Open(t)
	anna, bert, ops := user(t, s, "anna"), user(t, s, "bert"), room(t, s, "ops")
	add(t, s, ops, anna)
	d := chat.Draft{Key: rand.Text(), Room: ops.ID, From: anna.ID, Name: "anna", Body: "x"}
	for _, who := range [][]chat.UserID{{bert.ID}, {anna.ID, bert.ID}} {
		_, err := s.Post(t.Context(), d, who...)
		wantCode(t, err, chat.CodeAbsent)
	}
	m, err := s.Post(t.Context(), d, anna.ID)
	must(t, err)
	if m.ID != 1 || len(all(t, s, ops.ID)) != 1 {
		t.Errorf("posted is %+v", m)
	}
	_, err = s.RemoveMember(t.Context(), ops.ID, anna)
	must(t, err)
	again, err := s.Post(t.Context(), d, anna.ID)
	must(t, err)
	if again.ID != m.ID {
		t.Errorf("it is answered with %+v", again)
	}
}
