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

// trips counts how often Redis is asked.
type trips struct{ atomic.Int64 }

func (*trips) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (n *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { n.Add(1); return next(ctx, cmd) }
}

func (n *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error { n.Add(1); return next(ctx, cmds) }
}

// comesAgain has somebody come again: one trip to know who they are, and one for
// all that a session begins with.
func comesAgain(t *testing.T, h *House) {
	var asked trips
	s := h.Open(t, func(o *storage.Options) { o.Hook = &asked })
	u := user(t, s, "anna")
	member(t, s, u, "ops")
	comes := func(session string) (found, arrived int64) {
		before := asked.Load()
		_, err := s.UserByKey(t.Context(), "SHA256:anna")
		must(t, err)
		found = asked.Load()
		all, _, err := s.Arrive(t.Context(), "r1", at(session, u.ID, "anna"), chat.Origin{Fingerprint: "SHA256:anna"})
		must(t, err)
		if len(all.Seats) != 2 || all.User.Name != "anna" {
			t.Errorf("%+v arrived", all)
		}
		return found - before, asked.Load() - found
	}
	comes("s1")
	if found, arrived := comes("s2"); found != 1 || arrived != 1 {
		t.Errorf("%d trips to find a user, %d to arrive", found, arrived)
	}
}
