package ui_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestKeysThatComeTogetherAreDrawnOnce has ten keys come at once, again and again.
func TestKeysThatComeTogetherAreDrawnOnce(t *testing.T) {
	const rounds = 20
	svc := newChat(t)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.sees("message #general")
	before := s.gate.writes.Load()
	for i := range rounds {
		text := fmt.Sprint("b", i, "a")
		s.keys(ctrlC + strings.Repeat(text+left(len(text)), 4) + "s")
		s.sees("› s" + strings.Repeat(text, 4))
	}
	// Of itself the screen may draw a few: who is here, for one.
	if frames := s.gate.writes.Load() - before; frames > 2*rounds {
		t.Errorf("%d frames for %d times ten keys", frames, rounds)
	}
}

// TestWhatHasNoAnswerIsShown has somebody send, by Enter alone, what waits for long.
func TestWhatHasNoAnswerIsShown(t *testing.T) {
	svc := newChat(t, onePer(3600))
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	for i, text := range []string{"one", "two", "three", "four", "five"} {
		s.keys(text)
		s.sees("› " + text)
		s.keys(enter)
		s.sees("message #general")
		if i > 0 {
			s.sees(text)
		}
	}
}

func left(n int) string { return strings.Repeat("\x1b[D", n) }
