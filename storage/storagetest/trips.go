package storagetest

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/storage"
)

// Trips is a hook that counts how often Redis is asked on behalf of a context
// that Counting made.
type Trips struct{ redis.Hook }

type tripsKey struct{}

// Counting gives a context for what is to be counted, and the count.
func Counting(ctx context.Context) (context.Context, *atomic.Int64) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, tripsKey{}, n), n
}

// count leaves out what a new connection begins with: who needs one is chance.
func count(ctx context.Context, first redis.Cmder) {
	name := first.Name()
	if n, ok := ctx.Value(tripsKey{}).(*atomic.Int64); ok && name != "hello" && name != "client" {
		n.Add(1)
	}
}

// DialHook implements redis.Hook.
func (Trips) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

// ProcessHook implements redis.Hook.
func (Trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { count(ctx, cmd); return next(ctx, cmd) }
}

// ProcessPipelineHook implements redis.Hook.
func (Trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error { count(ctx, cmds[0]); return next(ctx, cmds) }
}

// comesAgain has somebody come again: one trip to know who they are, and one for
// all that a session begins with.
func comesAgain(t *testing.T, h *House) {
	s := h.Open(t, func(o *storage.Options) { o.Hook = Trips{} })
	u := user(t, s, "anna")
	member(t, s, u, "ops")
	comes := func(session string) (found, arrived int64) {
		ctx, asked := Counting(t.Context())
		_, err := s.UserByKey(ctx, "SHA256:anna")
		must(t, err)
		found = asked.Load()
		all, _, err := s.Arrive(ctx, "r1", at(session, u.ID, "anna"), chat.Origin{Fingerprint: "SHA256:anna"})
		must(t, err)
		if len(all.Seats) != 2 || all.User.Name != "anna" {
			t.Errorf("%+v arrived", all)
		}
		return found, asked.Load() - found
	}
	comes("s1")
	if found, arrived := comes("s2"); found != 1 || arrived != 1 {
		t.Errorf("%d trips to find a user, %d to arrive", found, arrived)
	}
}
