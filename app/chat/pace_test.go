package chat

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestPacer(t *testing.T) {
	type post struct{ at, wait float64 } // seconds
	for what, c := range map[string]struct {
		rate  float64
		burst int
		posts []post
	}{
		"no limit":            {0, 5, []post{{0, 0}, {0, 0}, {0, 0}}},
		"a burst, then waits": {1, 3, []post{{0, 0}, {0, 0}, {0, 0}, {0, 1}, {0, 2}}},
		"as fast as the rate": {2, 1, []post{{0, 0}, {.5, 0}, {1, 0}, {1.25, .25}}},
		"silence is no merit": {1, 2, []post{{0, 0}, {100, 0}, {100, 0}, {100, 1}}},
		"the burst comes back": {1, 2, []post{
			{0, 0}, {0, 0}, {1, 0}, {1, 1}, {5, 0}, {5, 0},
		}},
		"no burst is one": {1, 0, []post{{0, 0}, {0, 1}}},
	} {
		p := newPacer[UserID](c.rate, c.burst)
		start := time.Now()
		for i, post := range c.posts {
			now := start.Add(time.Duration(post.at * float64(time.Second)))
			if got := p.reserve(7, now); got != time.Duration(post.wait*float64(time.Second)) {
				t.Errorf("%s, post %d: waits %s, want %gs", what, i, got, post.wait)
			}
		}
	}
}

func TestPacerUsers(t *testing.T) {
	p, now := newPacer[UserID](1, 1), time.Now()
	p.reserve(1, now)
	if wait := p.reserve(2, now); wait != 0 {
		t.Errorf("one user waits %s for another", wait)
	}
	p.forget(now)
	if wait := p.reserve(1, now); wait == 0 {
		t.Error("a user who owes was forgotten")
	}
	p.forget(now.Add(time.Minute))
	if len(p.paid) != 0 {
		t.Errorf("%d users who owe nothing are kept", len(p.paid))
	}
}

func TestErrors(t *testing.T) {
	taken := Errorf(CodeTaken, "the name %s is taken", "anna")
	for _, c := range []struct {
		err  error
		code Code
		text string
	}{
		{nil, "", ""},
		{taken, CodeTaken, "the name anna is taken"},
		{fmt.Errorf("renaming: %w", taken), CodeTaken, "the name anna is taken"},
		{Unavailable(errors.New("EOF")), CodeUnavailable, Unavailable(nil).Text},
		{context.DeadlineExceeded, CodeUnavailable, Unavailable(nil).Text},
		{fmt.Errorf("asking: %w", context.DeadlineExceeded), CodeUnavailable, Unavailable(nil).Text},
		{context.Canceled, CodeInternal, "internal error; it has been logged"},
		{errors.New("secret"), CodeInternal, "internal error; it has been logged"},
	} {
		if got := ErrorCode(c.err); got != c.code {
			t.Errorf("%v has the code %q, want %q", c.err, got, c.code)
		}
		if c.err == nil {
			continue
		}
		if got := ErrorText(c.err); got != c.text {
			t.Errorf("%v is told as %q, want %q", c.err, got, c.text)
		}
	}
	cause := errors.New("EOF")
	if err := Unavailable(cause); !errors.Is(err, cause) || err.Error() == err.Text {
		t.Errorf("the log does not get the cause: %v", err)
	}
}

// Who is refused pays nothing for it: it takes no longer than it was told.
func TestPacerAllows(t *testing.T) {
	p := newPacer[string](1, 2)
	start := time.Now()
	for i, c := range []struct{ at, wait float64 }{{0, 0}, {0, 0}, {0, 1}, {0, 1}, {.5, .5}, {1, 0}, {1, 1}, {100, 0}} {
		now := start.Add(time.Duration(c.at * float64(time.Second)))
		if wait := p.allows("anna", now); wait != time.Duration(c.wait*float64(time.Second)) {
			t.Errorf("%d: wait %s, want %gs", i, wait, c.wait)
		}
	}
}

func TestTimesInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Millisecond: "1 s", 59 * time.Second: "59 s", time.Minute: "1 min", 299*time.Second + 1: "5 min", 61 * time.Second: "1 min 1 s",
		30 * time.Minute: "30 min", 10*time.Minute + time.Second: "11 min", time.Hour: "1 h", 90 * time.Minute: "1 h 30 min", 49 * time.Hour: "49 h", 0: "0 s",
	} {
		if got := inWords(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
