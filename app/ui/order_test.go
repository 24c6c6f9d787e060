package ui_test

import (
	"strings"
	"testing"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

// TestNoticesStandWhereTheyBelong has a screen that could not draw for a while
// take in messages and notices at once.
func TestNoticesStandWhereTheyBelong(t *testing.T) {
	svc := newChat(t)
	bob := userOf(t, svc, "bob")
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.sees("message #general")
	other, _ := s.Follow(chat.General)
	other.Next()
	s.gate.shut()
	post(t, svc, bob, chat.General, "one")
	for _, words := range []string{"first topic", "second topic"} {
		must(t, svc.SetTopic(t.Context(), bob, chat.Room{ID: chat.General}, words))
		storagetest.Until(t, "the notice is there", func() bool { step, _ := other.Next(); return len(step.Notices) > 0 })
		post(t, svc, bob, chat.General, "after the "+words)
	}
	storagetest.Until(t, "all is there", func() bool { v, _ := s.Room(chat.General); return v.Head == 3 })
	s.gate.reopen()
	s.sees("after the second topic")
	at := 0
	for _, words := range []string{"one", "topic: first topic", "after the first topic", "topic: second topic", "after the second topic"} {
		next := strings.Index(s.text(), words)
		if next < at {
			t.Errorf("%q stands too high\n%s", words, s.term)
		}
		at = next
	}
}
