package load

import (
	"slices"
	"time"
)

// Spread is how times are spread out.
type Spread struct{ P50, P99, Max time.Duration }

func spread(times []time.Duration) (s Spread) {
	if len(times) == 0 {
		return s
	}
	slices.Sort(times)
	at := func(share float64) time.Duration { return times[min(len(times)-1, int(share*float64(len(times))))] }
	return Spread{P50: at(.5), P99: at(.99), Max: at(1)}
}
