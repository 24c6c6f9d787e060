package sshserver_test

import (
	"strings"
	"testing"

	"teahouse/e2e/house"
	"teahouse/sshserver"
)

// terminal starts a session in a terminal of a kind, with a command or none.
func (c *client) terminal(term, line string) *started {
	c.t.Helper()
	s, err := c.NewSession()
	must(c.t, err)
	must(c.t, s.RequestPty(term, 24, 80, nil))
	st := &started{Session: s, t: c.t, out: &house.Transcript{}, err: &house.Transcript{}, ended: make(chan error, 1)}
	s.Stdout, s.Stderr = st.out, st.err
	st.in, err = s.StdinPipe() // which stays open
	must(c.t, err)
	if line == "" {
		must(c.t, s.Shell())
	} else {
		must(c.t, s.Start(line))
	}
	go func() { st.ended <- s.Wait() }()
	return st
}

// A terminal that can do no more is given lines, and so is who asks for them.
func TestLines(t *testing.T) {
	d := open(t)
	for term, given := range map[string]string{"dumb": "", "": "", "xterm-256color": "lines"} {
		c := d.join("alice")
		s := c.terminal(term, given)
		s.sees("you are in #general\r\n")
		s.types("hello from " + term + "\r")
		s.sees("] alice")
		s.types("/quit\r")
		if status := s.status(); status != 0 {
			t.Errorf("TERM=%s: leaving gives status %d", term, status)
		}
		if text := s.out.String(); strings.Contains(text, "\x1b") {
			t.Errorf("TERM=%s: the client is sent %q", term, text)
		}
		must(t, c.Close())
	}
	d.rests()
}

// Without a terminal, lines come and go as they are, until there are no more.
func TestLinesWithoutATerminal(t *testing.T) {
	d := open(t)
	c := d.join("alice")
	r := c.run("", "hello\n/whoami\nbye")
	if r.status != 0 || r.err != "" || strings.ContainsAny(r.out, "\r\x1b") {
		t.Errorf("lines on standard input: %+v", r)
	}
	for _, want := range []string{"] alice: hello\n", "alice, by the key SHA256:", "] alice: bye\n"} {
		wantText(t, "the answer", r.out, want)
	}
	must(t, c.Close())
	d.rests()
}

func TestLinesEnd(t *testing.T) {
	d := open(t)
	s := d.join("alice").terminal("dumb", "")
	s.sees("you are in #general")
	c := d.join("bob")
	gone := c.terminal("dumb", "")
	gone.sees("you are in #general")
	s.sees("-- bob came")
	must(t, c.Close())
	s.sees("-- bob left")
	_, err := d.shutdown(patience)
	must(t, err)
	s.sees("testhouse: this replica restarts; connect again")
	if status := s.status(); status != 1 {
		t.Errorf("a restart gives status %d", status)
	}
	// What waited for the client's input has ended, too.
	d.until("nothing is open", func() bool { return d.Connections() == 0 && d.Channels() == 0 })
}

func TestLinesWhoseClientDoesNotReadAreCut(t *testing.T) {
	d := open(t, brisk(func(s *sshserver.Server) { s.Limits().Patience = soon }))
	reading := d.join("alice").screen()
	d.join("bob").deaf("lines")
	d.until("the lines are there", func() bool { return d.Sessions() == 2 })
	d.deafIsCut(reading, func() { d.say(3) })
}
