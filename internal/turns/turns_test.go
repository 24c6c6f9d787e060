package turns_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"teahouse/internal/turns"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type turn func()

func (t turn) Turn() { t() }

// TestOneGoroutineKeepsTheOrder is in a bubble, where time stands still while
// anything runs: a hand that the machine holds up would be given a second one.
func TestOneGoroutineKeepsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := turns.New(1)
		var order []int // which the queue's one goroutine alone writes
		var all sync.WaitGroup
		for i := range 1000 {
			all.Add(1)
			q.Push(turn(func() { defer all.Done(); order = append(order, i) }))
		}
		all.Wait()
		if !slices.IsSorted(order) || len(order) != 1000 {
			t.Errorf("%d turns came in the order %v", len(order), order)
		}
	})
}

func TestEachPushHasATurn(t *testing.T) {
	q := turns.New(4)
	var came atomic.Int64
	var all, pushers sync.WaitGroup
	all.Add(8 * 5000)
	for range 8 {
		pushers.Go(func() {
			for range 5000 {
				q.Push(turn(func() { defer all.Done(); came.Add(1) }))
			}
		})
	}
	pushers.Wait()
	all.Wait()
	if came.Load() != 8*5000 {
		t.Errorf("%d turns of %d came", came.Load(), 8*5000)
	}
}

// TestTheHeldUpHoldUpNobody has more turns stand still than the queue has
// goroutines, and others come and go meanwhile.
func TestTheHeldUpHoldUpNobody(t *testing.T) {
	q := turns.New(2)
	release := make(chan struct{})
	var still, others sync.WaitGroup
	for range 10 {
		still.Add(1)
		q.Push(turn(func() { defer still.Done(); <-release }))
	}
	for range 3 {
		for range 100 {
			others.Add(1)
			q.Push(turn(others.Done))
		}
		others.Wait()
	}
	close(release)
	still.Wait()
}

// TestLaterComesInTheOrderOfTime has turns pushed for times in any order, while
// others are pushed at once; in a bubble, as the order of one goroutine is.
func TestLaterComesInTheOrderOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := turns.New(1)
		began := time.Now()
		var order []time.Duration
		var all sync.WaitGroup
		for _, in := range []time.Duration{60, 20, 40, 0, 80} {
			in *= time.Millisecond
			all.Add(1)
			q.PushAt(began.Add(in), turn(func() {
				defer all.Done()
				order = append(order, in)
				if passed := time.Since(began); passed < in {
					t.Errorf("what was to come in %v came in %v", in, passed)
				}
			}))
		}
		settle(q)
		all.Wait()
		if !slices.IsSorted(order) || len(order) != 5 {
			t.Errorf("they came in the order %v", order)
		}
	})
}

// settle returns when a turn has come after all before it.
func settle(q *turns.Queue) {
	done := make(chan struct{})
	q.Push(turn(func() { close(done) }))
	<-done
}
