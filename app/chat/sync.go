package chat

import (
	"context"
	"errors"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"teahouse/internal/contain"
	"teahouse/internal/defence"
	"teahouse/internal/faults"
)

// sync has the feed read from storage what it misses. One goroutine a feed
// does that at a time; asking again meanwhile makes it read once more.
func (h *hub) sync(f *Feed) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stale = true
	if f.syncing || h.ctx.Err() != nil || f.loaded && !defence.On {
		return
	}
	f.syncing = true
	h.spawn(func() { h.syncUntilFresh(f) }, func(error) { f.syncs(false) })
}

func (h *hub) syncUntilFresh(f *Feed) {
	pause := 50 * time.Millisecond
	for h.wanted(f) {
		err := h.limited(func() error { return f.read(h.ctx, h.store) })
		if err == nil {
			f.wake()
			continue
		}
		f.setStale()
		if _, panicked := errors.AsType[*contain.Error](err); panicked {
			f.spoil()
		}
		h.log.Debug("reading a room", "room", f.id, "error", err)
		if !sleep(h.ctx, pause) {
			return
		}
		pause = min(2*pause, time.Second)
	}
}

// wanted tells whether the feed has to be read (again), and clears the wish.
func (h *hub) wanted(f *Feed) bool {
	open := h.feed(f.id) == f
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.stale || !open || h.ctx.Err() != nil {
		f.syncing = false
		return false
	}
	f.stale = false
	return true
}

// syncs notes whether a goroutine of the hub reads for the feed.
func (f *Feed) syncs(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.syncing = on
}

func (f *Feed) setStale() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stale = true
}

// limited runs do with a bounded number of its like at once. A panic in it is an
// error like others, after which it is tried again.
func (h *hub) limited(do func() error) error {
	select {
	case h.slots <- struct{}{}:
	case <-h.ctx.Done():
		return h.ctx.Err()
	}
	defer func() { <-h.slots }()
	return h.panics.Try("the hub", do)
}

// read brings the feed up to what storage has.
func (f *Feed) read(ctx context.Context, store Store) error {
	faults.At("read", string(f.id))
	before, _ := f.mark()
	room, err := store.Room(ctx, f.id)
	if err != nil {
		return err
	}
	roll, err := store.Members(ctx, f.id)
	if err != nil {
		return err
	}
	if err := f.readTail(ctx, store); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.loaded && f.room.Topic != room.Topic {
		f.tell(Notice{Turn: TurnTopic, Name: room.TopicBy, Text: room.Topic})
	}
	f.room = room
	// A roll that is older than ours is news that overtook the read, unless
	// it is older than what we had before: then storage lost something. One of
	// the same version may be another after such a loss.
	if roll.Version >= f.roll.Version || roll.Version < before.Roll || !f.loaded {
		f.setRoll(roll)
	}
	f.loaded = true
	f.whole()
	return nil
}

// readTail brings the log up to its room's head: forward from the ring's end
// where the log goes on from there, else from the newest page.
func (f *Feed) readTail(ctx context.Context, store Store) error {
	from, loaded := f.mark()
	how, spoilt := fitGap, f.isSpoilt()
	for more := loaded && !spoilt; more; more = how == fitMore {
		s, err := store.Changes(ctx, f.id, from.Head, PageSize)
		if err != nil {
			return err
		}
		how = f.fill(from.Head, s)
		from, _ = f.mark()
	}
	if how == fitDone {
		return nil
	}
	p, err := store.Before(ctx, f.id, 0, PageSize)
	if err != nil {
		return err
	}
	torn := how == fitTorn || spoilt
	survived, err := f.survivor(ctx, store, torn)
	if err != nil {
		return err
	}
	f.reset(from.Head, p, torn, survived)
	return nil
}

// survivor finds the newest message here that storage has not lost, or
// allSurvived. A gap may hide that the log is another, and a page may begin
// behind where it became so.
func (f *Feed) survivor(ctx context.Context, store Store, torn bool) (MessageID, error) {
	ms := f.messages()
	if len(ms) == 0 && torn {
		return 0, nil // nobody knows what there was
	}
	var err error
	lost := func(i int) bool {
		is := false
		if err == nil {
			is, err = f.isLost(ctx, store, ms[i])
		}
		return is
	}
	newest := len(ms) - 1
	if newest < 0 || !lost(newest) {
		return allSurvived, err
	}
	// What is older than a survivor survived as well.
	if i := sort.Search(newest, lost); i > 0 {
		return ms[i-1].ID, err
	}
	return 0, err
}

// isLost tells whether storage has another message, or none yet, in the place
// of this one: then the log was rewound. What is no longer kept was not lost.
func (f *Feed) isLost(ctx context.Context, store Store, m *Message) (bool, error) {
	p, err := store.After(ctx, f.id, m.ID-1, 1)
	if err != nil || len(p.Messages) == 0 {
		return p.Head.ID < m.ID, err
	}
	found := p.Messages[0]
	return found.ID == m.ID && found.Key != m.Key, nil
}

// messages copies the window.
func (f *Feed) messages() []*Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.window)
}

// check compares all feeds with storage and reads again those that differ.
func (h *hub) check(ctx context.Context) error {
	feeds := h.allFeeds()
	rooms := make([]RoomID, len(feeds))
	before := make([]Mark, len(feeds))
	for i, f := range feeds {
		rooms[i] = f.id
		before[i], _ = f.mark()
	}
	marks, err := h.store.Marks(ctx, rooms)
	if err != nil {
		return err
	}
	for i, f := range feeds {
		if f.behind(before[i], marks[i]) {
			h.suspects(f)
		}
	}
	return nil
}

// reseat has the session's rooms read from storage (again).
func (h *hub) reseat(s *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reseat = true
	if s.seating || s.gone || h.ctx.Err() != nil {
		return
	}
	s.seating = true
	h.spawn(func() { h.reseatUntilFresh(s) }, func(cause error) { s.end(Broken(cause)) })
}

func (h *hub) reseatUntilFresh(s *Session) {
	pause := 50 * time.Millisecond
	for s.wantsSeats() {
		err := h.limited(func() error { return s.readSeats(h.ctx) })
		if ErrorCode(err) == CodeGone {
			s.end(err)
		}
		if code := ErrorCode(err); err == nil || code == CodeNotFound || code == CodeGone {
			// A user whom storage lost does not come back by asking again.
			continue
		}
		s.mu.Lock()
		s.reseat = true
		s.mu.Unlock()
		h.log.Debug("reading a user's rooms", "user", s.owner, "error", err)
		if !sleep(h.ctx, pause) {
			return
		}
		pause = min(2*pause, time.Second)
	}
}

func (s *Session) wantsSeats() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.reseat || s.gone || s.hub.ctx.Err() != nil {
		s.seating = false
		return false
	}
	s.reseat = false
	return true
}

// readSeats reads what the session shows of its user. One call does so at a
// time, so that what was read first never replaces what was read later.
func (s *Session) readSeats(ctx context.Context) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	all, err := s.hub.store.Belongings(ctx, s.owner)
	if err == nil && !s.isOf(all.Keys) {
		// Whose this is, has to be found out first.
		err = s.svc.revive(ctx, s)
	}
	if err == nil && s.Ended() == nil {
		s.sit(all)
	}
	return err
}

func (t Topic) room() (RoomID, bool) {
	id, ok := strings.CutPrefix(string(t), "room:")
	return RoomID(id), ok
}

func (t Topic) user() (UserID, bool) {
	s, ok := strings.CutPrefix(string(t), "user:")
	id, err := strconv.ParseInt(s, 10, 64)
	return UserID(id), ok && err == nil
}

// sleep waits for d and reports whether ctx still goes on then.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
