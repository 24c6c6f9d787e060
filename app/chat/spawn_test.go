package chat

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"teahouse/internal/contain"
)

// A panic in one of the hub's goroutines must not end the process.
func TestHubContainsPanics(t *testing.T) {
	var log bytes.Buffer
	var told error
	h := newHub(context.Background(), nil, slog.New(slog.DiscardHandler), contain.New(slog.New(slog.NewTextHandler(&log, nil))))
	h.spawn(func() { panic("spilt tea") }, func(cause error) { told = cause })
	h.work.Wait()
	if !strings.Contains(log.String(), "spilt tea") || told == nil {
		t.Errorf("the log says %q, and %v was told", log.String(), told)
	}
}

// clumsy is a storage whose first answer is a panic.
type clumsy struct {
	kept
	once sync.Once
}

func (c *clumsy) Room(context.Context, RoomID) (room Room, err error) {
	c.once.Do(func() { panic("spilt tea") })
	return room, nil
}

func (c *clumsy) Members(context.Context, RoomID) (Roll, error) { return Roll{}, nil }

// A panic while a room is read must not leave the room unread.
func TestHubReadsAfterAPanic(t *testing.T) {
	h := newHub(t.Context(), &clumsy{kept: kept{log: chain(1, 5, 0), limit: 9}}, slog.New(slog.DiscardHandler), nil)
	f := newFeed("5")
	h.feeds[f.id] = f
	h.sync(f)
	h.work.Wait()
	if _, loaded := f.mark(); !loaded {
		t.Error("the room was never read")
	}
}

// What news left half done is read again, with all that it was about.
func TestHubReadsWhatNewsSpoilt(t *testing.T) {
	const room = RoomID("5")
	store := &clumsy{kept: kept{log: chain(1, 6, 0), limit: 9}}
	store.once.Do(func() {})
	var log bytes.Buffer
	h := newHub(t.Context(), store, slog.New(slog.DiscardHandler), contain.New(slog.New(slog.NewTextHandler(&log, nil))))
	f := loadedFeed(5)
	h.feeds[room] = f
	sess := &Session{wake: make(chan struct{}, 1)}
	f.readers[sess] = struct{}{}
	c := &Cursor{feed: f, at: f.head, started: true}
	// Putting a message into this window panics, when the ring has it already.
	e := chain(6, 6, 0)[0].Entry()
	f.window[0] = nil
	h.hear(News{Kind: NewsEntry, Room: room, Entry: e})
	h.work.Wait()
	if !strings.Contains(log.String(), "panic") {
		t.Fatal("nothing panicked: this test shows nothing")
	}
	<-sess.Wake()
	if step, _ := c.Next(); len(step.Messages) == 0 || step.Messages[len(step.Messages)-1].ID != 6 {
		t.Errorf("the reader is given %+v", step)
	}
}
