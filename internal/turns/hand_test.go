package turns

import "testing"

type nothing struct{}

func (nothing) Turn() {}

// TestWhoComesBackIsNotNeeded has two go on, of a queue of one, with something
// waiting: one was held up until now.
func TestWhoComesBackIsNotNeeded(t *testing.T) {
	q := New(1)
	back, other := &hand{held: true}, &hand{}
	q.hands[back], q.hands[other], q.held = struct{}{}, struct{}{}, 1
	q.waiting = []Taker{nothing{}}
	if q.take(back) != nil || len(q.hands) != 1 || q.held != 0 {
		t.Errorf("who comes back goes on: %d hands, %d of them held up", len(q.hands), q.held)
	}
	if q.take(other) == nil {
		t.Error("the other one does not go on")
	}
}
