package sshserver

import (
	"net/netip"
	"slices"
	"sync"
)

// lobbySize is how many connections may be on their way through the handshake
// at a time, all addresses together.
const lobbySize = 512

// lobby is where connections wait until they have proved a key. When it is
// full, whoever comes is let in all the same, and the oldest one is put out of
// the household that has most of them waiting: who floods the lobby puts out
// their own. Until a proxy has told where a connection comes from, it is of the
// household of all of which that is not known.
type lobby struct {
	limit int

	mu      sync.Mutex
	waiting []*conn // the oldest first
	count   map[netip.Prefix]int
}

// enter takes a connection in, and gives the one to be put out for it, or nil.
func (l *lobby) enter(c *conn) (out *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, c)
	l.count[c.home]++
	if len(l.waiting) <= l.limit {
		return nil
	}
	out = l.oldestOfMost()
	l.drop(out)
	return out
}

func (l *lobby) oldestOfMost() (oldest *conn) {
	most := 0
	for _, c := range l.waiting {
		if n := l.count[c.home]; n > most {
			oldest, most = c, n
		}
	}
	return oldest
}

// knows notes of which household a connection is.
func (l *lobby) knows(c *conn, home netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if slices.Contains(l.waiting, c) {
		l.recount(c.home, -1)
		l.recount(home, +1)
	}
	c.home = home
}

// leave lets go of a connection, also of one that is not there any more.
func (l *lobby) leave(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(c)
}

func (l *lobby) drop(c *conn) {
	if i := slices.Index(l.waiting, c); i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
		l.recount(c.home, -1)
	}
}

func (l *lobby) recount(home netip.Prefix, by int) {
	if l.count[home] += by; l.count[home] == 0 {
		delete(l.count, home)
	}
}
