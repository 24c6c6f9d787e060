package chat

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

// A panic in one of the hub's goroutines must not end the process.
func TestHubContainsPanics(t *testing.T) {
	var log bytes.Buffer
	h := newHub(context.Background(), nil, slog.New(slog.NewTextHandler(&log, nil)))
	h.spawn(func() { panic("spilt tea") })
	h.work.Wait()
	if !strings.Contains(log.String(), "spilt tea") {
		t.Errorf("the log says %q", log.String())
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
	h := newHub(t.Context(), &clumsy{kept: kept{log: chain(1, 5, 0), limit: 9}}, slog.New(slog.DiscardHandler))
	f := newFeed("5")
	h.feeds[f.id] = f
	h.sync(f)
	h.work.Wait()
	if _, loaded := f.mark(); !loaded {
		t.Error("the room was never read")
	}
}
