package storagetest

import (
	"context"
	"net"
	"slices"
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

// comesAgain has somebody come for the first time, with one trip for all that a
// session begins with; and again, when they are in another room, with one trip to
// know who they are and that one; where it is presumed who they are, with that one
// alone, or in a cluster with both.
func comesAgain(t *testing.T, h *House) {
	s := h.Open(t, func(o *storage.Options) { o.Hook = Trips{} })
	anna, bert := user(t, s, "anna"), user(t, s, "bert")
	arrives := func(a chat.Attendance, rooms int) int64 {
		ctx, asked := Counting(t.Context())
		all, _, err := s.Arrive(ctx, "r1", a, chat.Origin{Fingerprint: key(a.Name).Fingerprint})
		must(t, err)
		if len(all.Seats) != rooms || all.User.Name != a.Name {
			t.Errorf("%+v arrived", all)
		}
		return asked.Load()
	}
	finds := func() int64 {
		ctx, asked := Counting(t.Context())
		_, err := s.UserByKey(ctx, key("anna").Fingerprint)
		must(t, err)
		return asked.Load()
	}
	arrives(at("s0", bert.ID, "bert"), 1) // Redis knows the scripts from now on
	first := arrives(at("s1", anna.ID, "anna"), 1)
	member(t, s, anna, "ops")
	finds()
	arrives(at("s2", anna.ID, "anna"), 2)
	again := at("s3", anna.ID, "anna")
	again.Presumed = true
	want := []int64{1, 1, 1, 1}
	if h.sharded() {
		want[3] = 2
	}
	if got := []int64{first, finds(), arrives(at("s3", anna.ID, "anna"), 2), arrives(again, 2)}; !slices.Equal(got, want) {
		t.Errorf("%d trips to arrive first, to be found, to arrive, and to be presumed; want %d", got, want)
	}
}
