package sshserver

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"teahouse/app/chat"
)

// crowd counts open connections by address.
type crowd struct {
	limit int // an address; 0: none

	mu    sync.Mutex
	count map[netip.Prefix]int
}

// enter counts a connection in; false when its address has too many. Loopback
// is exempt: there everyone has the same address.
func (c *crowd) enter(from netip.Addr) (leave func(), ok bool) {
	if c.limit == 0 || exempt(from) {
		return func() {}, true
	}
	home := chat.Household(from)
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

// exempt tells of whom no limit of an address can be asked.
func exempt(from netip.Addr) bool { return !from.IsValid() || from.IsLoopback() }

// pace limits how many new connections a minute an address makes: so many at
// once, and after that as many a minute.
type pace struct {
	limit int // an address; 0: none

	mu sync.Mutex
	of map[netip.Prefix]*rate.Limiter
}

// admits counts a new connection; false when its address has made too many.
func (p *pace) admits(from netip.Addr, now time.Time) bool {
	if p.limit == 0 || exempt(from) {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	home := chat.Household(from)
	if p.of[home] == nil {
		p.of[home] = rate.NewLimiter(rate.Limit(float64(p.limit)/60), p.limit)
	}
	return p.of[home].AllowN(now, 1)
}

// forget drops the addresses that may do all again that they ever could.
func (p *pace) forget(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for home, l := range p.of {
		if l.TokensAt(now) >= float64(p.limit) {
			delete(p.of, home)
		}
	}
}
