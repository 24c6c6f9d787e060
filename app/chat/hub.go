package chat

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"teahouse/internal/contain"
	"teahouse/internal/faults"
)

// hub keeps one Feed for each room that has a session here, and passes on what
// the wire brings. It never calls a session and never waits for one: a session
// is nudged through a channel of size one and pulls when it can.
//
// Lock order: outbox.mu, then Session.mu, then hub.mu, then Feed.mu; or
// Feed.listing, then Feed.mu. No lock but Session.reading, which comes before them
// all, is held while storage is asked.
type hub struct {
	store  Store
	log    *slog.Logger
	panics *contain.Panics
	ctx    context.Context // ends with the service
	work   sync.WaitGroup  // goroutines that read from storage
	slots  chan struct{}   // bounds how many do at once
	keep   keep
	now    func() time.Time
	rules  *rules
	nobody *Roster // of a room that a session is not in
	counts *counts
	lag    lag

	mu     sync.Mutex
	feeds  map[RoomID]*Feed
	users  map[UserID]*devices
	away   map[UserID]time.Time  // of these, who has no session open, and since when
	marked map[*Session]struct{} // have something to be looked after; see tend
	heard  bool                  // news comes
	down   bool
	since  time.Time // when down began
}

func newHub(ctx context.Context, store Store, log *slog.Logger, panics *contain.Panics) *hub {
	return &hub{
		store: store, log: log, panics: panics, ctx: ctx, now: time.Now,
		slots: make(chan struct{}, 16), nobody: &Roster{}, counts: &counts{},
		feeds: map[RoomID]*Feed{},
		users: map[UserID]*devices{}, away: map[UserID]time.Time{},
		marked: map[*Session]struct{}{},
	}
}

// hear takes in one thing that the wire brought. It never blocks, and never
// panics: news that does is lost like any other, and what it was about is read
// from storage.
func (h *hub) hear(n News) {
	defer h.panics.Recover("the hub", func(error) { h.mend(n) }, "news", n.Kind, "channel", n.Topic, "room", n.Room)
	h.news(n)
}

// mend reads again what news was about that got halfway.
func (h *hub) mend(n News) {
	defer h.panics.Recover("mending the hub", nil)
	switch f := h.feed(n.Room); {
	case f != nil:
		f.spoil()
		h.sync(f)
	case n.Topic != "":
		h.refresh(n.Topic)
	default:
		h.refreshAll()
	}
}

func (h *hub) news(n News) {
	if faults.On {
		faults.At("hub", fmt.Sprintf("%d %+v", n.Kind, n.Entry.Message))
	}
	switch n.Kind {
	case NewsEntry, NewsRoll, NewsRoom, NewsNotice, NewsTyping:
		h.roomNews(n)
	case NewsSubscribed:
		h.refresh(n.Topic)
	case NewsSeats, NewsRead:
		h.userNews(n)
	case NewsRules:
		h.rules.stir()
	case NewsDown:
		h.setDown(true)
	case NewsRestart:
		h.setDown(false)
		h.rules.stir()
		h.refreshAll()
	case NewsDelay:
		h.delayed(n.Delay)
	}
}

func (h *hub) roomNews(n News) {
	f := h.feed(n.Room)
	if f == nil {
		return
	}
	switch n.Kind {
	case NewsEntry:
		if !f.append(n.Entry) {
			h.sync(f)
		}
	case NewsNotice:
		f.did(n.Notice)
	case NewsRoll:
		if f.change(n.Change) {
			h.gather(f)
		} else {
			h.sync(f)
		}
	case NewsTyping:
		f.types(n.Change.User, n.Change.Name, time.Now())
	default:
		h.sync(f)
	}
}

func (h *hub) feed(id RoomID) *Feed {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.feeds[id]
}

// gather wakes the readers for changes of the roll, many changes at a time:
// the more readers, the rarer.
func (h *hub) gather(f *Feed) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gathering {
		return
	}
	f.gathering = true
	pause := gatherHere * time.Duration(1+len(f.readers)/100)
	time.AfterFunc(pause, func() {
		defer h.panics.Recover("the hub", nil, "room", f.id)
		f.mu.Lock()
		defer f.mu.Unlock()
		f.gathering = false
		f.wakeLocked()
	})
}

// join adds the session to the readers of a room's feed and makes the feed
// where there is none.
func (h *hub) join(s *Session, id RoomID) *Feed {
	h.mu.Lock()
	f, ok := h.feeds[id]
	if !ok {
		f = newFeed(id)
		f.keep, f.now, f.panics, f.counts = h.keep, h.now, h.panics, h.counts
		h.feeds[id] = f
		// Subscribed first, read then: NewsSubscribed asks for another read,
		// so nothing can fall between the two.
		h.store.Subscribe(RoomTopic(id))
	}
	f.mu.Lock()
	f.readers[s] = struct{}{}
	f.mu.Unlock()
	h.mu.Unlock()
	if !ok {
		h.sync(f)
	}
	return f
}

// part takes the session from the readers and drops a feed without any.
func (h *hub) part(s *Session, f *Feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f.mu.Lock()
	delete(f.readers, s)
	empty := len(f.readers) == 0
	if empty {
		f.whole()
	}
	f.mu.Unlock()
	if empty && h.feeds[f.id] == f {
		delete(h.feeds, f.id)
		h.store.Unsubscribe(RoomTopic(f.id))
	}
}

// devices are a user's sessions here. News of the user goes on coming for a while
// after the last one has left: most who leave come back soon, and need not ask for
// it again then.
type devices struct {
	open  map[*Session]struct{}
	heard chan struct{} // closed once news of the user comes
	hears sync.Once     // closes it
}

// enter and leave count a session in and out. What is read of the user once
// heard is closed, news keeps up with, or, where none comes just then, NewsRestart.
func (h *hub) enter(s *Session) (heard <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	mine := h.users[s.owner]
	if mine == nil {
		mine = &devices{open: map[*Session]struct{}{}, heard: make(chan struct{})}
		h.users[s.owner] = mine
		h.store.Subscribe(UserTopic(s.owner))
	}
	mine.open[s] = struct{}{}
	delete(h.away, s.owner)
	return mine.heard
}

func (h *hub) leave(s *Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.marked, s)
	mine := h.users[s.owner]
	if mine == nil {
		return
	}
	if delete(mine.open, s); len(mine.open) == 0 {
		h.away[s.owner] = h.now()
	}
}

// dismiss has no more news come of those who have left and not come back.
func (h *hub) dismiss() {
	h.mu.Lock()
	defer h.mu.Unlock()
	var gone []Topic
	for id, since := range h.away {
		if h.now().Sub(since) > returnsWithin {
			delete(h.away, id)
			delete(h.users, id)
			gone = append(gone, UserTopic(id))
		}
	}
	if len(gone) > 0 {
		h.store.Unsubscribe(gone...)
	}
}

// hearsOf notes that news of the user comes from now on. What a session had read
// of the user before is read again.
func (h *hub) hearsOf(id UserID) {
	h.mu.Lock()
	if mine := h.users[id]; mine != nil {
		mine.hears.Do(func() { close(mine.heard) })
	}
	h.mu.Unlock()
	for _, s := range h.sessionsOf(id) {
		if !s.isBeginning() {
			h.reseat(s)
		}
	}
}

func (h *hub) sessions() []*Session {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []*Session
	for _, mine := range h.users {
		all = slices.AppendSeq(all, maps.Keys(mine.open))
	}
	return all
}

func (h *hub) sessionsOf(id UserID) []*Session {
	h.mu.Lock()
	defer h.mu.Unlock()
	if mine := h.users[id]; mine != nil {
		return slices.Collect(maps.Keys(mine.open))
	}
	return nil
}

func (h *hub) allFeeds() []*Feed {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Values(h.feeds))
}

func (h *hub) userNews(n News) {
	id, ok := n.Topic.user()
	if !ok {
		return
	}
	for _, s := range h.sessionsOf(id) {
		if n.Kind == NewsRead {
			s.readElsewhere(n.Room, n.Read)
		} else {
			h.reseat(s)
		}
	}
}

// refresh reads again what a topic is about: it may have changed before the
// subscription was in force.
func (h *hub) refresh(t Topic) {
	if t == HouseTopic {
		h.rules.stir()
		return
	}
	if id, ok := t.room(); ok {
		if f := h.feed(id); f != nil {
			h.sync(f)
		}
		return
	}
	if id, ok := t.user(); ok {
		h.hearsOf(id)
	}
}

func (h *hub) refreshAll() {
	for _, f := range h.allFeeds() {
		h.suspects(f)
	}
	for _, s := range h.sessions() {
		h.reseat(s)
	}
}

func (h *hub) setDown(down bool) {
	h.mu.Lock()
	changed := h.down != down
	since := h.since
	if h.heard = !down; changed {
		h.down, h.since = down, time.Now()
	}
	h.mu.Unlock()
	if !changed {
		return
	}
	if down {
		h.log.Warn("no news comes from storage")
	} else {
		h.log.Info("news comes from storage again", "lasted", time.Since(since).Round(time.Millisecond).String())
	}
	h.nudge()
}

// nudge wakes every session.
func (h *hub) nudge() {
	for _, s := range h.sessions() {
		s.Nudge()
	}
}

func (h *hub) hears() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.heard
}

// downSince returns when storage was last heard of; zero while it answers.
func (h *hub) downSince() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.down {
		return time.Time{}
	}
	return h.since
}

// spawn runs do in a goroutine that the service waits for. A panic in it ends
// what do was for, which after, where it is not nil, is told of, and nothing
// else.
func (h *hub) spawn(do func(), after func(error)) {
	h.work.Go(func() {
		defer h.panics.Recover("the hub", after)
		do()
	})
}
