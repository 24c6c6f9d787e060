package command_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"teahouse/app/chat"
	"teahouse/app/command"
)

func TestSendRefuses(t *testing.T) {
	h := open(t)
	h.does("bob", "join ops")
	before := len(h.said("general"))
	h.refused("send general", "there is nothing to send")
	h.refused("send general", "there is nothing to send", " \n\t\n")
	h.refused("send general", "there is nothing to send", "\x1b[31m\u200b")
	h.refused("send general "+strings.Repeat("é", chat.LimitBody+1), "the message is too long")
	h.refused("send general", "the message is too long", strings.Repeat("é", chat.LimitBody+1))
	h.refused("send general", "the message is too long", strings.Repeat("x\n", chat.LimitLines+1))
	h.refused("send general", "too long for one message", strings.Repeat("x", 1<<20))
	h.refused("send general", "too long for one message", strings.Repeat("\x1b[31m", 1<<16)+"the end")
	h.refused("send general --lines and text", "take it or the text away")
	h.refused("send ops hi", "join it")
	h.refused("send nowhere hi", "there is no room #nowhere")
	h.refused("send @nobody hi", "nobody here is called nobody")
	h.refused("send @alice hi", "that is you")
	h.refused("send", "usage: send")
	if got := len(h.said("general")); got != before {
		t.Errorf("%d messages were posted", got-before)
	}
}

func TestSendTakesAllThatFits(t *testing.T) {
	h := open(t)
	longest := strings.Repeat("🍵", chat.LimitBody)
	h.does("alice", "send general", "\n", longest, "\n\n")
	if got := h.said("general"); !slices.Equal(got, []string{longest}) {
		t.Errorf("posted %d messages, of %d characters", len(got), utf8.RuneCountInString(strings.Join(got, "")))
	}
}

func TestSendLines(t *testing.T) {
	long := strings.Repeat("é", chat.LimitBody) // twice as many bytes
	for name, tt := range map[string]struct {
		in   string
		want []string
	}{
		"nothing":           {"", nil},
		"no line end":       {"one\ntwo", []string{"one", "two"}},
		"DOS line ends":     {"one\r\ntwo\r\n", []string{"one", "two"}},
		"blank lines":       {"\n\n \t\none\n\n\u2800\n\x1b[0m\n\u200b\ntwo\n\n", []string{"one", "two"}},
		"tabs":              {"a\tb\n", []string{"a\tb"}},
		"bad bytes":         {"a\xffb\n", []string{"a\ufffdb"}},
		"a full line":       {strings.Repeat("x", chat.LimitBody) + "\ny\n", []string{strings.Repeat("x", chat.LimitBody), "y"}},
		"characters":        {"x" + long + "\n", []string{"x" + long[:chat.LimitBody-2], long[chat.LimitBody-2 : 2*chat.LimitBody-2], "é"}},
		"a progress bar":    {strings.Repeat("50%\r", 250) + "\ndone\n", []string{strings.TrimSpace(strings.Repeat("50% ", 250)), "done"}},
		"nothing but bytes": {strings.Repeat("\xbf", 10) + "\n", []string{strings.Repeat("\ufffd", 10)}},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			h.does("alice", "send general --lines", tt.in)
			if got := h.said("general"); !slices.Equal(got, tt.want) {
				t.Errorf("posted %.200q, want %.200q", got, tt.want)
			}
		})
	}
}

func TestSendLinesAsTheyCome(t *testing.T) {
	h := open(t)
	tail := h.follow("bob", "tail general -n 1")
	r, w := io.Pipe()
	c := h.call("alice", r, io.Discard)
	ended := make(chan error, 1)
	go func() { ended <- command.Run(t.Context(), "send general --lines", c) }()
	_, err := io.WriteString(w, "first\nsecond, half way")
	must(t, err)
	tail.sees("first")
	broken := errors.New("the line broke")
	must(t, w.CloseWithError(broken))
	if err := <-ended; !errors.Is(err, broken) {
		t.Errorf("it ends with %v", err)
	}
}

// Input that broke off is not what was meant to be said.
func TestSendWhoseCallerLeaves(t *testing.T) {
	h := open(t)
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	c := h.call("alice", r, io.Discard)
	ended := make(chan error, 1)
	go func() { ended <- command.Run(ctx, "send general", c) }()
	_, err := io.WriteString(w, "half of what was")
	must(t, err)
	cancel()
	must(t, w.Close())
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if got := h.said("general"); len(got) > 0 {
		t.Errorf("posted %q", got)
	}
}

func TestHistoryLimits(t *testing.T) {
	h := open(t)
	h.does("bob", "join ops")
	if out := h.does("alice", "history general"); out != "" {
		t.Errorf("an empty room's history is %q", out)
	}
	h.does("alice", "send general --lines", strings.Repeat("tea\n", 60))
	for line, want := range map[string]int{
		"history general":                    50,
		"history general -n 1":               1,
		"history general -n 1000":            60,
		"history general --before 3":         2,
		"history general --before 1":         0,
		"history general --before 9999 -n 7": 7,
		"history general --before #11 -n 50": 10,
	} {
		if got := strings.Count(h.does("alice", line), "\n"); got != want {
			t.Errorf("%s prints %d lines, want %d", line, got, want)
		}
	}
	h.refused("history general -n 0", "ask for 1 to 1000")
	h.refused("history general -n 1001", "ask for 1 to 1000")
	h.refused("history general -n 99999999999999999999", "-n needs a number")
	h.refused("history ops", "join it")
	h.refused("history @bob", "have not written to each other")
	h.refused("history nowhere", "there is no room #nowhere")
}

func TestTail(t *testing.T) {
	h := open(t)
	h.does("bob", "join ops")
	h.does("alice", "send general --lines", "one\ntwo\nthree\n")
	tail := h.follow("bob", "tail general ops #general -n 2")
	tail.sees("three")
	h.does("alice", "send general four")
	h.does("bob", "send ops five")
	tail.sees("four")
	tail.sees("five")
	if err := tail.stop(); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	for body, want := range map[string]int{"one": 0, "two": 1, "three": 1, "four": 1, "five": 1} {
		if got := strings.Count(tail.printed(), ": "+body+"\n"); got != want {
			t.Errorf("%s was printed %d times, want %d", body, got, want)
		}
	}
	if out := h.does("alice", "whois bob"); strings.Contains(out, "here now") {
		t.Errorf("after its end, bob is here: %s", out)
	}
	h.refused("tail general -n 1001", "1000 is the most")
	h.refused("tail nowhere", "there is no room #nowhere")
	h.refused("tail ops", "join it")
	h.refused("tail", "usage: tail")
}

// A reader that cannot keep up is no reason to skip or to repeat.
func TestTailOfAFlood(t *testing.T) {
	h := open(t)
	h.does("alice", "send general before")
	tail := h.follow("bob", "tail general -n 1")
	tail.sees("before") // and so it goes on from there
	tail.stall()
	h.does("alice", "send general --lines", strings.Repeat("tea\n", 2*chat.TailLimit))
	h.does("alice", "send general the end")
	tail.mu.Unlock()
	tail.sees("the end")
	if got := strings.Count(tail.printed(), ": tea\n"); got != 2*chat.TailLimit {
		t.Errorf("%d lines were printed, want %d", got, 2*chat.TailLimit)
	}
}
