package chat

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"
)

// However much somebody types, it is kept once a minute.
func TestStirs(t *testing.T) {
	s := Session{hub: &hub{marked: map[*Session]struct{}{}}}
	start := time.UnixMilli(1_000_000_000)
	s.kept.Store(start.UnixMilli())
	kept := 0
	for sec := range 600 {
		s.Touch()
		if s.stirs(start.Add(time.Duration(sec) * time.Second)) {
			kept++
		}
	}
	if kept != 9 {
		t.Errorf("kept %d times in ten minutes", kept)
	}
	if s.stirs(start.Add(time.Hour)) != true || s.stirs(start.Add(2*time.Hour)) != false {
		t.Error("what was not kept yet is kept once, and then nothing is")
	}
}

// seeing is a store that only sees.
type seeing struct {
	Store
	ids []UserID
	err error
}

func (s *seeing) Saw(_ context.Context, ids ...UserID) error {
	s.ids = append(s.ids, ids...)
	return s.err
}

func (s *seeing) MarkRead(context.Context, ...ReadMark) error { return nil }

// Only who did something is kept, each user once, and a failure ends nothing.
func TestKeepTouches(t *testing.T) {
	store := &seeing{err: errors.New("away")}
	svc := &Service{store: store, log: slog.New(slog.DiscardHandler), hub: &hub{marked: map[*Session]struct{}{}}}
	at := func(id UserID) *Session { return &Session{owner: id, hub: svc.hub, out: &outbox{}} }
	desk, sofa := at(1), at(1)
	at(2)
	desk.Touch()
	sofa.Touch()
	svc.tend(t.Context(), time.Now())
	svc.tend(t.Context(), time.Now().Add(time.Hour))
	if !slices.Equal(store.ids, []UserID{1}) {
		t.Errorf("seen: %v", store.ids)
	}
	if left := svc.hub.takeMarked(); len(left) > 0 {
		t.Errorf("%d sessions are looked after still", len(left))
	}
}
