package sshserver_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/chat"
)

// poisoned is a store on which some calls panic.
type poisoned struct{ chat.Store }

// PublicRooms is what the command rooms asks for.
func (poisoned) PublicRooms(context.Context) ([]chat.RoomInfo, error) {
	panic("the rooms are poisoned")
}

// Arrive is what a screen begins with.
func (p poisoned) Arrive(ctx context.Context, replica string, a chat.Attendance, by chat.Origin) (chat.Belongings, bool, error) {
	if a.Name == "mallory" {
		panic("mallory is poisoned")
	}
	return p.Store.Arrive(ctx, replica, a, by)
}

// UserByName is what the command whois asks for, of a screen too.
func (poisoned) UserByName(context.Context, chat.Name) (chat.User, error) {
	panic("the names are poisoned")
}

// Keys fails as code does that was not written for it.
func (poisoned) Keys(context.Context, chat.UserID) ([]chat.Key, error) {
	return nil, errors.New("a secret of storage")
}

func TestAPanicEndsItsSessionOnly(t *testing.T) {
	d := open(t, func(p *plan) { p.store = poisoned{p.store} })
	c := d.join("alice")
	other := c.screen()
	mallory := d.join("mallory")

	r := mallory.run("rooms")
	if r.status != 1 || r.out != "" {
		t.Errorf("the command that panics: %+v", r)
	}
	wantText(t, "what its client reads", r.err, "teahouse: internal error; it has been logged")
	wantText(t, "the log", d.log.String(), "the rooms are poisoned")

	s := mallory.begin("")
	if got := s.status(); got != 1 {
		t.Errorf("the screen that panics ends with %d", got)
	}
	wantText(t, "what its client reads", s.err.String()+s.out.String(), "teahouse: internal error")
	for _, cause := range []string{"the rooms are poisoned", "mallory is poisoned"} {
		logged := d.log.Lines(cause)
		if len(logged) != 1 || !strings.Contains(logged[0], "level=ERROR") || !strings.Contains(logged[0], "panic_test.go") {
			t.Errorf("logged with its stack: %q", logged)
		}
	}
	if got := mallory.whoami(); got != "mallory" {
		t.Errorf("on the same connection mallory is %q", got)
	}
	wantOpen(t, other)
	d.until("only alice's screen is left", func() bool { return d.Sessions() == 1 })
}

// A screen runs its commands in goroutines of their own.
func TestAPanicInAScreensCommandEndsTheScreen(t *testing.T) {
	d := open(t, func(p *plan) { p.store = poisoned{p.store} })
	other := d.join("alice").screen()
	s := d.join("bob").screen()
	s.types("/whois alice\r")
	if got := s.status(); got != 1 {
		t.Errorf("the screen ends with %d", got)
	}
	out := s.out.String()
	_, after, left := strings.Cut(out, "\x1b[?1049l")
	if !left {
		t.Error("the terminal is not put back")
	}
	wantText(t, "what is read afterwards", after+s.err.String(), "teahouse: internal error")
	wantText(t, "the log", d.log.String(), "the names are poisoned")
	wantOpen(t, other)
}

func TestInternalErrorsStayInTheLog(t *testing.T) {
	d := open(t, func(p *plan) { p.store = poisoned{p.store} })
	r := d.join("alice").run("keys")
	if r.status != 1 || strings.Contains(r.err, "secret") {
		t.Errorf("the client reads %+v", r)
	}
	wantText(t, "the log", d.log.String(), "a secret of storage")
}

// What leaves in the middle is not our failure.
func TestClientsThatLeaveAreNoErrors(t *testing.T) {
	d := open(t)
	d.say(700)
	for range 10 {
		c, err := d.try("alice", gossh.PublicKeys(newSigner(t)))
		must(t, err)
		c.deaf("history general -n 700")
		c.deaf("tail general -n 700")
		c.deaf("")
		d.until("they run", func() bool { return d.Sessions() == 3 })
		must(t, c.Close())
		d.rests()
	}
	for _, level := range []string{"level=ERROR", "level=WARN"} {
		if logged := d.log.Lines(level); len(logged) > 0 {
			t.Errorf("%d lines, the first %s", len(logged), logged[0])
		}
	}
}

// wantOpen fails the test where the session has ended.
func wantOpen(t *testing.T, s *started) {
	t.Helper()
	select {
	case err := <-s.ended:
		t.Errorf("the other session ended: %v", err)
	default:
	}
}
