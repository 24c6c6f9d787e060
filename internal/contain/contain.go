// Package contain keeps a panic to what it happened in. A panic that nobody
// recovers ends the whole program, whichever goroutine it is in: each goroutine
// that runs code of ours begins with a deferred Recover.
package contain

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"

	"teahouse/internal/defence"
)

// Panics tells of panics, and counts them. One serves the whole program. A nil
// one contains them as well, and tells nobody.
type Panics struct {
	log   *slog.Logger
	count atomic.Int64
}

// New makes one that writes panics, each with its stack, to the log.
func New(log *slog.Logger) *Panics { return &Panics{log: log} }

// Or gives the Panics where there are any, and else new ones for the log.
func (p *Panics) Or(log *slog.Logger) *Panics {
	if p == nil {
		return New(log)
	}
	return p
}

// Count tells how many there were.
func (p *Panics) Count() int64 { return p.count.Load() }

// Recover, deferred, ends a panic in what is named, notes it, and hands it to
// after, which may be nil. About is told with it, in pairs as of slog.
func (p *Panics) Recover(in string, after func(error), about ...any) {
	if !defence.On {
		return
	}
	what := recover()
	if what == nil {
		return
	}
	if p != nil {
		p.count.Add(1)
		p.log.Error("panic", append([]any{"in", in, "panic", what, "stack", string(debug.Stack())}, about...)...)
	}
	if after != nil {
		after(&Error{In: in, What: what})
	}
}

// Error is a panic that was contained.
type Error struct {
	In   string
	What any
}

func (e *Error) Error() string { return fmt.Sprintf("panic in %s: %v", e.In, e.What) }

// Try runs do; a panic in it is an error like others.
func (p *Panics) Try(in string, do func() error) (err error) {
	defer p.Recover(in, func(cause error) { err = cause })
	return do()
}
