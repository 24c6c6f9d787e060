package sshserver

import (
	"runtime"
	sched "runtime/metrics"
	"time"

	"golang.org/x/time/rate"
)

// arrivals has connections begin no faster than the chat bears. While the
// processors keep up with them, they begin as they come: where each waits for a
// moment of its own, the program sleeps and wakes between any two, which costs a
// third more. While goroutines queue for the processors, so many a second begin.
type arrivals struct {
	least  *rate.Limiter
	queue  func() uint64
	longer uint64 // than this the queue must not be
}

func newArrivals(l limits) *arrivals {
	return &arrivals{
		least: rate.NewLimiter(l.AcceptRate, l.AcceptBurst),
		queue: runnable, longer: uint64(l.AcceptQueue * runtime.GOMAXPROCS(0)),
	}
}

// pass returns when the next one may begin, within a few milliseconds.
func (a *arrivals) pass() {
	for !a.least.Allow() && a.queue() > a.longer {
		time.Sleep(time.Millisecond)
	}
}

// runnable counts the goroutines that wait for a processor.
func runnable() uint64 {
	sample := []sched.Sample{{Name: "/sched/goroutines/runnable:goroutines"}}
	sched.Read(sample)
	return sample[0].Value.Uint64()
}
