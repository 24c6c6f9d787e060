package sshserver_test

import (
	"math"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/e2e/house"
)

// Requests of a channel, as RFC 4254 has them.
type (
	ptyRequest struct {
		Term                         string
		Columns, Rows, Width, Height uint32
		Modes                        string
	}
	windowChange struct{ Columns, Rows, Width, Height uint32 }
	variable     struct{ Name, Value string }
	text         struct{ Text string }
)

// ask makes a request of a session and gives the answer.
func ask(t *testing.T, s interface {
	SendRequest(string, bool, []byte) (bool, error)
}, request string, payload any) bool {
	t.Helper()
	var bytes []byte
	if payload != nil {
		bytes = gossh.Marshal(payload)
	}
	ok, err := s.SendRequest(request, true, bytes)
	must(t, err)
	return ok
}

func TestAnyWindowWillDo(t *testing.T) {
	d := open(t)
	c := d.join("alice")
	sizes := []uint32{0, 1, 24, math.MaxInt32, math.MaxUint32}
	for _, columns := range sizes {
		s := c.begin("whoami") // so that the session below is not the first
		for _, rows := range sizes {
			s, err := c.NewSession()
			must(t, err)
			out := &house.Transcript{}
			s.Stdout = out
			if !ask(t, s, "pty-req", ptyRequest{Term: "xterm", Columns: columns, Rows: rows, Width: columns, Height: rows}) {
				t.Errorf("a terminal of %d by %d was refused", columns, rows)
			}
			must(t, s.Shell())
			d.until("the screen is drawn", func() bool { return out.String() != "" })
			if !ask(t, s, "window-change", windowChange{rows, columns, rows, columns}) {
				t.Errorf("a window of %d by %d was refused", rows, columns)
			}
			must(t, s.Close())
		}
		s.status()
	}
	d.until("the screens are closed", func() bool { return d.Sessions() == 0 })
	if got := c.whoami(); got != "alice" {
		t.Errorf("afterwards alice is %q", got)
	}
}

func TestManyWindowChangesAtOnce(t *testing.T) {
	d := open(t)
	s := d.join("alice").screen()
	for i := range uint32(500) {
		must(t, s.WindowChange(int(i%60), int(20+i%200)))
	}
	must(t, s.WindowChange(30, 100))
	d.until("the last size is drawn", func() bool { return strings.Contains(s.out.String(), "\x1b[30") })
}

func TestBrokenRequestsAreRefused(t *testing.T) {
	c := open(t).join("alice")
	s, err := c.NewSession()
	must(t, err)
	for _, request := range []string{"pty-req", "window-change", "env"} {
		for _, payload := range [][]byte{nil, {0}, {255, 255, 255, 255, 1}} {
			if ok, err := s.SendRequest(request, true, payload); ok || err != nil {
				t.Errorf("%s with %v: %v, %v", request, payload, ok, err)
			}
		}
	}
	long := ptyRequest{Term: strings.Repeat("x", 1000), Columns: 80, Rows: 24}
	if ask(t, s, "pty-req", long) {
		t.Error("a terminal with an endless name was taken")
	}
	out, err := s.Output("whoami")
	must(t, err)
	wantText(t, "the answer", string(out), "alice")
}

func TestOnlyAFewVariablesAreTaken(t *testing.T) {
	c := open(t).join("alice")
	s, err := c.NewSession()
	must(t, err)
	for _, name := range []string{"COLORTERM", "LANG", "NO_COLOR"} {
		if !ask(t, s, "env", variable{name, strings.Repeat("x", 64)}) {
			t.Errorf("%s was refused", name)
		}
		if ask(t, s, "env", variable{name, strings.Repeat("x", 65)}) {
			t.Errorf("%s was taken with an endless value", name)
		}
	}
	for i := range 1000 {
		name := []string{"PATH", "LD_PRELOAD", "lang", "LANG\x00", ""}[i%5]
		if ask(t, s, "env", variable{name, "x"}) {
			t.Fatalf("%q was taken", name)
		}
	}
	out, err := s.Output("whoami")
	must(t, err)
	wantText(t, "the answer", string(out), "alice")
}

func TestWhatIsNoSessionIsRefused(t *testing.T) {
	d := open(t)
	c := d.join("alice")
	for _, kind := range []string{"direct-tcpip", "forwarded-tcpip", "direct-streamlocal@openssh.com", "x11", "auth-agent@openssh.com", "", "tun@openssh.com"} {
		if _, _, err := c.OpenChannel(kind, make([]byte, 100)); err == nil {
			t.Errorf("a channel of the kind %q was opened", kind)
		}
	}
	for _, name := range []string{"tcpip-forward", "cancel-tcpip-forward", "streamlocal-forward@openssh.com", "no-more-sessions@openssh.com", "hostkeys-prove-00@openssh.com", ""} {
		if ok, _, err := c.SendRequest(name, true, make([]byte, 100)); ok || err != nil {
			t.Errorf("the request %q: %v, %v", name, ok, err)
		}
	}
	s, err := c.NewSession()
	must(t, err)
	for _, name := range []string{"auth-agent-req@openssh.com", "x11-req", "signal", "break", "xon-xoff", "exit-status", ""} {
		if ask(t, s, name, text{"HUP"}) {
			t.Errorf("the session's request %q was granted", name)
		}
	}
	if ask(t, s, "subsystem", text{"sftp"}) {
		t.Error("the subsystem sftp was granted")
	}
	must(t, s.Close())
	if got := c.whoami(); got != "alice" {
		t.Errorf("afterwards alice is %q", got)
	}
}

func TestSessionsOnOneConnection(t *testing.T) {
	d := open(t)
	c := d.join("alice")
	for range 40 {
		c.whoami()
	}
	var first gossh.Channel
	for i := range 16 {
		d.until("there is room", func() bool { return d.Channels() == i })
		ch, reqs, err := c.OpenChannel("session", nil)
		must(t, err)
		go gossh.DiscardRequests(reqs)
		first = ch
	}
	if _, _, err := c.OpenChannel("session", nil); err == nil || !strings.Contains(err.Error(), "too many sessions") {
		t.Errorf("the 17th session: %v", err)
	}
	must(t, first.Close())
	d.until("there is room again", func() bool { return d.Channels() == 15 })
	c.whoami()
}

func TestWithAndWithoutATerminal(t *testing.T) {
	c := open(t).join("alice")
	s, err := c.NewSession()
	must(t, err)
	must(t, s.RequestPty("xterm", 24, 80, nil))
	out, err := s.Output("whoami")
	must(t, err)
	wantText(t, "whoami in a terminal", string(out), "alice, by the key SHA256:")
	wantText(t, "whoami in a terminal", string(out), "\r\n")

	if r := c.run("whoami"); r.status != 0 || r.err != "" || strings.Contains(r.out, "\r") {
		t.Errorf("whoami without a terminal: %+v", r)
	}
	if r := c.run("frobnicate \x1b[31m\xff"); r.status != 2 || strings.Contains(r.err, "\x1b") {
		t.Errorf("an unknown command: %+v", r)
	}
}

// A channel runs one thing; what else is asked of it is refused.
func TestOneCommandAChannel(t *testing.T) {
	c := open(t).join("alice")
	s, err := c.NewSession()
	must(t, err)
	out := &house.Transcript{}
	s.Stdout = out
	must(t, s.Start("tail general"))
	for _, request := range []string{"exec", "shell", "pty-req"} {
		if ok, err := s.SendRequest(request, true, gossh.Marshal(text{"whoami"})); ok || err != nil {
			t.Errorf("a second %s: %v, %v", request, ok, err)
		}
	}
	must(t, s.Close())
	if got := out.String(); got != "" {
		t.Errorf("the channel said %q", got)
	}
}
