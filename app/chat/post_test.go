package chat_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"

	"teahouse/app/chat"
	"teahouse/storage"
)

// asked is storage that counts how often it is asked who is in a room.
type asked struct {
	*storage.Store
	times atomic.Int64
}

func (a *asked) IsMember(ctx context.Context, room chat.RoomID, user chat.UserID) (bool, error) {
	a.times.Add(1)
	return a.Store.IsMember(ctx, room, user)
}

// TestPostAsksNothing: what is posted by somebody who is in the room goes there
// at once; where the roll does not have them, their own list decides.
func TestPostAsksNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store := &asked{Store: h.store()}
	svc := chat.New(store, slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	t.Cleanup(svc.Close)
	anna, bert, cleo := h.user(svc, "anna"), h.user(svc, "bert"), h.user(svc, "cleo")
	ops, err := svc.Join(t.Context(), anna, "ops")
	must(t, err)
	direct, err := svc.Join(t.Context(), anna, "@bert")
	must(t, err)
	says := func(who chat.User, room chat.RoomID) error {
		d, err := svc.Compose(who, room, chat.KindText, "tea?")
		must(t, err)
		_, err = svc.Post(t.Context(), d)
		return err
	}
	store.times.Store(0)
	for _, room := range []chat.RoomID{chat.General, ops.ID, direct.ID} {
		must(t, says(anna, room))
	}
	if n := store.times.Load(); n > 0 {
		t.Errorf("who is in a room was asked %d times", n)
	}

	for _, room := range []chat.RoomID{ops.ID, direct.ID} {
		wantCode(t, says(cleo, room), chat.CodeRefused)
	}
	must(t, svc.Leave(t.Context(), anna, ops))
	wantCode(t, says(anna, ops.ID), chat.CodeRefused)

	must(t, svc.Leave(t.Context(), bert, direct))
	must(t, says(anna, direct.ID))
	if in, err := store.IsMember(t.Context(), direct.ID, bert.ID); err != nil || !in {
		t.Errorf("who is written to is in the room: %v, %v", in, err)
	}

	// As a replica leaves it that dies in between.
	must(t, h.Redis.SAdd(t.Context(), "user:{"+cleo.ID.String()+"}:rooms", string(ops.ID)).Err())
	must(t, says(cleo, ops.ID))
}
