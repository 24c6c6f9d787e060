package sshserver

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	proxyproto "github.com/pires/go-proxyproto"
)

// Listen opens the port, with what KeepAlive promises.
func Listen(addr string) (net.Listener, error) {
	quiet := net.ListenConfig{KeepAlive: -1} // which keepAlive sets, once
	ln, err := quiet.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	return KeepAlive(ln)
}

// KeepAlive makes of a TCP listener one for Serve. A peer that vanished without
// a word is found by TCP's own probes within 75 seconds.
func KeepAlive(ln net.Listener) (net.Listener, error) {
	tcp, ok := ln.(*net.TCPListener)
	if !ok {
		return nil, fmt.Errorf("it is a socket of the kind %s, and must be one of TCP", ln.Addr().Network())
	}
	return keepAlive{tcp}, nil
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

// origin gives the address of a connection's client, which behind a proxy waits
// for the header. It is the zero Addr where only the proxy's own is known: what
// an address may or may not must not be held against all who come through it.
func origin(c net.Conn) netip.Addr {
	if p, ok := c.(*proxyproto.Conn); ok {
		h := p.ProxyHeader()
		if h == nil || h.Command.IsLocal() || h.SourceAddr == nil {
			return netip.Addr{}
		}
	}
	from, _ := address(c.RemoteAddr())
	return from
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
