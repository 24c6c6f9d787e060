package ui_test

import (
	"strings"
	"testing"
)

// TestBackToALeftRoom has somebody go back to a room that they have left since:
// they stay where they are, and the room's name is the right one.
func TestBackToALeftRoom(t *testing.T) {
	svc := newChat(t)
	alice := userOf(t, svc, "alice")
	ops := join(t, svc, alice, "ops")
	post(t, svc, alice, ops.ID, "first")
	s := sit(t, svc, alice, 80, 24)
	s.keys("/join ops", enter)
	s.sees("message #ops")
	s.keys("/reply 1 second", enter)
	s.sees("↪ you: first", "!…")
	s.keys(altUp)
	s.sees("▌")
	s.keys(enter)
	s.until("the first is shown", func() bool { return strings.Contains(s.row("▌"), "first") })
	s.keys("/join general", enter)
	s.sees("message #general")
	must(t, svc.Leave(t.Context(), alice, ops))
	s.sees("!#ops")
	s.keys(ctrlO)
	s.sees("you are not in that room any more", "message #general", "!You are not in")
	s.keys("here", enter)
	s.sees("you     here")
}
