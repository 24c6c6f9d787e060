package sshserver_test

import (
	"io"
	"net"
	"net/netip"
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
				return strings.Contains(d.log.String(), "from="+tt.from)
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

func TestOnlyTrustedProxiesAreHeard(t *testing.T) {
	d := open(t, behind("192.0.2.0/24"))
	for range 5 {
		c := d.connect()
		_, _ = io.WriteString(c, v1) // it may be closed already
		if said := cut(t, c); said != "" {
			t.Errorf("it was told %q", said)
		}
	}
	if n := len(d.log.lines("level=WARN")); n != 0 {
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
			d.until("all are noticed", func() bool { return len(d.log.lines("no handshake")) == 10 })
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
