package sshserver

import (
	"bytes"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	proxyproto "github.com/pires/go-proxyproto"

	"teahouse/app/chat"
)

// sent is a connection whose client has sent all that it ever will.
type sent struct {
	net.Conn
	io.Reader
	from net.Addr
}

func (s sent) Read(p []byte) (int, error)        { return s.Reader.Read(p) }
func (s sent) RemoteAddr() net.Addr              { return s.from }
func (s sent) LocalAddr() net.Addr               { return s.from }
func (s sent) SetReadDeadline(_ time.Time) error { return nil }
func (s sent) SetDeadline(_ time.Time) error     { return nil }
func (s sent) Write(p []byte) (int, error)       { return len(p), nil }
func (s sent) Close() error                      { return nil }

// single is a listener to which one connection comes.
type single struct {
	net.Listener
	conns chan net.Conn
}

func (s single) Accept() (net.Conn, error) {
	if c, ok := <-s.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

// accepted is a connection from a peer as the server has it behind a proxy.
func accepted(from string, client io.Reader) (net.Conn, error) {
	l := single{conns: make(chan net.Conn, 1)}
	l.conns <- sent{Reader: client, from: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(from))}
	close(l.conns)
	return behindProxy(l, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, time.Minute).Accept()
}

// FuzzProxyHeader: whatever a proxy sends, nothing panics; what follows a header
// that is one is read as it was sent; a client's address is one, or none; and a
// peer that is not trusted does not get in at all.
func FuzzProxyHeader(f *testing.F) {
	for _, header := range []string{
		"", "SSH-2.0-OpenSSH\r\n", "PROXY UNKNOWN\r\n", "PROXY TCP4 192.0.2.7 192.0.2.1 4711 22\r\n",
		"PROXY TCP6 2001:db8::7 ::ffff:192.0.2.1 1 65535\r\n", "PROXY TCP4 nonsense\r\n", "PROXY " + strings.Repeat("x", 300),
		"\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00", "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x07\xc0\x00\x02\x01\x12\x34\x00\x16",
		"\r\n\r\n\x00\r\nQUIT\n\x20\x11\x00\x0c\xc0\x00\x02\x07\xc0\x00\x02\x01\x12\x34\x00\x16", "\r\n\r\n\x00\r\nQUIT\n\x21\x21\xff\xff",
		"\r\n\r\n\x00\r\nQUIT\n\x21\x31\x00\xd8" + strings.Repeat("\x1b", 216), "\r\n\r\n\x00\r\nQUIT\n\x21\x13\x00\x0c",
	} {
		f.Add([]byte(header+"SSH-2.0-x\r\n"), false)
		f.Add([]byte(header+"SSH-2.0-x\r\n"), true)
	}
	f.Fuzz(func(t *testing.T, all []byte, split bool) {
		var client io.Reader = bytes.NewReader(all)
		if split {
			client = iotest.OneByteReader(client)
		}
		if c, err := accepted("192.0.2.1:4711", bytes.NewReader(all)); err == nil {
			t.Fatalf("a peer that is not trusted came in: %v", c.RemoteAddr())
		}
		c, err := accepted("127.0.0.1:4711", client)
		if err != nil {
			t.Fatalf("the proxy is not let in: %v", err)
		}
		from := origin(c)
		home := chat.Household(from)
		if from.IsValid() != home.IsValid() || from.IsValid() && !home.Contains(from.WithZone("")) || from.Is4In6() {
			t.Errorf("%v is of the household %v", from, home)
		}
		rest, err := io.ReadAll(c)
		h := c.(*proxyproto.Conn).ProxyHeader()
		if (err == nil) != (h != nil) {
			t.Errorf("the header is %+v, and reading gives %v", h, err)
		}
		if h == nil && (from.IsValid() || len(rest) > 0) {
			t.Errorf("without a header, %v says %q", from, rest)
		}
		if !bytes.HasSuffix(all, rest) {
			t.Errorf("%q was sent, and %q is read", all, rest)
		}
		_ = c.RemoteAddr().String() // as a log does
	})
}
