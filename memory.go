package main

import (
	"context"
	"math"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// restEvery is how often is looked whether the program has come to rest. People
// come and go in waves: what is given back between two of them has to be asked
// for again, page by page, which made a join a twentieth dearer; and to find it
// takes up to half a second of a core for a thousand who stay.
const restEvery = 5 * time.Second

// leaveFree is for how many looks what those left who have gone may lie free: they
// may come again, and what was given back has to be asked for while they do.
const leaveFree = int(time.Minute / restEvery)

// rest knows when memory is worth giving back to the system. Handshakes leave
// stacks that have grown and a heap with room for twice what is alive, and
// where nothing happens, nothing would ever shrink them.
type rest struct {
	seen  uint64 // bytes ever allocated, at the last look
	given uint64 // and when memory was given back last
	loose int    // looks in a row that found much free
}

// due reports whether little has been allocated since the last look, and it is
// worth it: much has been since memory was given back, or much has been free for
// a minute. Little is a hundredth of what is in use, and much is half of it, so
// that where little goes on for long, more than a minute passes between; of what
// is free, a quarter is much.
func (r *rest) due(allocated, inUse, free uint64) bool {
	quiet := allocated-r.seen < inUse/100
	r.seen = allocated
	r.loose++
	if free < inUse/4 {
		r.loose = 0
	}
	if !quiet || allocated-r.given < inUse/2 && r.loose < leaveFree {
		return false
	}
	r.given, r.loose = allocated, 0
	return true
}

// giveBack gives memory back whenever the program comes to rest, until ctx ends.
func giveBack(ctx context.Context) {
	look := time.NewTicker(restEvery)
	defer look.Stop()
	var r rest
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		if r.due(figure("/gc/heap/allocs:bytes"), figure("/memory/classes/heap/objects:bytes"), figure("/memory/classes/heap/free:bytes")) {
			shrink()
		}
	}
}

// shrink collects garbage for as long as that makes the stacks smaller: each
// time, one that is far too large is halved.
func shrink() {
	for was, now := uint64(math.MaxUint64), stacks(); now < was-was/4; was, now = now, stacks() {
		debug.FreeOSMemory()
	}
}

func stacks() uint64 { return figure("/memory/classes/heap/stacks:bytes") }

// figure is one of the runtime's, by its name there.
func figure(name string) uint64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
