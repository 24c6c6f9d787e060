//go:build long

package storage_test

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/storage"
	"teahouse/storage/storagetest"
)

// answer is what became of one draft.
type answer struct {
	*chat.Message
	began, ended time.Time
}

// traffic is one author a room who posts all the time, each message again and
// again until it is acknowledged, and a replica elsewhere that listens.
type traffic struct {
	t     *testing.T
	store *storage.Store
	rooms []chat.RoomID
	stop  context.CancelFunc
	work  sync.WaitGroup

	mu      sync.Mutex
	answers []answer
	heard   map[string]time.Time // by the message's key
	turns   []chat.NewsKind      // NewsDown and NewsRestart
}

// startTraffic has posts made through one store and heard through the other,
// and returns when every room has been heard of.
func startTraffic(t *testing.T, posts, hears *storage.Store, rooms ...chat.RoomID) *traffic {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	tr := &traffic{t: t, store: posts, rooms: rooms, stop: stop, heard: map[string]time.Time{}}
	for _, room := range rooms {
		hears.Subscribe(chat.RoomTopic(room))
		tr.work.Go(func() { tr.post(ctx, room) })
	}
	tr.work.Go(func() { hears.Listen(ctx, tr.hear) })
	t.Cleanup(tr.end)
	tr.news(time.Now())
	tr.more(100)
	return tr
}

// more waits until that many more messages were acknowledged in every room.
func (tr *traffic) more(n int) {
	tr.t.Helper()
	since := time.Now()
	storagetest.Until(tr.t, "every room goes on", func() bool {
		tr.mu.Lock()
		defer tr.mu.Unlock()
		counts := map[chat.RoomID]int{}
		for _, a := range tr.answers {
			if a.began.After(since) {
				counts[a.Room]++
			}
		}
		return !slices.ContainsFunc(tr.rooms, func(r chat.RoomID) bool { return counts[r] < n })
	})
}

// end stops the posting and the listening.
func (tr *traffic) end() {
	tr.stop()
	tr.work.Wait()
}

func (tr *traffic) post(ctx context.Context, room chat.RoomID) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		<-tick.C
		d := chat.Draft{Key: rand.Text(), Room: room, From: 1, Name: "anna", Body: "x"}
		began := time.Now()
		m, err := tr.store.Post(ctx, d)
		for chat.ErrorCode(err) == chat.CodeUnavailable && ctx.Err() == nil {
			<-tick.C
			m, err = tr.store.Post(ctx, d)
		}
		switch {
		case ctx.Err() != nil:
		case err != nil:
			tr.t.Errorf("a post was refused: %v", err)
		default:
			tr.mu.Lock()
			tr.answers = append(tr.answers, answer{m, began, time.Now()})
			tr.mu.Unlock()
		}
	}
}

func (tr *traffic) hear(n chat.News) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	switch n.Kind {
	case chat.NewsEntry:
		tr.heard[n.Entry.Key] = time.Now()
	case chat.NewsDown, chat.NewsRestart:
		tr.turns = append(tr.turns, n.Kind)
	}
}

// news waits until of every room a message was acknowledged, and one was
// heard, that was begun after the moment. It returns when the last room's was.
func (tr *traffic) news(since time.Time) (posted, heard time.Time) {
	tr.t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var ok bool
		if posted, heard, ok = tr.first(since); ok {
			return posted, heard
		}
		select {
		case <-tick.C:
		case <-deadline:
			tr.t.Fatalf("a minute after, some room is still silent")
		}
	}
}

func (tr *traffic) first(since time.Time) (posted, heard time.Time, ok bool) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	acked, told := map[chat.RoomID]time.Time{}, map[chat.RoomID]time.Time{}
	for _, a := range tr.answers {
		if a.began.Before(since) {
			continue
		}
		if acked[a.Room].IsZero() {
			acked[a.Room] = a.ended
		}
		if at, ok := tr.heard[a.Key]; ok && told[a.Room].IsZero() {
			told[a.Room] = at
		}
	}
	return latest(acked), latest(told), len(told) == len(tr.rooms)
}

func latest(times map[chat.RoomID]time.Time) (last time.Time) {
	for _, at := range times {
		if at.After(last) {
			last = at
		}
	}
	return last
}

// verify ends the traffic and compares what was acknowledged with what is
// kept: each log is one chain without a double, and holds everything but what
// was acknowledged between the two moments. It returns how much of that is lost.
func (tr *traffic) verify(s *storage.Store, from, to time.Time) (posts, lost int) {
	tr.t.Helper()
	tr.end()
	kept := map[string]chat.MessageID{}
	for _, room := range tr.rooms {
		for id, key := range tr.chain(s, room) {
			if kept[key] != 0 {
				tr.t.Errorf("%s is in room %s twice", key, room)
			}
			kept[key] = chat.MessageID(id + 1)
		}
	}
	for _, a := range tr.answers {
		switch {
		case kept[a.Key] == a.ID:
		case a.ended.After(from) && a.ended.Before(to) && kept[a.Key] == 0:
			lost++
		default:
			tr.t.Errorf("acknowledged as %d of room %s at %s, kept as %d", a.ID, a.Room, a.ended, kept[a.Key])
		}
	}
	return len(tr.answers), lost
}

// chain gives the keys of a log, oldest first.
func (tr *traffic) chain(s *storage.Store, room chat.RoomID) (keys []string) {
	tr.t.Helper()
	prev := ""
	for {
		p, err := s.After(tr.t.Context(), room, chat.MessageID(len(keys)), 500)
		if err != nil {
			tr.t.Fatal(err)
		}
		for _, m := range p.Messages {
			if m.Prev != prev || int(m.ID) != len(keys)+1 {
				tr.t.Errorf("message %d of room %s stands at %d, and follows %q, not %q", m.ID, room, len(keys)+1, m.Prev, prev)
			}
			prev, keys = m.Key, append(keys, m.Key)
		}
		if len(p.Messages) == 0 {
			return keys
		}
	}
}
