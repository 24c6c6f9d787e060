package chat

import (
	"slices"
	"sync"
	"time"
)

// What is said of the way to storage and back: nothing up to a time that nobody
// notices. A way that was long is so until it is clearly shorter, and a number
// is another one when it differs by a fifth: it must not flicker.
const (
	lagFrom    = 150 * time.Millisecond
	lagUntil   = 120 * time.Millisecond
	lagLooks   = 5 // of which the middle one counts
	lagRounded = 10 * time.Millisecond
)

// lag is how late what is posted at this replica is heard here, in words for
// people. Its zero value is ready.
type lag struct {
	mu    sync.Mutex
	last  []time.Duration
	shown time.Duration
}

// observe takes in one way there and back, and tells whether there is something
// else to be shown now.
func (l *lag) observe(d time.Duration) (changed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = append(l.last, d)
	if over := len(l.last) - lagLooks; over > 0 {
		l.last = slices.Delete(l.last, 0, over)
	}
	if len(l.last) < lagLooks {
		return false
	}
	was := l.shown
	l.shown = settled(was, middle(l.last))
	return l.shown != was
}

// settled is what is shown where shown was, and the way takes now.
func settled(shown, now time.Duration) time.Duration {
	switch {
	case now < lagUntil, shown == 0 && now < lagFrom:
		return 0
	case shown > 0 && (now-shown).Abs() < shown/5:
		return shown
	}
	return now.Round(lagRounded)
}

func middle(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func (l *lag) show() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shown
}

func (h *hub) delayed(d time.Duration) {
	if !h.lag.observe(d) {
		return
	}
	for _, s := range h.sessions() {
		s.Nudge()
	}
}

// Lag tells how late what is posted at this replica is heard here, where that is
// late enough to be noticed; else 0.
func (s *Session) Lag() time.Duration { return s.hub.lag.show() }
