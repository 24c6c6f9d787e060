// Package turns has many take turns with few goroutines: one that runs turn
// after turn keeps its stack warm, and those that wait need none.
package turns

import (
	"sync"
	"time"
)

// Taker has its Turn called, in a goroutine of the queue's, once for each time
// that it was pushed. A Turn may be held up, by a client that does not read, say:
// others do not wait for it. It must not panic.
type Taker interface{ Turn() }

// patience is how long a turn may take while others wait, before one more
// goroutine takes its place.
const patience = 2 * time.Millisecond

// Queue calls Turns in the order in which they were pushed, several at a time.
// Its goroutines end when nothing waits; who pushed waits for what was begun.
type Queue struct {
	most int // that run turns, beside those that are held up

	mu      sync.Mutex
	waiting []Taker
	next    int // the first of waiting
	hands   map[*hand]struct{}
	held    int // of the hands
	looking bool
	looks   *time.Timer // nil before the first time

	later []due
	rings time.Time // when the bell does, for the first of later
	bell  *time.Timer
}

// hand is a goroutine that runs turns.
type hand struct {
	turns, seen int // that it has begun, and had when it was looked at last
	held        bool
}

// New makes a queue of so many goroutines, one at least.
func New(most int) *Queue { return &Queue{most: max(most, 1), hands: map[*hand]struct{}{}} }

// Push has the turn of t come. It never waits.
func (q *Queue) Push(t Taker) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.push(t)
}

// push is Push with q.mu held.
func (q *Queue) push(t Taker) {
	if n := len(q.waiting); n == cap(q.waiting) && q.next > n/2 {
		// Where something always waits, what has been taken makes room.
		left := copy(q.waiting, q.waiting[q.next:])
		clear(q.waiting[left:])
		q.waiting, q.next = q.waiting[:left], 0
	}
	q.waiting = append(q.waiting, t)
	if !q.hire() {
		q.look()
	}
}

// hire begins one more goroutine, where there is room for one. q.mu is held.
func (q *Queue) hire() bool {
	if len(q.hands)-q.held >= q.most {
		return false
	}
	h := &hand{}
	q.hands[h] = struct{}{}
	go q.work(h)
	return true
}

func (q *Queue) work(h *hand) {
	for t := q.take(h); t != nil; t = q.take(h) {
		t.Turn()
	}
}

// take ends a hand's turn and gives it the next; nil: it is not needed any more.
func (q *Queue) take(h *hand) Taker {
	q.mu.Lock()
	defer q.mu.Unlock()
	if h.held {
		h.held = false
		q.held--
	}
	if q.next == len(q.waiting) || len(q.hands)-q.held > q.most {
		delete(q.hands, h)
		q.lookAway()
		return nil
	}
	h.turns++
	t := q.waiting[q.next]
	q.waiting[q.next] = nil
	if q.next++; q.next == len(q.waiting) {
		q.waiting, q.next = q.waiting[:0], 0
	}
	return t
}

// look looks after a while whether hands are held up. q.mu is held.
func (q *Queue) look() {
	if q.looking {
		return
	}
	q.looking = true
	for h := range q.hands {
		h.seen = h.turns
	}
	if q.looks == nil {
		q.looks = time.AfterFunc(patience, q.relieve)
	} else {
		q.looks.Reset(patience)
	}
}

// lookAway spares a look where nothing waits: in a chat where little is said, each
// message would wake the program once more for it. q.mu is held.
func (q *Queue) lookAway() {
	if q.looking && q.next == len(q.waiting) && q.looks.Stop() {
		q.looking = false
	}
}

// relieve has others take the place of hands that are held up.
func (q *Queue) relieve() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.looking = false
	if q.next == len(q.waiting) {
		return
	}
	for h := range q.hands {
		if !h.held && h.turns == h.seen {
			h.held = true
			q.held++
		}
	}
	for q.hire() {
	}
	q.look()
}
