package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/bench/seed"
	"teahouse/e2e/house"
	"teahouse/storage"
)

// BenchmarkHistory is what coming in, and reading back, costs in an empty chat
// and in one of a million messages and ten thousand rooms. It should be the same.
func BenchmarkHistory(b *testing.B) {
	for _, size := range sizes() {
		r := newRoomful(b, size)
		b.Run(fmt.Sprintf("join/messages=%d/rooms=%d", size.Messages, size.Rooms), r.join)
		b.Run(fmt.Sprintf("page/messages=%d/rooms=%d", size.Messages, size.Rooms), r.page)
	}
}

func sizes() []seed.Size {
	if testing.Short() {
		return []seed.Size{{Messages: 1000, Rooms: 1}, {Messages: 20_000, Rooms: 200}}
	}
	return []seed.Size{{Messages: 1000, Rooms: 1}, {Messages: 1_000_000, Rooms: 10_000}}
}

// roomful is a chat on a Redis of its own with somebody in it.
type roomful struct {
	svc  *chat.Service
	user chat.User
	size seed.Size
}

func newRoomful(b *testing.B, size seed.Size) *roomful {
	b.Helper()
	ctx := context.Background()
	var ports house.Ports
	port, err := ports.Free()
	must(b, err)
	db, err := house.StartRedis(ctx, b.TempDir(), port, "--appendonly", "no")
	must(b, err)
	b.Cleanup(db.Kill)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	store, err := storage.Open(ctx, storage.Options{URL: db.URL(), HistoryLimit: seed.HistoryLimit, Patience: 10 * time.Second, Log: log})
	must(b, err)
	svc := chat.New(store, log, chat.Options{Replica: "bench"})
	b.Cleanup(func() { svc.Close(); must(b, store.Close()) })
	user, _, err := svc.Enter(ctx, chat.Key{Fingerprint: "SHA256:bench", Line: "bench"}, "bench")
	must(b, err)
	rdb := db.Client()
	must(b, seed.Fill(ctx, rdb, size))
	must(b, rdb.Close())
	return &roomful{svc: svc, user: user, size: size}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
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
	general := chat.GeneralRoom()
	for b.Loop() {
		page, err := r.svc.History(ctx, r.user, general, chat.MessageID(r.size.Messages/2), chat.PageSize)
		must(b, err)
		if len(page.Messages) != chat.PageSize {
			b.Fatalf("a page has %d messages", len(page.Messages))
		}
	}
}
