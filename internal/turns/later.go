package turns

import (
	"container/heap"
	"time"
)

// strike is how long the bell is still for at least: turns that are due within
// that time of each other come together.
const strike = time.Millisecond

// later is a heap of those whose turn comes at a time, the first of them first.
type later []due

type due struct {
	at time.Time
	t  Taker
}

func (l later) Len() int           { return len(l) }
func (l later) Less(i, j int) bool { return l[i].at.Before(l[j].at) }
func (l later) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *later) Push(x any)        { *l = append(*l, x.(due)) }

func (l *later) Pop() any {
	last := len(*l) - 1
	d := (*l)[last]
	(*l)[last] = due{}
	*l = (*l)[:last]
	return d
}

// PushIn has the turn of t come after a while, or up to a millisecond later. It
// never waits.
func (q *Queue) PushIn(while time.Duration, t Taker) {
	q.mu.Lock()
	defer q.mu.Unlock()
	at := time.Now().Add(while)
	heap.Push(&q.later, due{at, t})
	if !q.later[0].at.Before(at) {
		q.ring(while)
	}
}

// ring sets the bell. q.mu is held.
func (q *Queue) ring(in time.Duration) {
	in = max(in, strike)
	if q.bell == nil {
		q.bell = time.AfterFunc(in, q.rings)
	} else {
		q.bell.Reset(in)
	}
}

// rings pushes those whose time has come.
func (q *Queue) rings() {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	for len(q.later) > 0 && !q.later[0].at.After(now) {
		q.push(heap.Pop(&q.later).(due).t)
	}
	if len(q.later) > 0 {
		q.ring(q.later[0].at.Sub(now))
	}
}
