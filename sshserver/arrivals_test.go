package sshserver

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// TestArrivals: they begin as they come, but while others queue for the
// processors only so many a second.
func TestArrivals(t *testing.T) {
	asked, longFor := 0, 0 // how often the queue is still too long
	queue := func() uint64 {
		asked++
		if asked <= longFor {
			return 3
		}
		return 2
	}
	a := arrivals{least: rate.NewLimiter(0, 10), queue: queue, longer: 2}
	pass := func(n int) (tries int) {
		asked = 0
		for range n {
			a.pass()
		}
		return asked
	}
	longFor = 1 << 30
	if tries := pass(10); tries != 0 {
		t.Errorf("the first ones were held up for the processors %d times", tries)
	}
	longFor = 0
	if tries := pass(100); tries != 100 {
		t.Errorf("100 that come where the processors keep up asked for them %d times", tries)
	}
	longFor = 5
	if tries := pass(1); tries != 6 {
		t.Errorf("one that came while others queue five times was let in at try %d", tries)
	}
	longFor = 1 << 30
	a.least = rate.NewLimiter(500, 1)
	began := time.Now()
	pass(6)
	if took := time.Since(began); took < 5*time.Second/500 {
		t.Errorf("six came in %s where a queue stays", took)
	}
}

// TestRunnable: goroutines that want to run are counted, and those that are
// done are not.
func TestRunnable(t *testing.T) {
	enough := newArrivals(defaultLimits()).longer
	var stop atomic.Bool
	var work sync.WaitGroup
	for range 4 * enough {
		work.Go(func() {
			for !stop.Load() {
				runtime.Gosched()
			}
		})
	}
	until := func(what string, ok func() bool) {
		for end := time.Now().Add(10 * time.Second); !ok(); runtime.Gosched() {
			if time.Now().After(end) {
				t.Errorf("%s: waited in vain, %d are counted", what, runnable())
				return
			}
		}
	}
	until("they queue", func() bool { return runnable() > enough })
	stop.Store(true)
	work.Wait()
	until("they are gone", func() bool { return runnable() <= enough })
}
