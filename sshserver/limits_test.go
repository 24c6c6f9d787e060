package sshserver_test

import (
	"crypto/rand"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/time/rate"

	"teahouse/app/chat"
	"teahouse/sshserver"
)

const (
	soon = 200 * time.Millisecond
	// late is what a limit is set to that must not be what cuts.
	late = time.Hour
)

// brisk makes the server look often.
func brisk(change func(*sshserver.Server)) func(*plan) {
	return hasten(func(s *sshserver.Server) {
		l := s.Limits()
		l.WatchEvery, l.Patience, l.PingEvery, l.PingPatience = 10*time.Millisecond, late, late, late
		l.Idle, l.Silent, l.Unread, l.Backlog = late, late, late, late
		l.ReadRate = rate.Inf
		change(s)
	})
}

// cut waits until the server closes the connection, and gives what it said.
func cut(t *testing.T, c net.Conn) string {
	t.Helper()
	must(t, c.SetReadDeadline(time.Now().Add(patience)))
	said, err := io.ReadAll(c)
	if err != nil && strings.Contains(err.Error(), "timeout") {
		t.Fatal("the connection is not cut")
	}
	return string(said)
}

func TestHandshakeHasATime(t *testing.T) {
	d := open(t, brisk(func(s *sshserver.Server) { s.Limits().Handshake = soon }))
	for name, words := range map[string]string{
		"silence": "", "a version only": "SSH-2.0-slow\r\n", "no version": strings.Repeat("x", 100), "HTTP": "GET / HTTP/1.1\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := d.connect()
			_, err := io.WriteString(c, words)
			must(t, err)
			cut(t, c)
		})
	}
	d.rests()
}

// Every byte that arrives must not begin the time anew.
func TestHandshakeTimeIsForAllOfIt(t *testing.T) {
	d := open(t, brisk(func(s *sshserver.Server) { s.Limits().Handshake = soon }))
	c := d.connect()
	tick := time.NewTicker(soon / 10)
	defer tick.Stop()
	for n := 0; ; n++ {
		<-tick.C
		if _, err := c.Write([]byte("x")); err != nil {
			return
		}
		if n > 200 { // fewer than a version may have
			t.Fatal("the connection is not cut")
		}
	}
}

func TestHandshakeTimeIsForTheHandshakeOnly(t *testing.T) {
	d := open(t, brisk(func(s *sshserver.Server) { s.Limits().Handshake = 2 * time.Second }))
	c := d.join("alice")
	began := time.Now()
	d.until("the time is over", func() bool { return time.Since(began) > 2*time.Second+soon })
	if got := c.whoami(); got != "alice" {
		t.Errorf("after that time alice is %q", got)
	}
}

func TestConnectionsWithoutASessionAreCut(t *testing.T) {
	d := open(t, brisk(func(s *sshserver.Server) { s.Limits().Idle = soon }))
	c := d.join("alice")
	s := c.screen()
	began := time.Now()
	d.until("the time is over", func() bool { return time.Since(began) > 2*soon })
	must(t, s.Close())
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	_ = wait(t, "the connection is cut", done)
	wantText(t, "the log", d.log.String(), "runs no session")
}

func TestClientsThatDoNotAnswerAreCut(t *testing.T) {
	d := open(t, brisk(func(s *sshserver.Server) { s.Limits().PingEvery, s.Limits().PingPatience = soon, soon }))
	answering := d.join("alice").screen()
	c, _, _, err := gossh.NewClientConn(d.connect(), d.addr, &gossh.ClientConfig{
		User: "bob", Auth: []gossh.AuthMethod{gossh.PublicKeys(newSigner(t))}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	must(t, err)
	_, _, err = c.OpenChannel("session", nil)
	must(t, err)
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	_ = wait(t, "the connection is cut", done)
	if n := len(d.log.Lines("does not answer")); n != 1 {
		t.Errorf("%d connections were cut", n)
	}
	select {
	case err := <-answering.ended:
		t.Errorf("the client that answers was cut: %v", err)
	default:
	}
}

// say posts n of the longest messages, no two alike, since a screen sends only
// what changes; 600 are more than a client's window takes.
func (d *door) say(n int) {
	d.t.Helper()
	user, _, err := d.svc.Enter(d.t.Context(), chat.Key{Fingerprint: "SHA256:talker", Line: "talker"}, "talker")
	must(d.t, err)
	for range n {
		draft, err := d.svc.Compose(user, chat.General, chat.KindText, strings.Repeat(rand.Text()+" ", chat.LimitBody/27))
		must(d.t, err)
		_, err = d.svc.Deliver(d.t.Context(), draft)
		must(d.t, err)
	}
}

// deaf opens a session that nobody reads from.
func (c *client) deaf(line string) gossh.Channel {
	c.t.Helper()
	ch, reqs, err := c.OpenChannel("session", nil)
	must(c.t, err)
	go gossh.DiscardRequests(reqs)
	if line == "" {
		ask(c.t, ch, "pty-req", ptyRequest{Term: "xterm", Columns: 500, Rows: 200})
		ask(c.t, ch, "shell", nil)
		return ch
	}
	ask(c.t, ch, "exec", text{line})
	return ch
}

func TestCommandsWhoseClientDoesNotReadAreCut(t *testing.T) {
	d := open(t, brisk(func(s *sshserver.Server) { s.Limits().Patience = soon }))
	d.say(700)
	reading := d.join("alice").screen()
	d.join("bob").deaf("history general -n 700")
	d.deafIsCut(reading, func() {})
}

func TestScreensWhoseClientDoesNotReadAreCut(t *testing.T) {
	d := open(t, brisk(func(s *sshserver.Server) { s.Limits().Patience = soon }))
	reading := d.join("alice").screen()
	d.join("bob").deaf("")
	d.until("the screen is there", func() bool { return d.Sessions() == 2 })
	d.deafIsCut(reading, func() { d.say(3) })
}

// deafIsCut waits until the one that does not read is cut, and only that one.
func (d *door) deafIsCut(reading *started, meanwhile func()) {
	d.t.Helper()
	d.until("the client is cut", func() bool {
		meanwhile()
		return len(d.log.Lines("does not read")) == 1
	})
	d.until("nothing of it is left", func() bool { return d.Connections() == 1 && d.Sessions() == 1 })
	select {
	case err := <-reading.ended:
		d.t.Errorf("the client that reads was cut: %v", err)
	default:
	}
}

func TestOneSessionTooMany(t *testing.T) {
	d := open(t, func(p *plan) { p.MaxSessions = 2 })
	c := d.join("alice")
	first, second := c.screen(), c.screen()
	r := d.join("bob").run("whoami")
	if r.status != 1 || r.out != "" {
		t.Errorf("the third session: %+v", r)
	}
	wantText(t, "what the third reads", r.err, "teahouse: the chat is full: 2 sessions are open")
	must(t, first.Close())
	d.until("there is room", func() bool { return d.Sessions() == 1 })
	if got := d.join("bob").whoami(); got != "bob" {
		t.Errorf("bob is %q", got)
	}
	must(t, second.Close())
}

func TestASilentCrowdHindersNobody(t *testing.T) {
	d := open(t)
	d.join("alice").whoami()
	d.until("alice is gone", func() bool { return d.Sessions() == 0 })
	before := runtime.NumGoroutine()
	crowd := make([]net.Conn, 300)
	for i := range crowd {
		crowd[i] = d.connect()
	}
	d.until("the crowd is in", func() bool { return d.Connections() >= len(crowd) })
	began := time.Now()
	if got := d.join("bob").whoami(); got != "bob" {
		t.Errorf("bob is %q", got)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("bob waited %s", took)
	}
	for _, c := range crowd {
		must(t, c.Close())
	}
	d.until("the crowd is gone", func() bool { return d.Connections() <= 2 && runtime.NumGoroutine() < before+30 })
}

func TestServeComesAfterShutdown(t *testing.T) {
	d := prepare(t)
	_, err := d.shutdown(patience)
	must(t, err)
	ln, err := sshserver.Listen("127.0.0.1:0")
	must(t, err)
	go func() { d.end <- d.Serve(ln) }()
	must(t, wait(t, "Serve returns", d.end))
	if _, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		t.Error("the door is open")
	}
}

func TestABrokenListenerIsTold(t *testing.T) {
	d := prepare(t)
	ln, err := sshserver.Listen("127.0.0.1:0")
	must(t, err)
	must(t, ln.Close())
	if err := d.Serve(ln); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve returned %v", err)
	}
}
