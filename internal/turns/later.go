package turns

import "time"

// due is one whose turn comes at a time.
type due struct {
	at time.Time
	t  Taker
}

// PushAt has the turn of t come at a time, or soon after. It never waits. The
// fewer times there are at which something is due, the less it costs: those of the
// same time come together, in the order in which they were pushed.
func (q *Queue) PushAt(at time.Time, t Taker) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.later = append(q.later, due{at, t})
	if len(q.later) == 1 || at.Before(q.rings) {
		q.ring(at)
	}
}

// ring sets the bell. q.mu is held.
func (q *Queue) ring(at time.Time) {
	q.rings = at
	if q.bell == nil {
		q.bell = time.AfterFunc(time.Until(at), q.rung)
	} else {
		q.bell.Reset(time.Until(at))
	}
}

// rung pushes those whose time has come.
func (q *Queue) rung() {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	var next time.Time
	still := q.later[:0]
	for _, d := range q.later {
		if !d.at.After(now) {
			q.push(d.t)
			continue
		}
		if still = append(still, d); len(still) == 1 || d.at.Before(next) {
			next = d.at
		}
	}
	clear(q.later[len(still):])
	if q.later = still; len(still) > 0 {
		q.ring(next)
	}
}
