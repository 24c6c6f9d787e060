package chat

import (
	"sync"
	"time"
)

// pacer holds each K to a rate, such as users to one of messages: so many at
// once, then one every 1/rate seconds (the generic cell rate algorithm: a user
// is one point in time, at which all that was sent will have been paid for).
type pacer[K comparable] struct {
	every time.Duration // between two messages in the long run; 0: no limit
	burst int

	mu   sync.Mutex
	paid map[K]time.Time
}

func newPacer[K comparable](rate float64, burst int) *pacer[K] {
	p := &pacer[K]{burst: max(1, burst), paid: map[K]time.Time{}}
	if rate > 0 {
		p.every = time.Duration(float64(time.Second) / rate)
	}
	return p
}

// reserve books one and returns how long it has to wait.
func (p *pacer[K]) reserve(who K, now time.Time) time.Duration {
	return p.book(who, 1, now, true)
}

// allows books one only where it need not wait; else it returns how long that
// would be.
func (p *pacer[K]) allows(who K, now time.Time) time.Duration {
	return p.book(who, 1, now, false)
}

func (p *pacer[K]) book(who K, n int, now time.Time, patient bool) time.Duration {
	if p.every == 0 {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	paid := p.paid[who]
	if paid.Before(now) {
		paid = now
	}
	paid = paid.Add(time.Duration(n) * p.every)
	wait := max(0, paid.Sub(now)-time.Duration(p.burst)*p.every)
	if wait == 0 || patient {
		p.paid[who] = paid
	}
	return wait
}

// forget drops the users who have paid, to whom nothing is owed.
func (p *pacer[K]) forget(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for user, paid := range p.paid {
		if paid.Before(now) {
			delete(p.paid, user)
		}
	}
}
