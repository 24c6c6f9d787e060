package ui_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"teahouse/app/chat"
	"teahouse/app/ui"
)

const (
	altUp   = "\x1b[1;3A"
	altDown = "\x1b[1;3B"
	ctrlO   = "\x0f"
)

// hears waits for a signal to the terminal.
func (s *seat) hears(signal string) {
	s.t.Helper()
	s.until("the terminal is sent "+signal, func() bool { return slices.Contains(s.term.Signals(), signal) })
}

func TestReply(t *testing.T) {
	svc := newChat(t)
	bob := userOf(t, svc, "bob")
	post(t, svc, bob, chat.General, "the kettle is on")
	post(t, svc, bob, chat.General, "and the cups are warm")
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.sees("the cups are warm")
	s.keys(altUp, altUp)
	s.sees("▌", "r reply")
	s.keys("r", "coming")
	s.sees("↪ to bob: the kettle is on", "› coming", "!▌")
	s.keys(enter)
	s.sees("↪ bob: the kettle is on", "you     coming", "message #general", "!↪ to")

	s.keys(altUp, "r", "never mind", escape)
	s.sees("!↪ to", "› never mind")
}

func TestReact(t *testing.T) {
	svc := newChat(t)
	bob := sit(t, svc, userOf(t, svc, "bob"), 80, 24)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	bob.keys("the kettle is on", enter)
	s.sees("the kettle is on")
	s.keys(altUp, "+")
	s.sees("find an emoji")
	s.keys("tada", enter)
	s.sees("🎉 1", "!find an emoji")
	bob.sees("🎉 1")
	bob.keys(altUp, "+", enter)
	s.sees("🎉 2")
	s.keys(altUp, "+")
	s.sees("take yours back")
	s.keys(enter)
	s.sees("🎉 1")
}

func TestPickedDeletion(t *testing.T) {
	svc := newChat(t)
	bob := userOf(t, svc, "bob")
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.keys("mine", enter)
	s.sees("you     mine", "!…")
	post(t, svc, bob, chat.General, "bob's")
	s.sees("bob's")
	s.keys(altUp, "d")
	s.sees("only a message of your own can be deleted")
	s.keys(altUp, "d")
	s.sees("d once more deletes")
	s.keys("d")
	s.sees("message deleted", "!mine")
}

func TestCopy(t *testing.T) {
	svc := newChat(t)
	post(t, svc, userOf(t, svc, "bob"), chat.General, "tea\n☕")
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.sees("bob     tea")
	s.keys(altUp, "c")
	s.sees("sent the message to your terminal's clipboard")
	s.hears("52;c;" + base64.StdEncoding.EncodeToString([]byte("tea\n☕")))
}

// TestToOriginal goes from an answer to what it answers, far up, and back.
func TestToOriginal(t *testing.T) {
	svc := newChat(t)
	bob := userOf(t, svc, "bob")
	postMany(t, svc, bob, 1, 900)
	user := userOf(t, svc, "alice")
	answer, err := svc.Compose(user, chat.General, chat.KindText, "about that")
	must(t, err)
	answer.ReplyTo = 7
	_, err = svc.Post(t.Context(), answer)
	must(t, err)
	s := sit(t, svc, user, 80, 24)
	s.sees("about that", "↪ bob: m7")
	s.keys(altUp, enter)
	s.sees("▌", "m7", "m1", "m12", "!about that", "newer")
	s.keys(ctrlO)
	s.sees("about that", "!newer")
	s.keys(ctrlO)
	s.sees("nowhere to go back to")
}

func TestCalls(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	ops := join(t, svc, alice, "ops")
	join(t, svc, bob, "ops")
	post(t, svc, bob, chat.General, "@alice before she came")
	post(t, svc, bob, ops.ID, "here too, @alice")
	s := sit(t, svc, alice, 80, 24)
	s.sees("before she came")
	post(t, svc, bob, ops.ID, "nobody is called")
	s.sees("#ops 2")
	if rings := s.term.Signals(); len(rings) > 0 {
		t.Errorf("what was there before rang %q", rings)
	}
	for i := range 5 {
		post(t, svc, bob, ops.ID, fmt.Sprint("hey @alice ", i))
	}
	s.sees("#ops 7")
	s.hears("bell")
	s.until("the title tells", func() bool { return strings.HasPrefix(s.term.Title(), "(6) #general") })
	if rings := s.term.Signals(); len(rings) != 1 {
		t.Errorf("one burst rang %q", rings)
	}
}

func TestNotification(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	_, err := svc.Set(t.Context(), alice, "notify", "on")
	must(t, err)
	_, err = svc.Set(t.Context(), alice, "bell", "off")
	must(t, err)
	s := sit(t, svc, alice, 80, 24)
	s.sees("the beginning of #general")
	post(t, svc, bob, chat.General, "tea, @here!")
	s.hears("777;notify;teahouse;bob in #general: tea, @here!")
	if slices.Contains(s.term.Signals(), "bell") {
		t.Error("the bell rang, which is off")
	}
}

func TestChoices(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	post(t, svc, bob, chat.General, "tea")
	s := sit(t, svc, alice, 80, 24, func(o *ui.Options) { o.Terminal.Term = "xterm-256color" })
	s.sees("tea")
	for _, set := range [][2]string{{"clock", "12"}, {"zone", "Asia/Tokyo"}} {
		_, err := svc.Set(t.Context(), alice, set[0], set[1])
		must(t, err)
	}
	s.until("the clock is of twelve hours", func() bool {
		return strings.Contains(s.row("tea"), "am") || strings.Contains(s.row("bob"), "pm")
	})
}
