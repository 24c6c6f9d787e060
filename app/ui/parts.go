package ui

import (
	"time"

	"teahouse/app/chat"
	"teahouse/app/ui/theme"
)

// parts are those of the frame that seldom change: most frames differ in the
// timeline alone.
type parts struct {
	bar kept[barOf]

	// What of the last frame was the timeline, from the row top up to below
	// bottom, and whether there was nothing else than bars around it.
	top, bottom int
	plain       bool
}

// kept is a row, and what it was made from.
type kept[K comparable] struct {
	of  K
	row string
	has bool
}

// get gives the row made from a key, which make is asked for where the key is
// another one.
func (k *kept[K]) get(of K, make func() string) string {
	if !k.has || k.of != of {
		*k = kept[K]{of, make(), true}
	}
	return k.row
}

// barOf is what the bar depends on, beside the rooms.
type barOf struct {
	th    *theme.Theme
	room  chat.RoomID
	name  string
	width int
	here  int
	lag   time.Duration
}

// fixtureOf is what a row depends on that is the same on all screens of a width:
// a rule, by its joint, or the composer's while nothing is typed, by the room.
type fixtureOf struct {
	th    *theme.Theme
	width int
	what  string
}

type fixture struct {
	row string
	x   int // where the cursor stands in it
}

// keptFixtures is how much of such rows is remembered, in bytes, at most twice that.
const keptFixtures = 64 << 10

func (of fixtureOf) size(f fixture) int { return len(of.what) + len(f.row) }
