package ui_test

import (
	"strings"
	"testing"
)

// What is unread in a quiet room is no reason to look up: the title does not
// count it, and Alt+N does not go there.
func TestQuietRoom(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	ops := join(t, svc, alice, "ops")
	join(t, svc, bob, "ops")
	must(t, svc.Mute(t.Context(), alice, ops, true))
	s := sit(t, svc, alice, 80, 24)
	post(t, svc, bob, ops.ID, "hum")
	s.sees("#ops 1")
	if title := s.term.Title(); strings.HasPrefix(title, "(") {
		t.Errorf("the title is %q", title)
	}
	s.keys(altN)
	s.sees("nothing unread", "message #general")
	must(t, svc.Mute(t.Context(), alice, ops, false))
	s.until("the title tells", func() bool { return strings.HasPrefix(s.term.Title(), "(1) ") })
	s.keys(altN)
	s.sees("message #ops")
}
