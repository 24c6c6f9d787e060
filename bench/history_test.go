// Package bench measures what things cost, as ratios within one run: see the
// Makefile's bench and bench-smoke.
package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/e2e/house"
	"teahouse/storage"
)

// BenchmarkHistory is what coming in, and reading back, costs in an empty chat
// and in one of a million messages and ten thousand rooms. It should be the same.
func BenchmarkHistory(b *testing.B) {
	for _, size := range sizes() {
		r := newRoomful(b, size)
		b.Run(fmt.Sprintf("join/messages=%d/rooms=%d", size.messages, size.rooms), r.join)
		b.Run(fmt.Sprintf("page/messages=%d/rooms=%d", size.messages, size.rooms), r.page)
	}
}

type size struct{ messages, rooms int }

func sizes() []size {
	if testing.Short() {
		return []size{{1000, 1}, {20_000, 200}}
	}
	return []size{{1000, 1}, {1_000_000, 10_000}}
}

// roomful is a chat on a Redis of its own with somebody in it.
type roomful struct {
	svc  *chat.Service
	user chat.User
	size size
}

func newRoomful(b *testing.B, size size) *roomful {
	b.Helper()
	ctx := context.Background()
	var ports house.Ports
	port, err := ports.Free()
	must(b, err)
	db, err := house.StartRedis(ctx, b.TempDir(), port, "--appendonly", "no")
	must(b, err)
	b.Cleanup(db.Kill)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	store, err := storage.Open(ctx, storage.Options{URL: db.URL(), HistoryLimit: 2_000_000, Patience: 10 * time.Second, Log: log})
	must(b, err)
	svc := chat.New(store, log, chat.Options{Replica: "bench"})
	b.Cleanup(func() { svc.Close(); must(b, store.Close()) })
	user, _, err := svc.Enter(ctx, chat.Key{Fingerprint: "SHA256:bench", Line: "bench"}, "bench")
	must(b, err)
	fill(b, ctx, db.Client(), size)
	return &roomful{svc: svc, user: user, size: size}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// fill writes what the posts of years would have left behind, many at a time.
func fill(b *testing.B, ctx context.Context, rdb *redis.Client, size size) {
	b.Helper()
	defer func() { must(b, rdb.Close()) }()
	const batch = 10_000
	for from := 1; from <= size.messages; from += batch {
		entries := make([]redis.Z, 0, batch)
		for id := from; id < from+batch && id <= size.messages; id++ {
			entries = append(entries, redis.Z{Score: float64(id), Member: message(id)})
		}
		must(b, rdb.ZAdd(ctx, "room:{0}", entries...).Err())
	}
	must(b, rdb.HSet(ctx, "room:{0}:head", "id", size.messages, "rev", size.messages, "key", key(size.messages)).Err())
	_, err := rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := 1; i < size.rooms; i++ {
			p.HSet(ctx, fmt.Sprintf("room:{%d}:meta", i), "name", fmt.Sprint("room", i))
			p.SAdd(ctx, "rooms", i)
		}
		p.Set(ctx, "total_rooms", size.rooms, 0)
		return nil
	})
	must(b, err)
}

func key(id int) string { return fmt.Sprint("k", id) }

func message(id int) string {
	return fmt.Sprintf(`{"id":%d,"rev":%d,"at":1700000000000,"prev":%q,"key":%q,"from":1,"name":"bench","body":"the kettle is on again, number %d"}`,
		id, id, key(id-1), key(id), id)
}

// join comes in and has the first screen's messages.
func (r *roomful) join(b *testing.B) {
	ctx := context.Background()
	for b.Loop() {
		session, err := r.svc.Connect(ctx, r.user)
		must(b, err)
		cursor, ok := session.Follow(chat.General)
		if !ok {
			b.Fatal("not in general")
		}
		step, ready := cursor.Next()
		for !ready {
			<-session.Wake()
			step, ready = cursor.Next()
		}
		if len(step.Messages) != chat.PageSize {
			b.Fatalf("the first screen has %d messages", len(step.Messages))
		}
		session.Close(ctx)
	}
}

// page reads a page from the middle of history.
func (r *roomful) page(b *testing.B) {
	ctx := context.Background()
	general := chat.Room{ID: chat.General, Name: "general"}
	for b.Loop() {
		page, err := r.svc.History(ctx, r.user, general, chat.MessageID(r.size.messages/2), chat.PageSize)
		must(b, err)
		if len(page.Messages) != chat.PageSize {
			b.Fatalf("a page has %d messages", len(page.Messages))
		}
	}
}
