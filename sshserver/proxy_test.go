package sshserver_test

import (
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	proxyproto "github.com/pires/go-proxyproto"
	gossh "golang.org/x/crypto/ssh"

	"teahouse/sshserver"
)

const (
	v1       = "PROXY TCP4 192.0.2.7 192.0.2.1 4711 22\r\n"
	loopback = "127.0.0.0/8"
)

// v2 is a binary header: of a client at an address, or with "" the proxy's own.
func v2(t *testing.T, from string) string {
	t.Helper()
	h := &proxyproto.Header{Version: 2, Command: proxyproto.LOCAL, TransportProtocol: proxyproto.UNSPEC}
	if from != "" {
		to := netip.MustParseAddrPort("[2001:db8::22]:22")
		h = proxyproto.HeaderProxyFromAddrs(2,
			net.TCPAddrFromAddrPort(netip.MustParseAddrPort(from)), net.TCPAddrFromAddrPort(to))
	}
	text, err := h.Format()
	must(t, err)
	return string(text)
}

func behind(trusted string) func(*plan) {
	return func(p *plan) { p.Proxies = []netip.Prefix{netip.MustParsePrefix(trusted)} }
}

// via shakes hands after the header.
func (d *door) via(header string) (*client, error) {
	d.t.Helper()
	raw := d.connect()
	_, err := io.WriteString(raw, header)
	must(d.t, err)
	return d.shake(raw, "alice", gossh.PublicKeys(newSigner(d.t)))
}

func TestBehindAProxy(t *testing.T) {
	d := open(t, behind(loopback))
	for name, tt := range map[string]struct{ header, from string }{
		"v1":       {v1, "192.0.2.7:4711"},
		"v2":       {v2(t, "[2001:db8::7]:4712"), "[2001:db8::7]:4712"},
		"v2 LOCAL": {v2(t, ""), "127.0.0.1:"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := d.via(tt.header)
			must(t, err)
			c.whoami()
			d.until("the address is in the log", func() bool {
				return strings.Contains(d.log.String(), "address="+tt.from)
			})
		})
	}
}

func TestBehindAProxyTheClientsAddressCounts(t *testing.T) {
	d := open(t, behind(loopback), func(p *plan) { p.PerIP = 2 })
	first, err := d.via(v1)
	must(t, err)
	_, err = d.via(v1)
	must(t, err)
	if _, err := d.via(v1); err == nil {
		t.Error("one too many came in")
	}
	if _, err := d.via(strings.Replace(v1, ".7", ".8", 1)); err != nil {
		t.Errorf("a neighbour: %v", err)
	}
	if n := d.Addresses(); n != 2 {
		t.Errorf("%d addresses are counted", n)
	}
	must(t, first.Close())
	d.until("there is room again", func() bool { return d.Connections() == 2 })
	if _, err := d.via(v1); err != nil {
		t.Errorf("after one has left: %v", err)
	}
}

func TestWithoutAHeaderNobodyPassesAProxy(t *testing.T) {
	d := open(t, behind(loopback), brisk(func(s *sshserver.Server) { s.Limits().ProxyHeader = soon }))
	for name, header := range map[string]string{
		"none": "", "broken v1": "PROXY TCP4 nonsense\r\n", "UDP": "PROXY UDP4 192.0.2.7 192.0.2.1 1 2\r\n", "endless": "PROXY " + strings.Repeat("x", 300),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := d.via(header); err == nil {
				t.Error("somebody came in")
			}
		})
	}
	silent := d.connect()
	cut(t, silent)
	if _, err := d.via(v1); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestHeadersInPieces: a binary header may come byte by byte. One in words comes
// at once, as its definition has it; else it is none.
func TestHeadersInPieces(t *testing.T) {
	d := open(t, behind(loopback), brisk(func(s *sshserver.Server) { s.Limits().ProxyHeader = soon }))
	long := &proxyproto.Header{Version: 2, Command: proxyproto.LOCAL, TransportProtocol: proxyproto.UNSPEC}
	must(t, long.SetTLVs([]proxyproto.TLV{{Type: proxyproto.PP2_TYPE_NOOP, Value: make([]byte, 2000)}}))
	padded, err := long.Format()
	must(t, err)
	for name, tt := range map[string]struct {
		header string
		cut    int // of how many bytes the pieces are
		in     bool
	}{
		"v2 whole": {v2(t, "[2001:db8::7]:4712"), 1000, true}, "v2 byte by byte": {v2(t, "[2001:db8::7]:4712"), 1, true},
		"v2 with more than addresses": {string(padded), 700, true}, "v2 LOCAL byte by byte": {v2(t, ""), 1, true},
		"v1 byte by byte": {v1, 1, false}, "v2 never finished": {v2(t, "[2001:db8::7]:4712")[:20], 1, false},
		"v2 that lies about its length": {v2(t, "")[:14] + "\xff\xff" + strings.Repeat("x", 1000), 1000, false},
		"v1 of the wrong family":        {"PROXY TCP6 192.0.2.7 192.0.2.1 4711 22\r\n", 1000, false},
		"a second one, of the client":   {v1 + strings.Replace(v1, ".7", ".8", 1), 1000, true}, // a line that is no version
	} {
		t.Run(name, func(t *testing.T) {
			raw := d.connect()
			must(t, raw.(*net.TCPConn).SetNoDelay(true))
			for piece := range slices.Chunk([]byte(tt.header), tt.cut) {
				if _, err := raw.Write(piece); err != nil {
					break // it is refused already
				}
			}
			c, err := d.shake(raw, "alice", gossh.PublicKeys(newSigner(t)))
			if (err == nil) != tt.in {
				t.Fatalf("who comes with it: %v", err)
			}
			if tt.in {
				c.whoami()
			}
		})
	}
	d.until("only those are left who got in", func() bool { return d.Connections() == 5 })
}

func TestOnlyTrustedProxiesAreHeard(t *testing.T) {
	d := open(t, behind("192.0.2.0/24"))
	for range 5 {
		c := d.connect()
		_, _ = io.WriteString(c, v1) // it may be closed already
		if said := cut(t, c); said != "" {
			t.Errorf("it was told %q", said)
		}
	}
	if n := len(d.log.Lines("level=WARN")); n != 0 {
		t.Errorf("%d warnings", n)
	}
}

func TestHealthChecksLeaveNothing(t *testing.T) {
	for name, trusted := range map[string][]netip.Prefix{"direct": nil, "proxied": {netip.MustParsePrefix(loopback)}} {
		t.Run(name, func(t *testing.T) {
			d := open(t, func(p *plan) { p.PerIP, p.Proxies = 2, trusted })
			for range 10 {
				must(t, d.connect().Close())
			}
			d.until("all are noticed", func() bool { return len(d.log.Lines("no handshake")) == 10 })
			d.rests()
			if n := d.Addresses(); n != 0 {
				t.Errorf("%d addresses are counted", n)
			}
			for line := range strings.Lines(d.log.String()) {
				if !strings.Contains(line, "level=DEBUG") {
					t.Errorf("logged: %s", line)
				}
			}
		})
	}
}
