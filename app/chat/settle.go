package chat

import (
	"context"
	"time"
)

// SettleFor is how long what was handed to storage may still take when the one
// who asked for it has gone: it is worth an answer.
const SettleFor = 3 * time.Second

// Settle gives a context for such a step. It ends after most, or SettleFor
// after ctx does. The caller must call cancel.
func Settle(ctx context.Context, most time.Duration) (settling context.Context, cancel context.CancelFunc) {
	settling, end := context.WithTimeout(context.WithoutCancel(ctx), most)
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(SettleFor, end)
		context.AfterFunc(settling, func() { timer.Stop() })
	})
	return settling, func() { stop(); end() }
}
