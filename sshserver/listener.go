package sshserver

import (
	"net"
	"net/netip"
	"sync"
	"time"

	proxyproto "github.com/pires/go-proxyproto"
)

// Listen opens the port. A peer that vanished without a word is found by
// TCP's own probes within 75 seconds.
func Listen(addr string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	return keepAlive{ln.(*net.TCPListener)}, nil
}

type keepAlive struct{ *net.TCPListener }

func (l keepAlive) Accept() (net.Conn, error) {
	c, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	err = c.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 15 * time.Second, Count: 3})
	if err != nil {
		// The peer is gone already; whoever reads will find that.
		return c, nil
	}
	return c, nil
}

// behindProxy reads the PROXY header of every connection and lets in nobody
// else than the trusted proxies.
func behindProxy(ln net.Listener, trusted []netip.Prefix, patience time.Duration) net.Listener {
	return &proxyproto.Listener{
		Listener:          ln,
		ReadHeaderTimeout: patience,
		ConnPolicy: func(o proxyproto.ConnPolicyOptions) (proxyproto.Policy, error) {
			from, ok := address(o.Upstream)
			for _, p := range trusted {
				if ok && p.Contains(from) {
					return proxyproto.REQUIRE, nil
				}
			}
			return proxyproto.REJECT, proxyproto.ErrInvalidUpstream
		},
	}
}

// address gives the IP of a peer, an IPv4 one always in its short form.
func address(a net.Addr) (netip.Addr, bool) {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}, false
	}
	ip, ok := netip.AddrFromSlice(t.IP)
	return ip.Unmap(), ok
}

// household is what counts as one address: an IPv4 address, an IPv6 /64.
func household(ip netip.Addr) netip.Prefix {
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	p, err := ip.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// conn is a connection that is counted, and cut when it does not get through
// its handshake in time.
type conn struct {
	net.Conn
	told     bool     // how to make a key
	offered  []string // fingerprints, in the handshake
	weak     string   // what is to be said of a key that may not sign
	channels int      // open ones; guarded by Server.mu
	hostKeys *hostKeys
	pulse    pulse
	once     sync.Once
	done     func()
}

// connKey is where a connection's context holds its conn.
type connKey struct{}

// SetDeadline does nothing. The library takes away the deadline at every read
// and write, and with it the handshake's.
func (c *conn) SetDeadline(time.Time) error { return nil }

// authenticated ends the time limit of the handshake.
func (c *conn) authenticated() {
	_ = c.Conn.SetDeadline(time.Time{}) // fails only where the peer is gone
}

// Close closes the connection and counts it out, once.
func (c *conn) Close() error {
	c.once.Do(c.done)
	return c.Conn.Close()
}

// crowd counts open connections by address.
type crowd struct {
	limit int // an address; 0: none

	mu    sync.Mutex
	count map[netip.Prefix]int
}

// enter counts a connection in; false when its address has too many. Loopback
// is exempt: there everyone has the same address.
func (c *crowd) enter(from netip.Addr) (leave func(), ok bool) {
	if c.limit == 0 || !from.IsValid() || from.IsLoopback() {
		return func() {}, true
	}
	home := household(from)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count[home] >= c.limit {
		return nil, false
	}
	c.count[home]++
	return func() { c.leave(home) }, true
}

func (c *crowd) leave(home netip.Prefix) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count[home]--; c.count[home] <= 0 {
		delete(c.count, home)
	}
}
