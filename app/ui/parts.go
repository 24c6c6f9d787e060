package ui

import (
	"time"

	"teahouse/app/chat"
	"teahouse/app/ui/theme"
)

// parts are what is known of the last frame: most frames differ from it in the
// timeline alone.
type parts struct {
	bar   string // made from barOf; "" where it is to be made anew
	barOf barOf

	// What was the timeline, from the row top up to below bottom, and whether
	// there was nothing else than bars around it.
	top, bottom int
	plain       bool
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
