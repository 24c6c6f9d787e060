package sshserver_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/chat"
	"teahouse/app/ui"
	"teahouse/e2e/house"
	"teahouse/sshserver"
	"teahouse/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen.
const patience = time.Minute

// plan is what a test may change before the server starts.
type plan struct {
	sshserver.Options
	store chat.Store
	chat  chat.Options
	late  func(*sshserver.Server)
}

// door is a server with a chat of its own.
type door struct {
	*sshserver.Server
	t    *testing.T
	svc  *chat.Service
	addr string
	log  *house.Transcript
	end  chan error // what Serve returned
}

// open starts a server, and stops it with the test.
func open(t *testing.T, change ...func(*plan)) *door {
	t.Helper()
	d := prepare(t, change...)
	ln, err := sshserver.Listen("127.0.0.1:0")
	must(t, err)
	d.serve(ln)
	return d
}

// serve serves those who come by ln, until the test ends.
func (d *door) serve(ln net.Listener) {
	d.addr = ln.Addr().String()
	go func() { d.end <- d.Serve(ln) }()
	d.t.Cleanup(func() {
		_, err := d.shutdown(patience)
		must(d.t, err)
		must(d.t, wait(d.t, "Serve returns", d.end))
	})
}

// prepare makes a server without starting it.
func prepare(t *testing.T, change ...func(*plan)) *door {
	t.Helper()
	p := plan{
		Options: sshserver.Options{
			HostKeys: []gossh.Signer{newSigner(t)}, House: ui.House{Name: "testhouse"}, CloseSessions: 5 * time.Second,
		},
		store: storagetest.Start(t).Open(t),
		chat:  chat.Options{Replica: "test"},
		late:  func(*sshserver.Server) {},
	}
	for _, c := range change {
		c(&p)
	}
	d := &door{t: t, log: &house.Transcript{}, end: make(chan error, 1)}
	log := slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	d.svc = chat.New(p.store, log, p.chat)
	t.Cleanup(d.svc.Close)
	var err error
	d.Server, err = sshserver.New(d.svc, log, p.Options)
	must(t, err)
	p.late(d.Server)
	return d
}

// shutdown stops the server and says how long that took.
func (d *door) shutdown(within time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	began := time.Now()
	err := d.Shutdown(ctx)
	return time.Since(began), err
}

// hasten changes the times that clients are given.
func hasten(change func(*sshserver.Server)) func(*plan) {
	return func(p *plan) { p.late = change }
}

// connect opens a raw connection to the server.
func (d *door) connect() net.Conn {
	d.t.Helper()
	c, err := net.Dial("tcp", d.addr)
	must(d.t, err)
	d.t.Cleanup(func() { _ = c.Close() })
	return c
}

// try shakes hands as the user, with these ways to prove it.
func (d *door) try(user string, auth ...gossh.AuthMethod) (*client, error) {
	d.t.Helper()
	return d.shake(d.connect(), user, auth...)
}

func (d *door) shake(raw net.Conn, user string, auth ...gossh.AuthMethod) (*client, error) {
	d.t.Helper()
	c, chans, reqs, err := gossh.NewClientConn(raw, d.addr, &gossh.ClientConfig{
		User: user, Auth: auth, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: patience,
	})
	if err != nil {
		return nil, err
	}
	cl := &client{gossh.NewClient(c, chans, reqs), d.t}
	d.t.Cleanup(func() { _ = cl.Close() })
	return cl, nil
}

// join shakes hands with a key of one's own.
func (d *door) join(user string) *client {
	d.t.Helper()
	c, err := d.try(user, gossh.PublicKeys(newSigner(d.t)))
	must(d.t, err)
	return c
}

// until waits for a condition.
func (d *door) until(what string, ok func() bool) {
	d.t.Helper()
	storagetest.Until(d.t, what, ok)
}

// rests waits until nothing is left of any client.
func (d *door) rests() {
	d.t.Helper()
	d.until("the server is at rest", func() bool {
		return d.Connections() == 0 && d.Channels() == 0 && d.Sessions() == 0
	})
}

// client is a connection that has shaken hands.
type client struct {
	*gossh.Client
	t *testing.T
}

// reply is what a command gave back.
type reply struct {
	out, err string
	status   int // -1: none was told
}

// run gives a command and waits for its end.
func (c *client) run(line string, stdin ...string) reply {
	c.t.Helper()
	s, err := c.NewSession()
	must(c.t, err)
	defer func() { _ = s.Close() }()
	var out, errs bytes.Buffer
	s.Stdout, s.Stderr, s.Stdin = &out, &errs, strings.NewReader(strings.Join(stdin, ""))
	return reply{status: statusOf(c.t, s.Run(line)), out: out.String(), err: errs.String()}
}

func statusOf(t *testing.T, err error) int {
	t.Helper()
	var exit *gossh.ExitError
	var none *gossh.ExitMissingError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitStatus()
	case errors.As(err, &none):
		return -1
	}
	t.Fatalf("the session failed: %v", err)
	return -1
}

// whoami is the name the client goes by.
func (c *client) whoami() string {
	c.t.Helper()
	r := c.run("whoami")
	if r.status != 0 {
		c.t.Fatalf("whoami: %+v", r)
	}
	name, _, _ := strings.Cut(r.out, ",")
	return name
}

// started is a session that goes on.
type started struct {
	*gossh.Session
	t        *testing.T
	in       io.WriteCloser
	out, err *house.Transcript
	ended    chan error
}

// begin starts a command, or with "" a screen.
func (c *client) begin(line string) *started {
	c.t.Helper()
	s, err := c.NewSession()
	must(c.t, err)
	st := &started{Session: s, t: c.t, out: &house.Transcript{}, err: &house.Transcript{}, ended: make(chan error, 1)}
	s.Stdout, s.Stderr = st.out, st.err
	st.in, err = s.StdinPipe() // which stays open
	must(c.t, err)
	if line == "" {
		must(c.t, s.RequestPty("xterm-256color", 24, 80, nil))
		must(c.t, s.Shell())
	} else {
		must(c.t, s.Start(line))
	}
	go func() { st.ended <- s.Wait() }()
	return st
}

// screen starts a screen and waits for its first frame.
func (c *client) screen() *started {
	c.t.Helper()
	s := c.begin("")
	s.sees("#general")
	return s
}

// sees waits until the client has been shown the text.
func (s *started) sees(text string) {
	s.t.Helper()
	storagetest.Until(s.t, "the client sees "+text, func() bool { return strings.Contains(s.out.String(), text) })
}

// types gives the session input.
func (s *started) types(text string) {
	s.t.Helper()
	_, err := io.WriteString(s.in, text)
	must(s.t, err)
}

// status waits for the session's end.
func (s *started) status() int {
	s.t.Helper()
	select {
	case err := <-s.ended:
		return statusOf(s.t, err)
	case <-time.After(patience):
		s.t.Fatal("the session does not end")
		return -1
	}
}

func newSigner(t *testing.T) gossh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	signer, err := gossh.NewSignerFromKey(private)
	must(t, err)
	return signer
}

// wait fails the test where c stays silent.
func wait[T any](t *testing.T, what string, c <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-c:
	case <-time.After(patience):
		t.Fatalf("waited %s in vain: %s", patience, what)
	}
	return got
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantText(t *testing.T, what, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) {
		t.Errorf("%s is %q, want it to hold %q", what, got, want)
	}
}
