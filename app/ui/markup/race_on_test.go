//go:build race

package markup

import "time"

// limit allows for the race detector.
func limit(d time.Duration) time.Duration { return 10 * d }
