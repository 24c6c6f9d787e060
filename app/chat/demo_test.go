package chat_test

import (
	"fmt"
	"sync"
	"testing"

	"teahouse/app/chat"
)

// However many replicas start at once, there is one conversation, with rooms,
// people, reactions and an edit to look at.
func TestDemo(t *testing.T) {
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	var work sync.WaitGroup
	for _, s := range []*chat.Service{a, b, a, b} {
		work.Go(func() {
			if err := s.Demo(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	visitor := h.user(a, "visitor")
	page, err := a.History(t.Context(), visitor, chat.Room{ID: chat.General}, 0, chat.LimitHistory)
	must(t, err)
	seen, authors := map[string]int{}, map[chat.UserID]bool{}
	for _, m := range page.Messages {
		seen[m.Body]++
		authors[m.From] = true
		if seen[m.Body] > 1 {
			t.Errorf("%q is said twice", m.Body)
		}
	}
	edited, reacted, called := 0, 0, 0
	var answers []string
	for _, m := range page.Messages {
		if !m.Edited.IsZero() {
			edited++
		}
		reacted += len(m.Reactions)
		called += len(m.Mentions)
		if m.ReplyTo > 0 {
			answers = append(answers, page.Messages[m.ReplyTo-1].Name+" ← "+m.Name)
		}
	}
	if len(page.Messages) < 8 || len(authors) != 4 || edited != 1 || reacted < 4 {
		t.Errorf("%d messages of %d people, %d edited, %d reactions", len(page.Messages), len(authors), edited, reacted)
	}
	if got := fmt.Sprint(answers); got != "[alice ← mina carol ← dave]" || called < 2 {
		t.Errorf("answered are %s, and called %d", got, called)
	}
	rooms, err := a.PublicRooms(t.Context())
	must(t, err)
	for _, r := range rooms[1:] {
		if r.Topic == "" || r.Members < 3 || r.Head.ID == 0 {
			t.Errorf("the room %s: %+v", r.Title(), r)
		}
	}
	if len(rooms) != 3 {
		t.Errorf("there are %d rooms", len(rooms))
	}
}

// A chat in use is left alone.
func TestDemoOfAChatInUse(t *testing.T) {
	h := newHouse(t)
	s := h.replica()
	alice := h.connect(s, "alice")
	must(t, alice.Send(chat.General, chat.KindText, "mine"))
	alice.until("it is posted", func() bool { alice.pull(); return len(alice.seen) == 1 })
	must(t, s.Demo(t.Context()))
	rooms, err := s.PublicRooms(t.Context())
	must(t, err)
	if got := fmt.Sprint(len(rooms), rooms[0].Head.ID); got != "1 1" {
		t.Errorf("rooms and messages: %s", got)
	}
}
