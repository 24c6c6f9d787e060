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
// full, whoever comes is let in all the same, and of the household that has most
// of them waiting the one is put out that has said nothing for longest: who
// floods the lobby puts out their own, and where a flood comes from everywhere,
// those who get on with their handshake stay. Until a proxy has told where a connection comes from, it is of the
// household of all of which that is not known.
type lobby struct {
	limit int

	mu      sync.Mutex
	waiting []*conn // who has said nothing for longest first
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
	out = l.stillestOfMost()
	l.drop(out)
	return out
}

func (l *lobby) stillestOfMost() (stillest *conn) {
	most := 0
	for _, c := range l.waiting {
		n := l.count[c.home]
		if n > most {
			stillest, most = c, n
		}
		if 2*n > len(l.waiting) {
			break // no other can have more: a flood is told by its first
		}
	}
	return stillest
}

// hears notes that a connection has said something.
func (l *lobby) hears(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.waiting, c); i >= 0 {
		l.waiting = append(slices.Delete(l.waiting, i, i+1), c)
	}
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
