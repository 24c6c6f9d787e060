package chat

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Counts is what a replica has done since its start.
type Counts struct {
	Joins      int64 // people who entered a room, #general aside
	Posts      int64 // messages that storage took
	Deliveries int64 // messages that clients were given, counted once for each session
	Wakes      int64 // sessions that were told that something has changed

	GapsFound  int64 // times that a room's news did not go on from what was known
	GapsFilled int64 // those of which all was read that was missing
	Rewinds    int64 // times that storage had lost messages of a room

	Renewals       int64 // of the replica's lease
	RenewalsFailed int64

	// Latency is how long messages took from being posted, by storage's clock, to
	// being with a client, by this machine's: of those that came together, the
	// oldest.
	Latency Latency
}

// Latency is how many of some durations are in each range.
type Latency struct {
	// Buckets has how many were at most 1 ms, at most 2 ms but more than 1 ms,
	// at most 4 ms but more than 2 ms, and so on, and last those that were more
	// than all.
	Buckets [latencyBuckets + 1]int64
	Sum     time.Duration
}

// latencyBuckets is how many bounds there are: the greatest is 33 s.
const latencyBuckets = 16

// Bound is the greatest duration that the bucket holds; none for the last one.
func (Latency) Bound(bucket int) time.Duration { return time.Millisecond << bucket }

// counts is Counts in the making. It takes no lock: what many sessions do at
// once must not meet here.
type counts struct {
	joins, posts, deliveries, wakes atomic.Int64
	gapsFound, gapsFilled, rewinds  atomic.Int64
	renewals, renewalsFailed        atomic.Int64
	latency                         latency
}

type latency struct {
	buckets [latencyBuckets + 1]atomic.Int64
	sum     atomic.Int64
}

// observe counts a duration. Clocks that differ can make one less than nothing.
func (l *latency) observe(d time.Duration) {
	d = max(d, 0)
	ms := uint64((d + time.Millisecond - 1) / time.Millisecond)
	bucket := 0
	if ms > 1 {
		bucket = min(bits.Len64(ms-1), latencyBuckets)
	}
	l.buckets[bucket].Add(1)
	l.sum.Add(int64(d))
}

func (l *latency) read() (all Latency) {
	for i := range l.buckets {
		all.Buckets[i] = l.buckets[i].Load()
	}
	all.Sum = time.Duration(l.sum.Load())
	return all
}

// Counts tells what the replica has done so far. Numbers that are read while
// they change may be of different moments.
func (s *Service) Counts() Counts {
	c := s.hub.counts
	// Filled is read first: it never exceeds what was found.
	filled := c.gapsFilled.Load()
	return Counts{
		Joins: c.joins.Load(), Posts: c.posts.Load(), Deliveries: c.deliveries.Load(), Wakes: c.wakes.Load(),
		GapsFound: c.gapsFound.Load(), GapsFilled: filled, Rewinds: c.rewinds.Load(),
		Renewals: c.renewals.Load(), RenewalsFailed: c.renewalsFailed.Load(),
		Latency: c.latency.read(),
	}
}

// Hears tells whether news from the other replicas comes: storage answers, and
// everything that is wanted of it is subscribed.
func (s *Service) Hears() bool { return s.hub.hears() }

// Showed notes that the session's client was given messages that are new to it,
// the oldest first.
func (s *Session) Showed(ms []*Message) {
	if len(ms) == 0 {
		return
	}
	c := s.hub.counts
	c.deliveries.Add(int64(len(ms)))
	c.latency.observe(time.Since(ms[0].At))
}
