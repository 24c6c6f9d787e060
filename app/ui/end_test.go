package ui_test

import (
	"context"
	"log/slog"
	"testing"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

// sluggish is storage whose older messages take a while.
type sluggish struct {
	chat.Store
	asked, ready chan struct{}
}

func (s sluggish) Before(ctx context.Context, room chat.RoomID, before chat.MessageID, n int) (chat.Page, error) {
	if before > 0 {
		select {
		case s.asked <- struct{}{}:
		default:
		}
		<-s.ready
	}
	return s.Store.Before(ctx, room, before, n)
}

// TestEndIsTheEnd has somebody go to the end while what they had not read, far
// up, is being read from storage.
func TestEndIsTheEnd(t *testing.T) {
	store := sluggish{storagetest.Start(t).Open(t), make(chan struct{}, 1), make(chan struct{})}
	svc := chat.New(store, slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	t.Cleanup(svc.Close)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	postMany(t, svc, bob, 1, 900)
	s := sit(t, svc, alice, 80, 24)
	<-store.asked
	s.sees("m900")
	s.keys(escape)
	close(store.ready)
	s.keys("x")
	s.sees("› x", "m900", "!newer")
	post(t, svc, bob, chat.General, "and more")
	s.sees("and more", "!newer")
}
