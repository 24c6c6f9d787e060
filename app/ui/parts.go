package ui

import (
	"time"

	"teahouse/app/chat"
	"teahouse/app/ui/theme"
)

// parts are those of the frame that seldom change: most frames differ in the
// timeline alone.
type parts struct {
	bar   kept[barOf]
	above kept[ruleOf]
	below kept[ruleOf]
	foot  kept[footOf]
	footX int // where the cursor stands there

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

type ruleOf struct {
	th    *theme.Theme
	width int
}

// footOf is what the composer's row depends on while nothing is typed.
type footOf struct {
	th    *theme.Theme
	width int
	name  string
}
