package sshserver_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/chat"
	"teahouse/sshserver"
)

func TestShutdownSaysGoodbye(t *testing.T) {
	d := open(t)
	c := d.join("alice")
	screen, tail, send := c.screen(), d.join("bob").begin("tail general"), d.join("carol").begin("send general")
	lines := d.join("dave").begin("send general --lines")
	// Letters that nothing before them on the screen has: a row that is drawn
	// over another is sent without what they have in common.
	lines.types("QZXJ\nsecond, half way")
	screen.sees("QZXJ")
	d.until("all are at work", func() bool { return d.Sessions() == 4 })
	took, err := d.shutdown(patience)
	must(t, err)
	if took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	if got := screen.status(); got != 1 {
		t.Errorf("the screen ends with %d", got)
	}
	_, after, left := strings.Cut(screen.out.String(), "\x1b[?1049l")
	if !left {
		t.Error("the terminal is not put back")
	}
	wantText(t, "the goodbye", after, "testhouse: this replica restarts; connect again")
	for _, c := range []struct {
		name string
		*started
		words string
	}{
		{"tail", tail, "; tail general --since 1 goes on"},
		{"send", send, ""},
		{"send --lines", lines, "; the first line is done: go on with line 2"},
	} {
		if got := c.status(); got != 1 {
			t.Errorf("%s ends with %d", c.name, got)
		}
		wantText(t, c.name+"'s last words", c.err.String(), "teahouse: this replica restarts; connect again"+c.words+"\n")
	}
	if strings.Contains(screen.out.String(), "half way") {
		t.Error("what broke off was posted")
	}
	if d.Connections() != 0 || d.Channels() != 0 || d.Sessions() != 0 {
		t.Errorf("left: %d connections, %d channels, %d sessions", d.Connections(), d.Channels(), d.Sessions())
	}
}

// closes waits until nobody gets in any more.
func (d *door) closes() {
	d.t.Helper()
	d.until("the door is closed", func() bool {
		c, err := net.Dial("tcp", d.addr)
		if err == nil {
			must(d.t, c.Close())
		}
		return err != nil
	})
}

// Who was on the way in when the door closed is told why it is no use.
func TestShutdownRefusesInWords(t *testing.T) {
	d := open(t, hasten(func(s *sshserver.Server) { s.Limits().Linger = late }))
	early := d.connect()
	known := d.join("alice")
	d.until("both are there", func() bool { return d.Connections() == 2 })
	ended := make(chan error, 1)
	go func() {
		_, err := d.shutdown(patience)
		ended <- err
	}()
	d.closes()
	const words = "this replica restarts; connect again"
	if _, err := d.shake(early, "bob", gossh.PublicKeys(newSigner(t))); err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("who has not said anything yet is told %v", err)
	}
	if got := d.Refused("draining"); got != 1 {
		t.Errorf("%d are counted as refused", got)
	}
	late := known.begin("whoami")
	if got := late.status(); got != 1 {
		t.Errorf("a session that comes too late ends with %d", got)
	}
	wantText(t, "its words", late.err.String(), "teahouse: "+words+"\n")
	must(t, known.Close())
	must(t, wait(t, "the server ends", ended))
}

// A connection that stays open without a session, as ControlPersist has it,
// and one that says nothing, do not hold up the end.
func TestShutdownDoesNotWaitForTheIdle(t *testing.T) {
	d := open(t)
	d.connect()
	d.join("alice").whoami()
	d.until("both are there", func() bool { return d.Connections() == 2 && d.Channels() == 0 })
	took, err := d.shutdown(patience)
	if err != nil || took > 5*time.Second {
		t.Errorf("it took %s: %v", took, err)
	}
}

func TestShutdownCutsTheDeaf(t *testing.T) {
	d := open(t, hasten(func(s *sshserver.Server) { s.Limits().DrainPatience = soon }))
	d.say(600)
	d.deafMany()
	took, err := d.shutdown(patience)
	if err != nil || took > 5*time.Second {
		t.Errorf("it took %s: %v", took, err)
	}
}

func TestShutdownEndsWithItsContext(t *testing.T) {
	d := open(t, hasten(func(s *sshserver.Server) { s.Limits().DrainPatience = late }))
	d.say(600)
	d.deafMany()
	took, err := d.shutdown(2 * time.Second)
	if !errors.Is(err, context.DeadlineExceeded) || took > 4*time.Second {
		t.Errorf("it took %s: %v", took, err)
	}
}

// deafMany opens one of each session that waits for a client to read.
func (d *door) deafMany() {
	d.t.Helper()
	d.join("bob").deaf("history general -n 600")
	d.join("carol").deaf("tail general -n 600")
	d.join("dave").deaf("")
	d.until("they run", func() bool { return d.Sessions() == 3 })
	d.say(600)
}

// slow is a store that answers posts when it is told to.
type slow struct {
	chat.Store
	posting, proceed chan struct{}
}

func (s slow) Post(ctx context.Context, d chat.Draft, among ...chat.UserID) (*chat.Message, error) {
	s.posting <- struct{}{}
	<-s.proceed
	return s.Store.Post(ctx, d, among...)
}

// Whoever is told to give the command again would say it twice.
func TestShutdownKnowsWhatIsPosted(t *testing.T) {
	store := slow{posting: make(chan struct{}), proceed: make(chan struct{})}
	d := open(t, func(p *plan) { store.Store = p.store; p.store = store })
	send := d.join("alice").begin("send --json general one word")
	wait(t, "it is being posted", store.posting)
	ended := make(chan error, 1)
	go func() {
		_, err := d.shutdown(patience)
		ended <- err
	}()
	d.closes()
	close(store.proceed)
	must(t, wait(t, "the server ends", ended))
	if got := send.status(); got != 0 || send.err.String() != "" {
		t.Errorf("it ends with %d: %s", got, send.err)
	}
	wantText(t, "its answer", send.out.String(), "one word")
}

// away is a store that answers no post.
type away struct{ chat.Store }

func (away) Post(ctx context.Context, _ chat.Draft, _ ...chat.UserID) (*chat.Message, error) {
	<-ctx.Done()
	return nil, chat.Unavailable(ctx.Err())
}

// What was sent and is not posted when the time is over is nowhere but on the
// screen that ends: it is given back.
func TestShutdownGivesBackWhatIsNotSent(t *testing.T) {
	d := open(t, func(p *plan) { p.store, p.CloseSessions = away{p.store}, soon })
	screen := d.join("alice").screen()
	screen.types("QZXJ\r")
	screen.sees("QZXJ")
	lines := d.join("bob").terminal("dumb", "")
	lines.types("JXZQ\r")
	lines.sees("JXZQ\r\n")
	_, err := d.shutdown(patience)
	must(t, err)
	for words, s := range map[string]*started{"QZXJ": screen, "JXZQ": lines} {
		if got := s.status(); got != 1 {
			t.Errorf("it ends with %d", got)
		}
		_, after, _ := strings.Cut(s.out.String(), "this replica restarts")
		wantText(t, "what is given back", after, "testhouse: not sent, as far as is known:")
		wantText(t, "what is given back", after, words)
	}
}

// leaving is a store that hears of a session's end when it is told to.
type leaving struct {
	chat.Store
	departing, proceed chan struct{}
}

func (l leaving) Depart(ctx context.Context, replica, session string) error {
	l.departing <- struct{}{}
	<-l.proceed
	return l.Store.Depart(ctx, replica, session)
}

// Storage is closed after Shutdown: who is gone must have been noted by then.
func TestShutdownWaitsForWhatClientsLeftBehind(t *testing.T) {
	store := leaving{departing: make(chan struct{}), proceed: make(chan struct{})}
	d := open(t, func(p *plan) { store.Store = p.store; p.store = store })
	c := d.join("alice")
	c.screen()
	must(t, c.Close())
	wait(t, "the session ends", store.departing)
	d.until("the connection is gone", func() bool { return d.Connections() == 0 })
	ended := make(chan error, 1)
	go func() {
		_, err := d.shutdown(patience)
		ended <- err
	}()
	must(t, wait(t, "Serve returns", d.end))
	d.end <- nil // for the end of the test
	select {
	case err := <-ended:
		t.Errorf("Shutdown did not wait, and returned %v", err)
	case <-time.After(soon):
	}
	close(store.proceed)
	if err := wait(t, "Shutdown returns", ended); err != nil {
		t.Error(err)
	}
}
