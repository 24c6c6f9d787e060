package chat

import (
	"testing"
	"time"
)

// What is shown of delays: nothing of short ones and of single ones, and nothing
// that flickers.
func TestLag(t *testing.T) {
	var l lag
	for _, c := range []struct {
		what  string
		delay time.Duration
		times int
		shown time.Duration
	}{
		{"a near Redis", 2 * time.Millisecond, 10, 0},
		{"one that is slow once", 900 * time.Millisecond, 2, 0},
		{"a near Redis again", 3 * time.Millisecond, 5, 0},
		{"a far one, too short a time", 204 * time.Millisecond, 2, 0},
		{"a far one", 204 * time.Millisecond, 1, 200 * time.Millisecond},
		{"about as far", 230 * time.Millisecond, 5, 200 * time.Millisecond},
		{"farther", 300 * time.Millisecond, 5, 300 * time.Millisecond},
		{"not far enough to be said", 140 * time.Millisecond, 5, 140 * time.Millisecond},
		{"near", 110 * time.Millisecond, 5, 0},
		{"not far enough to be said yet", 140 * time.Millisecond, 5, 0},
	} {
		changes := 0
		for range c.times {
			if l.observe(c.delay) {
				changes++
			}
		}
		if got := l.show(); got != c.shown || changes > 1 {
			t.Errorf("%s: %s is shown, and that changed %d times; want %s", c.what, got, changes, c.shown)
		}
	}
}
