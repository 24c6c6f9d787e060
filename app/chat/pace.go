package chat

import (
	"sync"
	"time"
)

// pacer holds each user to a rate of messages: so many at once, then one every
// 1/rate seconds (the generic cell rate algorithm: a user is one point in
// time, at which all that was sent will have been paid for).
type pacer struct {
	every time.Duration // between two messages in the long run; 0: no limit
	burst int

	mu   sync.Mutex
	paid map[UserID]time.Time
}

func newPacer(rate float64, burst int) *pacer {
	p := &pacer{burst: max(1, burst), paid: map[UserID]time.Time{}}
	if rate > 0 {
		p.every = time.Duration(float64(time.Second) / rate)
	}
	return p
}

// reserve books a message of the user and returns how long it has to wait.
func (p *pacer) reserve(user UserID, now time.Time) time.Duration {
	if p.every == 0 {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	paid := p.paid[user]
	if paid.Before(now) {
		paid = now
	}
	paid = paid.Add(p.every)
	p.paid[user] = paid
	return max(0, paid.Sub(now)-time.Duration(p.burst)*p.every)
}

// forget drops the users who have paid, to whom nothing is owed.
func (p *pacer) forget(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for user, paid := range p.paid {
		if paid.Before(now) {
			delete(p.paid, user)
		}
	}
}
