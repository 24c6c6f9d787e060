package chat

import (
	"testing"
	"time"
)

func TestLatencyIsInItsBucket(t *testing.T) {
	const ms = time.Millisecond
	for d, bucket := range map[time.Duration]int{
		-time.Hour: 0, 0: 0, 1: 0, ms: 0, ms + 1: 1, 2 * ms: 1, 2*ms + 1: 2, 4 * ms: 2, 5 * ms: 3, 1024 * ms: 10, 1025 * ms: 11,
		32768 * ms: 15, 32768*ms + 1: 16, 100 * time.Hour: 16,
	} {
		var l latency
		l.observe(d)
		all := l.read()
		if all.Buckets[bucket] != 1 || all.Sum != max(d, 0) {
			t.Errorf("%s is in %v, the sum %s", d, all.Buckets, all.Sum)
		}
		if last := len(all.Buckets) - 1; d > all.Bound(bucket) && bucket < last || bucket > 0 && d <= all.Bound(bucket-1) {
			t.Errorf("%s is not within the bounds of bucket %d", d, bucket)
		}
	}
}

// A gap is counted once, however much of it is noticed, and is filled once.
func TestGapsAreCountedOnce(t *testing.T) {
	f := newFeed("5")
	f.append(chain(3, 3, 0)[0].Entry())
	counts := f.counts
	check := func(what string, found, filled int64) {
		t.Helper()
		if counts.gapsFound.Load() != found || counts.gapsFilled.Load() != filled {
			t.Errorf("%s: %d found, %d filled", what, counts.gapsFound.Load(), counts.gapsFilled.Load())
		}
	}
	check("nothing was read yet", 0, 0)
	f.loaded = true
	all := chain(1, 5, 0)
	f.append(all[0].Entry())
	f.append(all[2].Entry())
	f.append(all[3].Entry())
	check("a gap", 1, 0)
	f.whole()
	f.whole()
	check("it is filled", 1, 1)
	f.lacked()
	check("news on its way is no gap", 1, 1)
	f.suspect = true
	f.lacked()
	check("news that may be lost is one", 2, 1)
}

// BenchmarkShowed is what a frame costs more for being counted.
func BenchmarkShowed(b *testing.B) {
	s := &Session{hub: &hub{counts: &counts{}}}
	ms := []*Message{{At: time.Now()}}
	b.ReportAllocs()
	for b.Loop() {
		s.Showed(ms)
	}
}
