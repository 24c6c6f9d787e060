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
	var s Session
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

// Only who did something is kept, each user once, and a failure ends nothing.
func TestKeepTouches(t *testing.T) {
	store := &seeing{err: errors.New("away")}
	svc := &Service{store: store, log: slog.New(slog.DiscardHandler), hub: &hub{users: map[UserID]*devices{}}}
	at := func(id UserID) *Session {
		s := &Session{owner: id}
		if svc.hub.users[id] == nil {
			svc.hub.users[id] = &devices{open: map[*Session]struct{}{}}
		}
		svc.hub.users[id].open[s] = struct{}{}
		return s
	}
	desk, sofa := at(1), at(1)
	at(2)
	desk.Touch()
	sofa.Touch()
	svc.keepTouches(t.Context(), time.Now())
	svc.keepTouches(t.Context(), time.Now().Add(time.Hour))
	if !slices.Equal(store.ids, []UserID{1}) {
		t.Errorf("seen: %v", store.ids)
	}
}
