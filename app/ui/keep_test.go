package ui_test

import (
	"fmt"
	"strings"
	"testing"

	"teahouse/app/chat"
)

// leaves closes the connection as when the network goes.
func (s *seat) leaves() { s.rise() }

func TestComingBack(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	ops := join(t, svc, alice, "ops")
	join(t, svc, bob, "ops")
	for i := 1; i <= 5; i++ {
		post(t, svc, bob, ops.ID, fmt.Sprint("early ", i))
	}
	first := sit(t, svc, alice, 80, 24)
	first.sees("message #general", "#ops 5")
	first.keys("half a thought", altN)
	first.sees("message #ops", "early 5")
	first.keys("and another\nof two lines")
	first.sees("of two lines")
	first.leaves()

	for i := 1; i <= 60; i++ {
		post(t, svc, bob, ops.ID, fmt.Sprint("late ", i))
	}
	second := sit(t, svc, alice, 80, 24)
	second.sees("› and another", "of two lines", "─ new ─", "late 1", "newer", "!late 60")
	second.until("the rule stands above what is new", func() bool {
		text := second.text()
		return strings.Index(text, "─ new ─") < strings.Index(text, "late 1")
	})
	second.keys(ctrlP)
	second.sees("› half a thought")
	second.keys(ctrlC, altN)
	second.sees("› and another")
	second.leaves()

	third := sit(t, svc, alice, 80, 24)
	third.sees("› and another")
	third.keys(ctrlP)
	third.sees("message #general", "!half a thought")
}

// TestDraftRests has a text kept though the connection has not ended.
func TestDraftRests(t *testing.T) {
	svc := newChat(t)
	alice := userOf(t, svc, "alice")
	s := sit(t, svc, alice, 80, 24)
	s.sees("message #general")
	s.keys("half a thought")
	s.until("the draft is kept", func() bool {
		drafts, err := svc.Drafts(t.Context(), alice)
		return err == nil && drafts[chat.General] == "half a thought"
	})
	s.keys(enter)
	s.until("the draft has gone", func() bool {
		drafts, err := svc.Drafts(t.Context(), alice)
		return err == nil && len(drafts) == 0
	})
}

// TestResumeFarUp has somebody come back to more than a replica has at hand.
func TestResumeFarUp(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	postMany(t, svc, bob, 1, 900)
	s := sit(t, svc, alice, 80, 24)
	s.sees("bob     m1", "newer", "!m900", "!▌")
	s.keys(escape)
	s.sees("m900", "!newer")
}
