package sshserver

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/time/rate"
)

// conn is a connection that is counted, and cut when it does not get through
// its handshake in time.
type conn struct {
	net.Conn
	from   netip.Addr   // its client's; zero where that is not known
	home   netip.Prefix // what from counts as; guarded by the lobby's mu
	knock  func() error // called at the first byte, and nil after that
	leave  func()       // counts it out of the crowd
	lobby  *lobby
	waits  atomic.Bool // in the lobby, as far as is known
	told   bool        // how to make a key
	weak   string      // what is to be said of a key that may not sign
	shown  []string    // fingerprints of keys, in the handshake
	in     *rate.Limiter
	ahead  []byte // was read and not asked for yet
	out    outgoing
	strays strays
	ssh    *gossh.ServerConn // from its first session on
	once   sync.Once
	done   func()
	closed chan struct{}

	hostKeys *hostKeys

	// Guarded by Server.mu.
	channels int // open ones
	screens  int // running ones, sessions of lines among them
	commands int // running ones
	rejects  int // channels whose client has not read yet that they are refused
}

// connKey is where a connection's context holds its conn.
type connKey struct{}

func (s *Server) newConn(raw net.Conn) *conn {
	c := &conn{
		Conn: raw, in: rate.NewLimiter(s.limits.ReadRate, s.limits.ReadBurst), leave: func() {},
		closed: make(chan struct{}), lobby: &s.lobby,
		hostKeys: s.keysNow(), out: outgoing{paper: &s.paper},
	}
	c.waits.Store(true)
	c.knock = func() error { return s.knock(c) }
	c.done = func() {
		close(c.closed)
		s.lobby.leave(c)
		s.track(c, false)
	}
	return c
}

// Read reads, no faster than a client may send, and knocks at the first byte.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.ahead) == 0 {
		if len(p) > 1 {
			return c.take(p)
		}
		// The library reads what a client calls itself byte by byte.
		some := make([]byte, versionLine)
		n, err := c.take(some)
		if err != nil {
			return copy(p, some[:n]), err
		}
		c.ahead = some[:n]
	}
	n := copy(p, c.ahead)
	if c.ahead = c.ahead[n:]; len(c.ahead) == 0 {
		c.ahead = nil
	}
	return n, nil
}

// versionLine is how long what a client calls itself may be (RFC 4253, section
// 4.2).
const versionLine = 255

// take is Read of what comes by the wire.
func (c *conn) take(p []byte) (int, error) {
	if err := c.out.reads(c.Conn); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p[:min(len(p), c.in.Burst())])
	if n > 0 && c.waits.Load() {
		c.lobby.hears(c)
	}
	if n > 0 && c.knock != nil {
		knock := c.knock
		c.knock = nil
		if err := knock(); err != nil {
			return 0, err
		}
	}
	c.strays.comes(n)
	c.rest(c.in.ReserveN(time.Now(), n).Delay())
	return n, err
}

// Write writes, or keeps what goes out with what is written next.
func (c *conn) Write(p []byte) (int, error) { return c.out.write(c.Conn, p) }

// rest lets time pass, or the connection close.
func (c *conn) rest(pause time.Duration) {
	if pause <= 0 {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.closed:
	}
}

// SetDeadline does nothing. The library takes away the deadline at every read
// and write, and with it the handshake's.
func (c *conn) SetDeadline(time.Time) error { return nil }

// authenticated ends the time limit of the handshake.
func (c *conn) authenticated() {
	_ = c.Conn.SetDeadline(time.Time{}) // fails only where the peer is gone
	c.waits.Store(false)
	c.lobby.leave(c)
}

// Close closes the connection and counts it out, once.
func (c *conn) Close() error {
	c.once.Do(c.done)
	return c.Conn.Close()
}
