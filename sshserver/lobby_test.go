package sshserver

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/time/rate"

	"teahouse/app/chat"
)

func newLobby(limit int) *lobby { return &lobby{limit: limit, count: map[netip.Prefix]int{}} }

func of(address string) netip.Prefix { return chat.Household(netip.MustParseAddr(address)) }

// TestLobby: who comes is let in, and of those that are most the one is put out
// that has said nothing for longest.
func TestLobby(t *testing.T) {
	for name, tt := range map[string]struct {
		come string // a letter is a household, ? one that is not known; a capital one says something more
		out  string // which of them are put out, by position, in order
	}{
		"room for all":            {"abc", ""},
		"a flood puts itself out": {"abbbbb", "1 2"},
		"late comers get in":      {"bbbbac", "0 1"},
		"one each: the first":     {"abcdef", "0 1"},
		"no household":            {"?a???", "0"},
		"two floods":              {"aabbc", "0"},
		"who says something":      {"abcdABefAg", "2 3 1"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLobby(4)
			var all []*conn
			var out []string
			said := map[rune]*conn{}
			for _, who := range tt.come {
				if c := said[unicode.ToLower(who)]; unicode.IsUpper(who) && c != nil {
					l.hears(c)
					continue
				}
				c := &conn{}
				said[who] = c
				if who != '?' {
					c.home = of(fmt.Sprintf("192.0.2.%d", who))
				}
				all = append(all, c)
				if gone := l.enter(c); gone != nil {
					out = append(out, fmt.Sprint(slices.Index(all, gone)))
				}
			}
			if got := strings.Join(out, " "); got != tt.out {
				t.Errorf("put out: %s, want %s", got, tt.out)
			}
			for _, c := range all {
				l.leave(c)
				l.leave(c) // a second time changes nothing
			}
			if len(l.waiting)+len(l.count) != 0 {
				t.Errorf("left: %d connections, %v", len(l.waiting), l.count)
			}
		})
	}
}

// TestLobbyCounts: whatever comes, goes and becomes known, the counts are those
// of the connections that wait.
func TestLobbyCounts(t *testing.T) {
	l := newLobby(20)
	random := rand.New(rand.NewPCG(1, 2))
	var all []*conn
	for range 5000 {
		switch some := random.IntN(10); {
		case some < 5 || len(all) == 0:
			c := &conn{}
			all = append(all, c)
			if out := l.enter(c); out == c {
				t.Fatal("who comes was put out, where others wait")
			}
		case some < 8:
			l.knows(all[random.IntN(len(all))], of(fmt.Sprintf("192.0.2.%d", random.IntN(6))))
		case some < 9:
			l.hears(all[random.IntN(len(all))])
		default:
			l.leave(all[random.IntN(len(all))])
		}
		want := map[netip.Prefix]int{}
		for _, c := range l.waiting {
			want[c.home]++
		}
		if len(l.waiting) > l.limit || fmt.Sprint(want) != fmt.Sprint(l.count) {
			t.Fatalf("%d wait, of %v, counted as %v", len(l.waiting), want, l.count)
		}
	}
}

// TestPace: an address that has made as many connections as it may makes one
// more when one has been paid for, and costs no memory when all are.
func TestPace(t *testing.T) {
	p := pace{limit: 60, of: map[netip.Prefix]*rate.Limiter{}}
	now := time.Unix(1e9, 0)
	admit := func(from string, times, want int) {
		t.Helper()
		got := 0
		for range times {
			if p.admits(netip.MustParseAddr(from), now) {
				got++
			}
		}
		if got != want {
			t.Errorf("of %d connections from %s %d were let in, not %d", times, from, got, want)
		}
	}
	admit("192.0.2.1", 100, 60)
	admit("2001:db8:1:2::1", 30, 30)
	admit("2001:db8:1:2::2", 40, 30) // the same /64
	admit("2001:db8:1:3::1", 5, 5)
	admit("127.0.0.1", 500, 500)
	now = now.Add(2 * time.Second)
	admit("192.0.2.1", 100, 2)
	p.forget(now)
	if len(p.of) != 3 {
		t.Errorf("%d addresses are kept", len(p.of))
	}
	now = now.Add(time.Minute)
	p.forget(now)
	if len(p.of) != 0 {
		t.Errorf("%d addresses are kept that have paid", len(p.of))
	}
	admit("192.0.2.1", 100, 60)
	unlimited := pace{of: map[netip.Prefix]*rate.Limiter{}}
	if !unlimited.admits(netip.MustParseAddr("192.0.2.1"), now) || len(unlimited.of) != 0 {
		t.Error("without a limit, it counts")
	}
}

// TestDisconnect: the packets are what RFC 4253 has, for words of any length.
func TestDisconnect(t *testing.T) {
	for n := range 100 {
		words := strings.Repeat("w", n)
		packet := disconnect(tooManyConnections, words)
		padding := int(packet[4])
		if len(packet)%8 != 0 || len(packet) < 16 || padding < 4 {
			t.Fatalf("%d letters: %d bytes, %d of them padding", n, len(packet), padding)
		}
		if length := int(packet[2])<<8 | int(packet[3]); length != len(packet)-4 {
			t.Fatalf("%d letters: %d bytes say they are %d", n, len(packet), length)
		}
		var m struct {
			Code     uint32 `sshtype:"1"`
			Words    string
			Language string
		}
		if err := gossh.Unmarshal(packet[5:len(packet)-padding], &m); err != nil || m.Words != words || m.Code != tooManyConnections {
			t.Fatalf("%d letters are read as %+v, %v", n, m, err)
		}
	}
}

// unread is a channel whose client never reads that it is refused.
type unread struct {
	gossh.NewChannel
	over chan struct{}
}

func (u unread) Reject(gossh.RejectionReason, string) error { <-u.over; return io.EOF }

func TestWhoDoesNotReadRefusalsIsCut(t *testing.T) {
	s := &Server{log: slog.New(slog.DiscardHandler), open: map[*conn]pulse{}}
	near, far := net.Pipe()
	s.SetHostKeys(nil)
	c := s.newConn(near)
	s.track(c, true)
	client := unread{over: make(chan struct{})}
	var all sync.WaitGroup
	for range rejectsPerConn {
		all.Go(func() { s.reject(c, client) })
	}
	for c.pending(s) < rejectsPerConn {
		runtime.Gosched()
	}
	select {
	case <-c.closed:
		t.Error("it is cut with as many as it may have")
	default:
	}
	s.reject(c, client) // returns, unlike the others
	if _, err := far.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the connection is open: %v", err)
	}
	close(client.over)
	all.Wait()
}

func (c *conn) pending(s *Server) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return c.rejects
}

// TestReadingHasARate: what a client sends is not taken faster than a chat needs
// it, and a close is not waited for.
func TestReadingHasARate(t *testing.T) {
	s := &Server{open: map[*conn]pulse{}, limits: limits{ReadRate: 64 << 10, ReadBurst: 32 << 10}}
	near, far := net.Pipe()
	s.SetHostKeys(nil)
	c := s.newConn(near)
	c.knock = nil
	var client sync.WaitGroup
	client.Go(func() { _, _ = far.Write(make([]byte, 16<<20)) }) // cut in the middle
	began := time.Now()
	n, err := io.ReadFull(c, make([]byte, 64<<10))
	if took := time.Since(began); err != nil || took < 490*time.Millisecond {
		t.Errorf("%d bytes took %s: %v", n, took, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	client.Wait()
}
