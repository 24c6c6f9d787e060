package house

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// lookEvery is how often a condition is looked at. Looking is cheaper than
// having everything that changes tell about it.
const lookEvery = 20 * time.Millisecond

// Await returns nil once ok has held at every look for settle (zero: at one
// look), and otherwise an error when the context ends or, earlier, when over
// is closed and ok does not hold. A nil over is never closed.
func Await(ctx context.Context, over <-chan struct{}, settle time.Duration, ok func() bool) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var since time.Time
	for {
		last := closed(over)
		switch now := time.Now(); {
		case !ok():
			since = time.Time{}
			if last {
				return errors.New("it is over and will not change any more")
			}
		case since.IsZero():
			since = now
		}
		if !since.IsZero() && time.Since(since) >= settle {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("waiting in vain: %w", ctx.Err())
		}
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
