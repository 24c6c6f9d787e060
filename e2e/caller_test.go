//go:build long

package e2e

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/e2e/house"
)

// caller is a client that comes back whenever its session ends, at once.
type caller struct {
	name   string
	addr   string
	key    gossh.Signer
	begin  func(ctx context.Context, s *gossh.Session) error // returns when the session is at work
	ended  func(err error)                                   // nil, or told that it ended, and how
	failed error                                             // that it could not come back; set before run returns

	mu       sync.Mutex
	at       bool // a session is at work
	returns  int
	attempts int // in vain
	longest  time.Duration
}

func (w *town) caller(name, addr string) *caller {
	w.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	w.must(err)
	key, err := gossh.NewSignerFromKey(private)
	w.must(err)
	return &caller{name: name, addr: addr, key: key}
}

// run keeps a session until ctx ends.
func (c *caller) run(ctx context.Context) {
	began := time.Now()
	for first := true; ctx.Err() == nil; first = false {
		over, err := c.call(ctx)
		if err != nil {
			c.mu.Lock()
			c.attempts++
			c.failed = err
			c.mu.Unlock()
			time.Sleep(20 * time.Millisecond)
			continue
		}
		c.arrived(first, time.Since(began))
		err = over()
		began = time.Now()
		c.mu.Lock()
		c.at = false
		c.mu.Unlock()
		if c.ended != nil {
			c.ended(err)
		}
	}
}

func (c *caller) arrived(first bool, waited time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = true
	if !first {
		c.returns++
		c.longest = max(c.longest, waited)
	}
}

// isAt tells whether a session is at work, and how often one was again.
func (c *caller) isAt() (at bool, returns int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at, c.returns
}

// call opens a session. over waits for its end.
func (c *caller) call(ctx context.Context) (over func() error, err error) {
	d := net.Dialer{Timeout: 10 * time.Second}
	raw, err := d.DialContext(ctx, "tcp", c.addr)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	conn, chans, reqs, err := gossh.NewClientConn(raw, c.addr, &gossh.ClientConfig{
		User: c.name, Auth: []gossh.AuthMethod{gossh.PublicKeys(c.key)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		stop()
		return nil, fmt.Errorf("%s: shaking hands: %w", c.name, err)
	}
	client := gossh.NewClient(conn, chans, reqs)
	done := func() { stop(); _ = client.Close() }
	s, err := client.NewSession()
	if err == nil {
		err = c.begin(ctx, s)
	}
	if err != nil {
		done()
		return nil, fmt.Errorf("%s: %w", c.name, err)
	}
	return func() error { defer done(); return s.Wait() }, nil
}

// looker is a caller at a screen.
type looker struct {
	*caller

	mu     sync.Mutex
	screen *house.Screen // of the session at work
	keys   io.Writer
	size   house.Size
	ready  func([]house.Row) bool // is met when the session is at work
	woke   chan struct{}          // of size one: something was written
}

func (w *town) looker(name, addr string, ready func([]house.Row) bool) *looker {
	w.Helper()
	l := &looker{caller: w.caller(name, addr), size: house.Size{Columns: 80, Rows: 24}, ready: ready, woke: make(chan struct{}, 1)}
	l.begin, l.ended = l.look, func(error) { l.screen.Close() }
	return l
}

func (l *looker) look(ctx context.Context, s *gossh.Session) error {
	if err := s.RequestPty("xterm-256color", l.size.Rows, l.size.Columns, nil); err != nil {
		return err
	}
	keys, err := s.StdinPipe()
	if err != nil {
		return err
	}
	screen := house.NewScreen(l.size)
	s.Stdout = display{screen, l.woke}
	l.mu.Lock()
	l.screen, l.keys = screen, keys
	l.mu.Unlock()
	go func() { _, _ = io.Copy(io.Discard, screen.Replies()) }() // ends with the screen
	if err := s.Shell(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := house.Await(ctx, nil, 0, func() bool { return l.ready(screen.Rows()) }); err != nil {
		screen.Close()
		return fmt.Errorf("what is waited for is not on the screen: %w\n%s", err, screen)
	}
	return nil
}

// display shows output, and tells that it did.
type display struct {
	*house.Screen
	woke chan struct{}
}

func (d display) Write(p []byte) (int, error) {
	n, err := d.Screen.Write(p)
	select {
	case d.woke <- struct{}{}:
	default:
	}
	return n, err
}

// when gives the time at which the screen comes to meet ok. One waits at a time.
func (l *looker) when(ctx context.Context, ok func([]house.Row) bool) (time.Time, error) {
	// A last character stands there only when nothing has come to be added to it.
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !l.sees(ok) {
		select {
		case <-l.woke:
		case <-again.C:
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("%s waits in vain: %w\n%s", l.name, ctx.Err(), l.screen)
		}
	}
	return time.Now(), nil
}

func (l *looker) sees(ok func([]house.Row) bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.screen != nil && ok(l.screen.Rows())
}

func (l *looker) types(text string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := io.WriteString(l.keys, text)
	return err
}
