package storage

import (
	"context"
	"time"

	"teahouse/app/chat"
)

// insist does what may be repeated again while Redis is away, for as long as
// Open would have waited: a failover is no reason to begin anew.
func (s *Store) insist(ctx context.Context, do func() error) error {
	for end := time.Now().Add(s.opts.Patience); ; {
		err := do()
		if chat.ErrorCode(err) != chat.CodeUnavailable || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}
