//go:build long

package storage_test

import (
	"context"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/e2e/house"
	"teahouse/storage"
	"teahouse/storage/storagetest"
)

// server starts a redis-server.
func server(t *testing.T, args ...string) *house.Redis {
	t.Helper()
	port, err := ports.Free()
	if err != nil {
		t.Fatal(err)
	}
	r, err := house.StartRedis(t.Context(), filepath.Join(t.TempDir(), "redis"), port, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Kill() }) // whatever process it is by then
	return r
}

// TestLongReadReplica reads and listens at a replica while others write at its
// primary. What was read once is there ever after, also when the replica
// starts again with what it had long ago and is not in step yet.
func TestLongReadReplica(t *testing.T) {
	// The primary does not remember what the replica missed, and lets it wait
	// for everything: meanwhile the replica answers with what it has.
	primary := server(t, "--repl-diskless-sync-delay", "2", "--repl-backlog-size", "16kb")
	near := server(t, "--replicaof", "127.0.0.1", strconv.Itoa(primary.Port), "--appendonly", "no")
	h := storagetest.Visit(t, primary.URL())
	far := h.Open(t)
	reads := h.Open(t, func(o *storage.Options) { o.ReadURL = near.URL() })
	tr := startTraffic(t, far, reads, "1")
	w := watch(t, reads)
	tr.more(50)

	if err := near.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	restarted := time.Now()
	_, heard := tr.news(restarted)
	t.Logf("heard %s after the replica's restart; the listener was told %v", heard.Sub(restarted), tr.turns)
	tr.more(50)
	if n := w.end(); n < 100 {
		t.Errorf("the log was read %d times only", n)
	}
	tr.verify(far, time.Time{}, time.Time{})
}

// watcher reads where room 1 stands, again and again.
type watcher struct {
	t    *testing.T
	stop context.CancelFunc
	work sync.WaitGroup
	read int // how often it could be read
}

func watch(t *testing.T, s *storage.Store) *watcher {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	w := &watcher{t: t, stop: stop}
	w.work.Go(func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for last := chat.MessageID(0); ctx.Err() == nil; <-tick.C {
			last = w.look(ctx, s, last)
		}
	})
	t.Cleanup(func() { w.end() })
	return w
}

// look reads once: no head may be older than the last.
func (w *watcher) look(ctx context.Context, s *storage.Store, last chat.MessageID) chat.MessageID {
	marks, err := s.Marks(ctx, []chat.RoomID{"1"})
	if err != nil {
		return last
	}
	page, err := s.Before(ctx, "1", 0, 1)
	if err != nil {
		return last
	}
	if marks[0].Head.ID < last || page.Head.ID < marks[0].Head.ID || len(page.Messages) != 1 {
		w.t.Errorf("after %d the room stands at %d, then at %d with %d messages", last, marks[0].Head.ID, page.Head.ID, len(page.Messages))
	}
	w.read++
	return max(last, page.Head.ID)
}

func (w *watcher) end() int {
	w.stop()
	w.work.Wait()
	return w.read
}
