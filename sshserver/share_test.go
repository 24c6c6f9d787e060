package sshserver_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/chat"
	"teahouse/sshserver"
)

// TestOneConnectionIsShared: 4 screens and 8 commands at a time; the one too
// many is told, and when another has ended there is room.
func TestOneConnectionIsShared(t *testing.T) {
	d := open(t)
	c := d.join("alice")
	var screens, commands []*started
	for len(screens) < 4 {
		screens = append(screens, c.screen())
	}
	for len(commands) < 8 {
		commands = append(commands, c.begin("tail general"))
		d.until("it runs", func() bool { return d.Sessions() == 4+len(commands) })
	}
	for line, words := range map[string]string{
		"":       "teahouse: this connection has 4 screens open, which is the most that it takes; close one, or connect anew",
		"lines":  "teahouse: this connection has 4 screens open",
		"whoami": "teahouse: this connection has 8 commands open",
	} {
		s := c.begin(line)
		if got := s.status(); got != 1 {
			t.Errorf("%q: status %d", line, got)
		}
		wantText(t, "what it reads", s.err.String(), words)
	}
	if got := d.join("bob").whoami(); got != "bob" {
		t.Errorf("on another connection bob is %q", got)
	}
	must(t, screens[0].Close())
	must(t, commands[0].Close())
	d.until("there is room", func() bool { return d.Sessions() == 10 })
	c.screen()
	for range 30 {
		c.whoami()
	}
	for _, s := range append(screens[1:], commands[1:]...) {
		wantOpen(t, s)
	}
}

// Channels that ask for nothing do not keep a connection open.
func TestConnectionsOnWhichNothingRunsAreCut(t *testing.T) {
	d := open(t, brisk(func(s *sshserver.Server) { s.Limits().Idle = soon }))
	c, busy := d.join("alice"), d.join("bob")
	running := busy.begin("tail general")
	for _, c := range []*client{c, busy} {
		_, err := c.NewSession()
		must(t, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	_ = wait(t, "the connection is cut", ended)
	wantText(t, "the log", d.log.String(), "runs no session")
	wantOpen(t, running)
}

// TestSessionsThatAskForNothingAreCut: also where others on the connection run.
func TestSessionsThatAskForNothingAreCut(t *testing.T) {
	d := open(t, brisk(func(s *sshserver.Server) { s.Limits().Silent = soon }))
	c, other := d.join("alice"), d.join("bob").screen()
	c.screen()
	_, err := c.NewSession()
	must(t, err)
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	_ = wait(t, "the connection is cut", ended)
	wantText(t, "the log", d.log.String(), "asks for nothing")
	wantOpen(t, other)
}

// more is more than the window that a client is given for what nobody reads.
const more = 3 << 20

// TestInputThatNobodyReadsIsDropped: else it would be kept, up to the window.
func TestInputThatNobodyReadsIsDropped(t *testing.T) {
	d := open(t, brisk(func(s *sshserver.Server) { s.Limits().Unread = soon }))
	c := d.join("alice")
	s := c.begin("tail general")
	s.types(strings.Repeat("x", more))
	wantOpen(t, s)
}

func TestErrorsOfClientsAreDropped(t *testing.T) {
	d := open(t, brisk(func(*sshserver.Server) {}))
	c := d.join("alice")
	for i, line := range []string{"", "tail general"} {
		ch := c.deaf(line)
		d.until("it runs", func() bool { return d.Sessions() == i+1 })
		_, err := ch.Stderr().Write(make([]byte, more))
		must(t, err)
	}
	if got := c.whoami(); got != "alice" {
		t.Errorf("afterwards alice is %q", got)
	}
}

// TestInputThatWaitsIsBounded: of one address, 16 sessions may be slow to take
// what they are sent.
func TestInputThatWaitsIsBounded(t *testing.T) {
	d := open(t, behind(loopback), func(p *plan) { p.chat.MessageRate, p.chat.MessageBurst = 0.001, 1 },
		brisk(func(s *sshserver.Server) { s.Limits().Backlog = soon }))
	begin := func(from string, n int) (all []*started) {
		c, err := d.from(from)
		must(t, err)
		for range n {
			s := c.begin("send general --lines")
			s.types(strings.Repeat(strings.Repeat("x", 100)+"\n", 5000))
			all = append(all, s)
		}
		return all
	}
	other := begin("192.0.2.8", 1)
	ours := append(begin("192.0.2.7", 8), begin("192.0.2.7", 8)...)
	d.until("all wait", func() bool { return d.Sessions() == 17 })
	more := begin("192.0.2.7", 3)
	ended := 0
	d.until("three are ended", func() bool {
		for _, s := range append(ours, more...) {
			select {
			case err := <-s.ended:
				ended++
				if statusOf(t, err) != 1 || !strings.Contains(s.err.String(), "waits for its turn; send less at a time") {
					t.Errorf("one ends with %v: %s", err, s.err)
				}
			default:
			}
		}
		return ended == 3
	})
	d.until("the others go on", func() bool { return d.Sessions() == 17 })
	wantOpen(t, other[0])
}

// TestInputThatIsReadTooLateIsAnError: what was dropped is not taken for the end.
func TestInputThatIsReadTooLateIsAnError(t *testing.T) {
	store := slowRooms{asked: make(chan struct{}, 1), proceed: make(chan struct{})}
	d := open(t, func(p *plan) { store.Store = p.store; p.store = store },
		brisk(func(s *sshserver.Server) { s.Limits().Unread = soon }))
	d.join("bob").whoami()
	s := d.join("alice").begin("send @bob")
	wait(t, "it looks for bob", store.asked)
	s.types(strings.Repeat("x", more)) // goes through when it is dropped
	close(store.proceed)
	if got := s.status(); got != 1 {
		t.Errorf("status %d", got)
	}
	wantText(t, "what it reads", s.err.String(), "teahouse: what was sent could not be read in time; give the command again")
}

// slowRooms is a store that finds people when it is told to.
type slowRooms struct {
	chat.Store
	asked, proceed chan struct{}
}

func (l slowRooms) UserByName(ctx context.Context, name chat.Name) (chat.User, error) {
	l.asked <- struct{}{}
	<-l.proceed
	return l.Store.UserByName(ctx, name)
}

// hole passes a client's connection on until it swallows all there is, and
// tells neither end.
type hole struct {
	near, far net.Conn
	swallows  atomic.Bool
	work      sync.WaitGroup
}

// dig puts a hole between a client and the server, and gives the client's end.
func (d *door) dig() (*hole, net.Conn) {
	d.t.Helper()
	client, near := net.Pipe()
	h := &hole{near: near, far: d.connect()}
	h.work.Go(func() { h.pass(h.far, h.near) })
	h.work.Go(func() { h.pass(h.near, h.far) })
	d.t.Cleanup(func() {
		_, _ = h.near.Close(), h.far.Close()
		h.work.Wait()
	})
	return h, client
}

func (h *hole) pass(to io.Writer, from io.Reader) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if !h.swallows.Load() {
			_, _ = to.Write(buffer[:n]) // fails at the end of the test
		}
	}
}

// TestDeadClientsAreFound: a way that loses everything, of which neither TCP
// nor the client tells.
func TestDeadClientsAreFound(t *testing.T) {
	d := open(t, brisk(func(s *sshserver.Server) { s.Limits().PingEvery, s.Limits().PingPatience = soon, 5*soon }))
	h, raw := d.dig()
	lost, err := d.shake(raw, "alice", gossh.PublicKeys(newSigner(t)))
	must(t, err)
	lost.screen()
	control, raw := d.dig()
	c, err := d.shake(raw, "bob", gossh.PublicKeys(newSigner(t)))
	must(t, err)
	there := c.screen()
	h.swallows.Store(true)
	d.until("the client is cut", func() bool { return len(d.log.Lines("does not answer")) == 1 })
	d.until("nothing of it is left", func() bool { return d.Connections() == 1 && d.Sessions() == 1 })
	there.sees("alice left")
	wantOpen(t, there)
	if control.swallows.Load() {
		t.Error("the control was lost as well")
	}
}

// TestDeadClientsAreFoundInTime: as the times are when nobody changes them.
func TestDeadClientsAreFoundInTime(t *testing.T) {
	l := prepare(t).Limits()
	if most := l.PingEvery + l.PingPatience + 2*l.WatchEvery; most > 90*time.Second {
		t.Errorf("it takes up to %s", most)
	}
}
