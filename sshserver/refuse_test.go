package sshserver_test

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/chat"
	"teahouse/sshserver"
)

// claim is a PROXY header of a client at an address.
func claim(from string) string {
	return fmt.Sprintf("PROXY TCP4 %s 192.0.2.1 4711 22\r\n", from)
}

// from shakes hands as somebody new who comes from an address.
func (d *door) from(address string) (*client, error) {
	d.t.Helper()
	return d.via(claim(address))
}

// knock says so much, after the header, and waits for what comes first.
func (d *door) knock(address, words string) net.Conn {
	d.t.Helper()
	c := d.connect()
	_, err := io.WriteString(c, claim(address)+words)
	must(d.t, err)
	d.hears(c, "SSH-2.0-Teahouse\r\n")
	return c
}

// hears reads what must come.
func (d *door) hears(c net.Conn, words string) {
	d.t.Helper()
	must(d.t, c.SetReadDeadline(time.Now().Add(patience)))
	got := make([]byte, len(words))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != words {
		d.t.Fatalf("heard %q, %v, want %q", got, err, words)
	}
}

// TestRefusalsHaveWords: whoever is turned away before the handshake reads why,
// and the reason is counted.
func TestRefusalsHaveWords(t *testing.T) {
	for reason, tt := range map[string]struct {
		change func(*plan)
		before int // connections that come in first
		words  string
	}{
		"address": {func(p *plan) { p.PerIP = 2 }, 2, "too many connections from your address: 2 are open, which is the most; close some"},
		"rate":    {func(p *plan) { p.PerMinute = 3 }, 3, "too many new connections from your address; try again in a minute"},
		"full": {func(p *plan) {
			p.MaxSessions, p.late = 1, func(s *sshserver.Server) { s.SetLobby(2) }
		}, 3, "the chat is full; try again later"},
		"barred": {func(p *plan) {
			p.Barred = func(from netip.Addr) error {
				if from != netip.MustParseAddr("192.0.2.7") {
					return nil
				}
				return chat.Errorf(chat.CodeRefused, "you are banned\x1b[31m until tomorrow")
			}
		}, 0, "you are banned until tomorrow"},
	} {
		t.Run(reason, func(t *testing.T) {
			d := open(t, behind(loopback), tt.change)
			for range tt.before {
				_, err := d.from("192.0.2.7")
				must(t, err)
			}
			for range 2 {
				_, err := d.from("192.0.2.7")
				if err == nil || !strings.Contains(err.Error(), tt.words) {
					t.Errorf("the client reads %v, want %s", err, tt.words)
				}
			}
			if n := d.Refused(reason); n != 2 {
				t.Errorf("%d are counted", n)
			}
			if _, err := d.from("192.0.2.8"); (err == nil) != (reason != "full") {
				t.Errorf("somebody from another address: %v", err)
			}
		})
	}
}

// A refused client that does not go is not waited for.
func TestRefusedClientsAreNotWaitedFor(t *testing.T) {
	d := open(t, behind(loopback), func(p *plan) { p.PerMinute = 1 }, hasten(func(s *sshserver.Server) { s.Limits().Farewell = soon }))
	_, err := d.from("192.0.2.7")
	must(t, err)
	c := d.knock("192.0.2.7", "SSH-2.0-stays\r\n")
	if said := cut(t, c); !strings.Contains(said, "try again in a minute") {
		t.Errorf("the client hears %q", said)
	}
	d.until("it is gone", func() bool { return d.Connections() == 1 })
}

// TestOnlyWhoSpeaksIsCounted: to look whether the port is open, to read the
// server's version, and to wait for it, as ssh-keyscan does, costs nothing.
func TestOnlyWhoSpeaksIsCounted(t *testing.T) {
	d := open(t, behind(loopback), func(p *plan) { p.PerMinute, p.PerIP = 2, 2 })
	for range 10 {
		must(t, d.knock("192.0.2.7", "").Close())
	}
	waiting := []net.Conn{d.knock("192.0.2.7", ""), d.knock("192.0.2.7", ""), d.knock("192.0.2.7", "")}
	for range 2 {
		if _, err := d.from("192.0.2.7"); err != nil {
			t.Errorf("who comes next: %v", err)
		}
	}
	if _, err := d.from("192.0.2.7"); err == nil {
		t.Error("one too many came in")
	}
	_, err := io.WriteString(waiting[0], "S")
	must(t, err)
	if said := cut(t, waiting[0]); !strings.Contains(said, "try again in a minute") {
		t.Errorf("who spoke late hears %q", said)
	}
	if n := d.Refused("rate"); n != 2 {
		t.Errorf("%d are counted as refused", n)
	}
}

// TestBarredIsOfClientsOnly: what a proxy does in its own name, its health
// checks and those it knows nothing about, is not asked about.
func TestBarredIsOfClientsOnly(t *testing.T) {
	asked := make(chan netip.Addr, 10)
	d := open(t, behind(loopback), func(p *plan) {
		p.PerIP = 1
		p.Barred = func(from netip.Addr) error { asked <- from; return nil }
	})
	for _, header := range []string{v2(t, ""), v2(t, ""), "PROXY UNKNOWN\r\n", claim("192.0.2.7")} {
		if _, err := d.via(header); err != nil {
			t.Errorf("%q: %v", header, err)
		}
	}
	if first := <-asked; first != netip.MustParseAddr("192.0.2.7") || len(asked) > 0 {
		t.Errorf("asked about %s and %d more", first, len(asked))
	}
}

// TestAFloodPutsItselfOut: many that come from one address, or whose address is
// not known yet, do not keep out those from others.
func TestAFloodPutsItselfOut(t *testing.T) {
	for name, flood := range map[string]string{
		"silent": claim("192.0.2.7"), "stopped": claim("192.0.2.7") + "SSH-2.0-stops\r\n", "no header": "", "half a header": v2(t, "")[:5],
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, behind(loopback), hasten(func(s *sshserver.Server) {
				s.SetLobby(20)
				s.Limits().Handshake, s.Limits().ProxyHeader = late, late
			}))
			slow := d.knock("192.0.2.8", "") // is there before the flood, and takes its time
			for range 200 {
				_, _ = io.WriteString(d.connect(), flood) // it may have been put out
			}
			d.until("most are put out", func() bool { return d.Refused("handshakes") == 181 && d.Waiting() == 20 })
			if _, err := d.from("192.0.2.9"); err != nil {
				t.Errorf("who comes during the flood: %v", err)
			}
			late := &spoken{Conn: slow, words: "SSH-2.0-Teahouse\r\n"}
			if _, err := d.shake(late, "alice", gossh.PublicKeys(newSigner(t))); err != nil {
				t.Errorf("who was there before the flood: %v", err)
			}
			d.until("those who got in wait no more", func() bool { return d.Waiting() == 18 })
		})
	}
}

// spoken is a connection of which something was read already.
type spoken struct {
	net.Conn
	words string
}

func (s *spoken) Read(p []byte) (int, error) {
	if s.words == "" {
		return s.Conn.Read(p)
	}
	n := copy(p, s.words)
	s.words = s.words[n:]
	return n, nil
}
