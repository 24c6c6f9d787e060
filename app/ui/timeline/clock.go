package timeline

import (
	"time"
)

// The widths of "15:04" and of " 3:04pm".
const (
	clockWidth       = 5
	clockWidthTwelve = 7
)

// SetClock sets the place whose times are shown, and whether hours are counted
// to twelve.
func (t *Timeline) SetClock(loc *time.Location, twelve bool) {
	if loc == t.loc && twelve == t.twelve {
		return
	}
	t.loc, t.twelve = loc, twelve
	for i := range t.entries {
		if e := &t.entries[i]; e.day != 0 {
			*e = t.timed(*e, e.at())
		}
	}
	t.version++
}

// clock is a time as it is shown, always of one width.
func (t *Timeline) clock(at time.Time) string {
	at = at.In(t.loc)
	if !t.twelve {
		return at.Format("15:04")
	}
	s := at.Format("3:04pm")
	return blanks(clockWidthTwelve-len(s)) + s
}

func (t *Timeline) clockWidth() int {
	if t.twelve {
		return clockWidthTwelve
	}
	return clockWidth
}

// sign stands where the time will stand, in its middle.
func (t *Timeline) sign(s string) string {
	side := blanks(t.clockWidth() / 2)
	return side + s + side
}
