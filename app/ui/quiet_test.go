package ui_test

import (
	"strings"
	"testing"
)

// What is unread in a quiet room is no reason to look up: Alt+N does not go
// there. Who is called is told all the same.
func TestQuietRoom(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	ops := join(t, svc, alice, "ops")
	join(t, svc, bob, "ops")
	must(t, svc.Mute(t.Context(), alice, ops, true))
	s := sit(t, svc, alice, 80, 24)
	post(t, svc, bob, ops.ID, "hum, @alice")
	s.sees("#ops 1")
	s.until("the title tells", func() bool { return strings.HasPrefix(s.term.Title(), "(1) ") })
	s.keys(altN)
	s.sees("nothing unread", "message #general")
	must(t, svc.Mute(t.Context(), alice, ops, false))
	s.until("the room is not quiet", func() bool { v, _ := s.Room(ops.ID); return !v.Muted })
	s.keys(altN)
	s.sees("message #ops")
}
