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

// TestWhatWasTakenMakesRoom has a queue that is never empty.
func TestWhatWasTakenMakesRoom(t *testing.T) {
	q := New(1)
	h := &hand{}
	q.hands[h] = struct{}{} // which has no goroutine: the test takes for it
	q.looking = true        // so nobody else does, and has another go on where the test is slow
	for range 10 {
		q.Push(nothing{})
	}
	for range 10_000 {
		q.Push(nothing{})
		if q.take(h) == nil {
			t.Fatal("nothing waits")
		}
	}
	if left := len(q.waiting) - q.next; left != 10 || cap(q.waiting) > 100 {
		t.Errorf("%d wait, in room for %d", left, cap(q.waiting))
	}
}
