package chat

import "time"

// retrySlow is the longest that a message waits for slow mode until the outbox
// asks again: slow mode may have been turned off meanwhile.
const retrySlow = 5 * time.Second

// hold keeps a message that slow mode does not let in yet. False: it does.
func (o *outbox) hold(p *Pending, wait time.Duration) bool {
	if wait <= 0 {
		return false
	}
	o.mu.Lock()
	p.Due = time.Now().Add(wait)
	p.retry = time.Now().Add(min(wait, retrySlow))
	o.mu.Unlock()
	o.sess.Nudge()
	return true
}

// first gives, of the oldest message that waits for each room, the one that
// may be posted first: slow mode in one room holds up no other, and within a
// room the order stays. o.mu is held.
func (o *outbox) first() (first *Pending) {
	seen := map[RoomID]bool{}
	for _, p := range o.queue {
		if p.Refused != nil || p.Posted > 0 || seen[p.Room] {
			continue
		}
		seen[p.Room] = true
		if first == nil || p.retry.Before(first.retry) {
			first = p
		}
	}
	return first
}

// rest waits for that long, or until something new came or the outbox ends.
func (o *outbox) rest(wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-o.stirred:
	case <-o.ctx.Done():
	}
}

func (o *outbox) stir() {
	select {
	case o.stirred <- struct{}{}:
	default:
	}
}
