package main

import "testing"

// TestRest has the program begin, be busy, rest, and do a little at rest.
func TestRest(t *testing.T) {
	const mib = 1 << 20
	var r rest
	for i, step := range []struct {
		allocated, inUse uint64
		due              bool
	}{
		{allocated: 60 * mib, inUse: 30 * mib},             // all that was ever allocated is new
		{allocated: 90 * mib, inUse: 40 * mib},             // and goes on
		{allocated: 90 * mib, inUse: 40 * mib, due: true},  // no more
		{allocated: 90 * mib, inUse: 20 * mib},             // it has been given back
		{allocated: 90 * mib, inUse: 20 * mib},             // …
		{allocated: 95 * mib, inUse: 20 * mib},             // a little happens, fast
		{allocated: 95 * mib, inUse: 20 * mib},             // too little to be worth it
		{allocated: 200 * mib, inUse: 80 * mib},            // a burst
		{allocated: 200 * mib, inUse: 80 * mib, due: true}, // and its end
	} {
		if due := r.due(step.allocated, step.inUse, 0); due != step.due {
			t.Errorf("look %d: due is %v", i, due)
		}
	}
}

// TestLeft has some leave a program that is asked for its metrics every third
// look. What lies free is given back when a minute is over and nothing happens,
// and then once.
func TestLeft(t *testing.T) {
	const mib, kib = 1 << 20, 1 << 10
	allocated, given := uint64(95*mib), -1
	r := rest{seen: allocated, given: allocated}
	for look := range 60 {
		free := uint64(7 * mib)
		switch {
		case given >= 0:
			free = 0
		case look == 3:
			free = mib // somebody came
		}
		if look%3 == 0 {
			allocated += 300 * kib
		}
		if !r.due(allocated, 12*mib, free) {
			continue
		}
		if given >= 0 {
			t.Fatalf("given back at look %d, and again at %d", given, look)
		}
		given = look
	}
	if given != 16 {
		t.Errorf("given back at look %d, not 16", given)
	}
}

// TestShrink has stacks that have grown be given back.
func TestShrink(t *testing.T) {
	const many = 200
	grown, leave := make(chan struct{}), make(chan struct{})
	for range many {
		go func() {
			deep(64)
			grown <- struct{}{}
			<-leave
		}()
	}
	for range many {
		<-grown
	}
	defer close(leave)
	before := stacks()
	shrink()
	if after := stacks(); after > before/2 {
		t.Errorf("stacks had %d KiB, and have %d", before>>10, after>>10)
	}
}

// deep grows its goroutine's stack by a quarter of a KiB a level.
func deep(levels int) (sum byte) {
	var room [256]byte
	for i := range room {
		room[i] = byte(i * levels)
	}
	if levels > 0 {
		sum = deep(levels - 1)
	}
	return sum + room[levels]
}
