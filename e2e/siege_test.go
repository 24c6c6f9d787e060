package e2e

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/e2e/house"
)

// siege is a town whose one replica is reached from any address: as a proxy
// claims it, or of loopback's, where there is none.
type siege struct {
	*town
	proxied bool
}

func newSiege(t *testing.T, proxied bool, settings ...string) *siege {
	t.Helper()
	s := &siege{newGround(t), proxied}
	s.build()
	s.startRedis()
	if proxied {
		settings = append(settings, "PROXY_PROTOCOL=required", "PROXY_TRUSTED=127.0.0.0/8")
	}
	s.startReplica(append([]string{"REDIS_URL=" + s.url()}, settings...)...)
	return s
}

func (s *siege) addr() string { return fmt.Sprint("127.0.0.1:", s.replicas[0].SSHPort) }

// dial connects as a client at an address does.
func (s *siege) dial(from string) (net.Conn, error) {
	return dialFrom(s.ctx, s.addr(), from, s.proxied)
}

// dialFrom connects from an address, be it behind a proxy.
func dialFrom(ctx context.Context, addr, from string, proxied bool) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second}
	if !proxied {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if proxied {
		_, err = fmt.Fprintf(c, "PROXY TCP4 %s 192.0.2.1 4711 22\r\n", from)
	}
	return c, errors.Join(err, c.SetDeadline(time.Now().Add(time.Minute)))
}

// visitor is a client that was written by nobody who means well.
type visitor struct {
	*gossh.Client
	s *siege
}

// come shakes hands as somebody new from an address.
func (s *siege) come(from, user string) (*visitor, error) {
	_, private, err := ed25519.GenerateKey(nil)
	s.must(err)
	signer, err := gossh.NewSignerFromKey(private)
	s.must(err)
	raw, err := s.dial(from)
	if err != nil {
		return nil, err
	}
	c, chans, reqs, err := gossh.NewClientConn(raw, s.addr(), &gossh.ClientConfig{
		User: user, Auth: []gossh.AuthMethod{gossh.PublicKeys(signer)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	v := &visitor{gossh.NewClient(c, chans, reqs), s}
	s.Cleanup(func() { _ = v.Close() })
	return v, raw.SetDeadline(time.Time{})
}

// visitor is somebody who has come in.
func (s *siege) visitor(from, user string) *visitor {
	s.Helper()
	v, err := s.come(from, user)
	s.must(err)
	return v
}

// run gives a command and returns what it printed, both ways.
func (v *visitor) run(line string) (out, words string, err error) {
	session, err := v.NewSession()
	if err != nil {
		return "", "", err
	}
	defer func() { _ = session.Close() }()
	var o, e bytes.Buffer
	session.Stdout, session.Stderr = &o, &e
	err = session.Run(line)
	return o.String(), e.String(), err
}

// screen opens the chat in a terminal of that size and waits until it is drawn.
func (v *visitor) screen(columns, rows uint32) (*gossh.Session, *house.Transcript) {
	v.s.Helper()
	session, err := v.NewSession()
	v.s.must(err)
	out := &house.Transcript{}
	session.Stdout = out
	request := gossh.Marshal(struct {
		Term                         string
		Columns, Rows, Width, Height uint32
		Modes                        string
	}{"xterm-256color", columns, rows, columns, rows, ""})
	if ok, err := session.SendRequest("pty-req", true, request); !ok || err != nil {
		v.s.Errorf("a terminal of %d by %d: %v, %v", columns, rows, ok, err)
	}
	v.s.must(session.Shell())
	v.s.await(fmt.Sprintf("a screen of %d by %d", columns, rows), func() bool { return out.String() != "" })
	return session, out
}

// await waits for what must come.
func (s *siege) await(what string, ok func() bool) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, time.Minute)
	defer cancel()
	if err := house.Await(ctx, s.replicas[0].Done(), 0, ok); err != nil {
		s.Fatalf("%s: %v", what, err)
	}
}

// measure is how many descriptors the replica has open, and its memory in use.
func (s *siege) measure() (descriptors int, resident int64) {
	s.Helper()
	all, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.replicas[0].Pid()))
	s.must(err)
	return len(all), s.resident()
}

// peak is the most memory in use while something is done.
func (s *siege) peak(do func()) (most int64) {
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		_ = house.Await(s.ctx, done, 0, func() bool { // its error says that it is over
			now, err := residentOf(s.replicas[0].Pid())
			most = max(most, now)
			return err != nil
		})
	})
	defer func() { close(done); watch.Wait() }()
	do()
	return
}

// resized sends a window's size, in whatever numbers.
func resized(session *gossh.Session, columns, rows uint32) error {
	_, err := session.SendRequest("window-change", false, gossh.Marshal(struct{ Columns, Rows, Width, Height uint32 }{columns, rows, columns, rows}))
	return err
}

// mayGrow is how much memory an attack may cost, more than there was before any.
func mayGrow() int64 {
	if raced { // it keeps books about all memory that was ever touched
		return 400 << 20
	}
	return 128 << 20
}

// attack is what a client does that wants to hurt. It may be refused and cut.
type attack struct {
	name string
	run  func(*visitor)
}

func attacks() []attack {
	return []attack{
		{"windows", windows}, {"resizes", resizes}, {"variables", variables}, {"channels", channels},
		{"long names", longNames}, {"long commands", longCommands}, {"unknown requests", unknownRequests},
		{"filled windows", filledWindows},
	}
}

// TestHostileSessions: whatever a client asks for, others notice nothing, the
// server neither panics nor grows without bound.
func TestHostileSessions(t *testing.T) {
	t.Parallel() // most of it is waiting
	s := newSiege(t, true, "LOG_LEVEL=debug")
	alice := s.visitor("198.51.100.1", "alice")
	_, screen := alice.screen(80, 24)
	before, memory := s.measure()
	for i, attack := range attacks() {
		v := s.visitor(fmt.Sprint("203.0.113.", i+1), "mallory")
		peak := s.peak(func() { attack.run(v) })
		_ = v.Close() // it may have been cut
		t.Logf("%s: resident up to %d MiB, %d MiB at the start", attack.name, peak>>20, memory>>20)
		if peak-memory > mayGrow() {
			t.Errorf("%s: it grew beyond its bounds", attack.name)
		}
		said := fmt.Sprintf("after attack %d", i)
		if _, words, err := s.visitor("198.51.100.2", "bob").run("send general " + said); err != nil {
			t.Errorf("%s: bob says something: %v, %s", attack.name, err, words)
		}
		s.await("alice sees what bob says", func() bool { return strings.Contains(screen.String(), said) })
	}
	s.await("the descriptors are as they were", func() bool { now, _ := s.measure(); return now <= before+16 })
	for _, never := range []string{"msg=panic", "level=ERROR", "goroutine "} {
		if strings.Contains(s.replicas[0].Log.String(), never) {
			t.Errorf("the log has %s:\n%s", never, s.replicas[0].Log)
		}
	}
}

func windows(v *visitor) {
	sizes := []uint32{0, 1, 24, math.MaxInt32, math.MaxUint32}
	for _, columns := range sizes {
		for _, rows := range sizes {
			session, _ := v.screen(columns, rows)
			for _, again := range sizes {
				v.s.must(resized(session, rows, again))
			}
			v.s.must(session.Close())
		}
	}
}

// resizes are 500 a second, for two.
func resizes(v *visitor) {
	session, out := v.screen(80, 24)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for i := range uint32(1000) {
		<-tick.C
		v.s.must(resized(session, i*7919, math.MaxUint32-i*i))
	}
	v.s.must(resized(session, 100, 30))
	v.s.await("the last size is drawn", func() bool { return strings.Contains(out.String(), "\x1b[30") })
}

func variables(v *visitor) {
	session, err := v.NewSession()
	v.s.must(err)
	for i := range 1000 {
		ask := gossh.Marshal(struct{ Name, Value string }{strings.Repeat("N", i), strings.Repeat("v", i)})
		ok, err := session.SendRequest("env", true, ask)
		if ok || err != nil {
			v.s.Errorf("variable %d: %v, %v", i, ok, err)
			return
		}
	}
	if out, err := session.Output("whoami"); err != nil || !strings.HasPrefix(string(out), "mallory") {
		v.s.Errorf("afterwards: %s, %v", out, err)
	}
}

// channels are 10,000 that are opened, some at once, and kept.
func channels(v *visitor) {
	var opened, refused atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for range 200 {
				_, reqs, err := v.OpenChannel("session", nil)
				if err != nil {
					refused.Add(1)
					continue
				}
				opened.Add(1)
				all.Go(func() { gossh.DiscardRequests(reqs) })
			}
		})
	}
	v.s.await("all are answered", func() bool { return opened.Load()+refused.Load() == 10000 })
	v.s.Logf("%d opened, %d refused", opened.Load(), refused.Load())
	if opened.Load() > 16 {
		v.s.Errorf("%d were opened", opened.Load())
	}
	_ = v.Close()
	all.Wait()
}

// longNames come as far as packets go, 256 KiB, and beyond.
func longNames(v *visitor) {
	for _, n := range []int{1 << 10, 100 << 10, 250 << 10} {
		other, err := v.s.come("203.0.113.200", strings.Repeat("n", n))
		if err != nil {
			v.s.Logf("a name of %d bytes: %v", n, err)
			continue
		}
		out, words, err := other.run("whoami --json")
		v.s.Logf("a name of %d bytes: %.60q %q %v", n, out, words, err)
		if len(out) > 1<<10 || len(words) > 1<<10 {
			v.s.Errorf("a name of %d bytes comes back in %d", n, len(out)+len(words))
		}
	}
	v.s.huge("203.0.113.201")
}

// huge is a packet of 1 MiB where the first one of the handshake would be.
func (s *siege) huge(from string) {
	c, err := s.dial(from)
	s.must(err)
	_, err = io.WriteString(c, "SSH-2.0-huge\r\n\x00\x10\x00\x00\x04")
	s.must(err)
	_, _ = c.Write(make([]byte, 1<<20)) // it is cut in the middle
	_, err = io.ReadAll(c)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		s.Error("a packet of 1 MiB is waited for")
	}
	_ = c.Close()
}

func longCommands(v *visitor) {
	for _, n := range []int{60 << 10, 70 << 10, 250 << 10} {
		_, words, err := v.run("send general " + strings.Repeat("c", n))
		var exit *gossh.ExitError
		if !errors.As(err, &exit) || exit.ExitStatus() != 1 || !strings.Contains(words, "too long") {
			v.s.Errorf("a command of %d bytes: %q, %v", n, words, err)
		}
	}
	if _, _, err := v.run("send general " + strings.Repeat("c", 1<<20)); err == nil {
		v.s.Error("a command of 1 MiB was run")
	}
}

func unknownRequests(v *visitor) {
	for i := range 5000 {
		_, _, err := v.SendRequest(strconv.Itoa(i)+"@example.com", i%10 == 0, make([]byte, 100))
		v.s.must(err)
	}
	session, err := v.NewSession()
	v.s.must(err)
	for i := range 5000 {
		ok, err := session.SendRequest(strconv.Itoa(i)+"@example.com", i%10 == 0, make([]byte, 100))
		if ok || err != nil {
			v.s.Errorf("request %d: %v, %v", i, ok, err)
			return
		}
	}
	for _, name := range []string{"sftp", "netconf", "", strings.Repeat("s", 100<<10)} {
		ok, err := session.SendRequest("subsystem", true, gossh.Marshal(struct{ Name string }{name}))
		if ok || err != nil {
			v.s.Errorf("the subsystem %.10q: %v, %v", name, ok, err)
		}
	}
	if out, err := session.Output("whoami"); err != nil || !strings.HasPrefix(string(out), "mallory") {
		v.s.Errorf("afterwards: %s, %v", out, err)
	}
}

// filledWindows sends all that a client may send to sessions that read nothing,
// as data and as errors: 16 connections of 16 sessions with 2 MiB each, that is
// four times what it may cost.
func filledWindows(v *visitor) {
	var all sync.WaitGroup
	for range 16 {
		other := v.s.visitor("203.0.113.202", "mallory")
		var open []gossh.Channel
		for range 16 {
			ch, reqs, err := other.OpenChannel("session", nil)
			v.s.must(err)
			all.Go(func() { gossh.DiscardRequests(reqs) })
			open = append(open, ch)
		}
		for i, ch := range open {
			to := []io.Writer{ch, ch.Stderr()}[i%2]
			all.Go(func() { _, _ = to.Write(make([]byte, 4<<20)) }) // it is cut in the middle
		}
	}
	v.s.await("they are cut", func() bool {
		return strings.Count(v.s.replicas[0].Log.String(), "asks for nothing") >= 16
	})
	all.Wait()
}
