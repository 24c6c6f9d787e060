package ui_test

import (
	"testing"

	"teahouse/app/chat"
)

// TestQuoteChanges has a message change that another answers, and that is too
// old to be on the screen, or even at hand.
func TestQuoteChanges(t *testing.T) {
	for name, between := range map[string]int{"not loaded": 300, "not at hand": 900} {
		t.Run(name, func(t *testing.T) {
			svc := newChat(t)
			bob := userOf(t, svc, "bob")
			post(t, svc, bob, chat.General, "a secret")
			s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
			s.sees("a secret")
			postMany(t, svc, bob, 1, between)
			s.keys("/reply 1 oh", enter)
			s.sees("↪ bob: a secret")
			_, err := svc.Edit(t.Context(), bob, chat.Room{ID: chat.General}, 1, "nothing")
			must(t, err)
			s.sees("↪ bob: nothing", "!secret")
			_, err = svc.Delete(t.Context(), bob, chat.Room{ID: chat.General}, 1)
			must(t, err)
			s.sees("↪ bob: message deleted")
		})
	}
}
