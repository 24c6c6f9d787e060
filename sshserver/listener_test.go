package sshserver

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/chat"
)

func TestHousehold(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"::ffff:192.0.2.1", "::ffff:192.0.2.2", false},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
		{"2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"fe80::1%eth0", "fe80::2%eth1", true},
		{"::", "192.0.2.1", false},
	} {
		// As they come from a listener.
		a, b := netip.MustParseAddr(tt.a).Unmap(), netip.MustParseAddr(tt.b).Unmap()
		if got := chat.Household(a) == chat.Household(b); got != tt.same {
			t.Errorf("%s and %s: one household: %v", tt.a, tt.b, got)
		}
	}
}

func TestCrowd(t *testing.T) {
	c := crowd{limit: 2, count: map[netip.Prefix]int{}}
	enter := func(from string, want bool) func() {
		t.Helper()
		leave, ok := c.enter(netip.MustParseAddr(from))
		if ok != want {
			t.Errorf("%s may enter: %v", from, ok)
		}
		return leave
	}
	first := enter("2001:db8::1", true)
	second := enter("2001:db8::2", true)
	enter("2001:db8::3", false)
	other := enter("192.0.2.1", true)
	first()
	third := enter("2001:db8::3", true)
	enter("2001:db8::1", false)
	for _, leave := range []func(){second, third, other} {
		leave()
	}
	for range 5 {
		enter("127.0.0.1", true)
		enter("127.8.8.8", true)
		enter("::1", true)
	}
	if len(c.count) != 0 {
		t.Errorf("counted in the end: %v", c.count)
	}
}

func TestNoCrowdIsTooLargeWithoutALimit(t *testing.T) {
	c := crowd{count: map[netip.Prefix]int{}}
	for range 100 {
		if _, ok := c.enter(netip.MustParseAddr("192.0.2.1")); !ok {
			t.Fatal("refused")
		}
	}
}

// full is a channel whose client reads nothing.
type full struct {
	gossh.Channel
	out, err pipe
}

type pipe struct {
	io.Reader
	writing, over chan struct{}
}

func newPipe() pipe { return pipe{writing: make(chan struct{}), over: make(chan struct{})} }

func (f pipe) Write([]byte) (int, error) {
	f.writing <- struct{}{}
	<-f.over
	return 0, io.EOF
}

func (f full) Write(p []byte) (int, error) { return f.out.Write(p) }
func (f full) Stderr() io.ReadWriter       { return f.err }

func TestAWaitingWriteIsNoticed(t *testing.T) {
	client := full{out: newPipe(), err: newPipe()}
	c := newGuard(t.Context(), nil)
	c.vitals = new(ward).take(nil)
	c.Channel = client
	for name, stream := range map[string]struct {
		to io.Writer
		at pipe
	}{"output": {c, client.out}, "errors": {c.Stderr(), client.err}} {
		t.Run(name, func(t *testing.T) {
			wrote := make(chan error, 1)
			go func() {
				_, err := stream.to.Write([]byte("x"))
				wrote <- err
			}()
			<-stream.at.writing
			if got := c.stuck(time.Now().Add(time.Minute)); got < time.Minute {
				t.Errorf("a minute later the write has waited %s", got)
			}
			close(stream.at.over)
			if err := <-wrote; !errors.Is(err, context.Canceled) || !errors.Is(err, io.EOF) {
				t.Errorf("the client's going is %v", err)
			}
			if got := c.stuck(time.Now().Add(time.Minute)); got != 0 {
				t.Errorf("after the write, it has waited %s", got)
			}
		})
	}
}
