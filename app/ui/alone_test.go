package ui_test

import (
	"context"
	"log/slog"
	"testing"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

// uncounted is storage that takes a while to say who is here.
type uncounted struct {
	chat.Store
	ready chan struct{}
}

func (u uncounted) Members(ctx context.Context, room chat.RoomID) (chat.Roll, error) {
	select {
	case <-u.ready:
	case <-ctx.Done():
	}
	return u.Store.Members(ctx, room)
}

// TestNobodySeesThatNobodyIsHere: who comes in first is told how many are here
// once that is known, and not that there are none.
func TestNobodySeesThatNobodyIsHere(t *testing.T) {
	store := uncounted{storagetest.Start(t).Open(t), make(chan struct{})}
	svc := chat.New(store, slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	t.Cleanup(svc.Close)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.sees("message #general", " ams", "!here", "!· ams")
	close(store.ready)
	s.sees("1 here · ams")
}
