package chat

import (
	"context"
	"slices"
	"time"
)

const (
	// typingEvery is how often one session tells that its user types, typingFor how
	// long others believe it, and typingFrom for how long somebody has typed when it
	// is told first: of what is sent at once only the message is.
	typingEvery = 4 * time.Second
	typingFor   = 6 * time.Second
	typingFrom  = 300 * time.Millisecond
	// typingPatience is how long the telling may take.
	typingPatience = 2 * time.Second
)

// Typing tells the others in a room that the user is typing. It returns at
// once, and is to be called at every key: they are told when there is one 0.3
// seconds after the first, and every 4 seconds at most, and not at all in rooms
// that are too large for it, nor where the user does not want it or is muted.
// Nobody is told of an error, since nothing depends on it.
func (s *Session) Typing(room RoomID) {
	if s.svc.mayWrite(s.owner) != nil {
		return
	}
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	st, ok := s.seats[room]
	if !ok || s.gone || s.hub.ctx.Err() != nil || s.prefs.Settings.Typing == "off" || !st.types(now) || st.feed.count() > noticesUpTo {
		return
	}
	st.told = now
	user := s.user
	s.hub.spawn(func() { s.hub.tellTyping(room, user) }, nil)
}

// types takes in a key, and tells whether it is time to tell of it.
func (st *seat) types(now time.Time) bool {
	if now.Sub(st.typed) > typingFor && now.Sub(st.told) > typingFor {
		st.typed = now
	}
	return now.Sub(st.typed) >= typingFrom && now.Sub(st.told) >= typingEvery
}

func (h *hub) tellTyping(room RoomID, user User) {
	ctx, cancel := context.WithTimeout(h.ctx, typingPatience)
	defer cancel()
	if err := h.store.Typing(ctx, room, user); err != nil {
		h.log.Debug("telling that somebody types", "user", user.ID, "error", err)
	}
}

// typesNoMore has the next key in the room be a first one.
func (s *Session) typesNoMore(room RoomID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st, ok := s.seats[room]; ok {
		st.typed, st.told = time.Time{}, time.Time{}
	}
}

// Typers lists who else was typing in the room in the last 6 seconds and has
// said nothing since, by name, without those whom the user ignores. Wake is
// signalled when it changes.
func (s *Session) Typers(room RoomID) []string {
	if f := s.feedOf(room); f != nil {
		prefs := s.Preferences()
		return f.typers(time.Now(), func(id UserID) bool { return id == s.owner || prefs.ignores(id) })
	}
	return nil
}

// typist is somebody who types.
type typist struct {
	name  string
	until time.Time // after which nobody believes it
}

// types notes that somebody does.
func (f *Feed) types(id UserID, name string, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.typing == nil {
		f.typing = map[UserID]typist{}
	}
	was := f.typing[id]
	f.typing[id] = typist{name: name, until: now.Add(typingFor)}
	if !was.until.After(now) || was.name != name {
		f.wakeLocked()
	}
	if !f.expiring {
		f.expiring = true
		time.AfterFunc(typingFor, f.expire)
	}
}

// expire forgets who types no more, and comes again as long as anyone does.
func (f *Feed) expire() {
	defer f.panics.Recover("the hub", nil, "room", f.id)
	f.mu.Lock()
	defer f.mu.Unlock()
	now, next := time.Now(), typingFor
	for id, t := range f.typing {
		left := t.until.Sub(now)
		if left <= 0 {
			delete(f.typing, id)
			f.wakeLocked()
		} else {
			next = min(next, left)
		}
	}
	if f.expiring = len(f.typing) > 0; f.expiring {
		time.AfterFunc(next, f.expire)
	}
}

func (f *Feed) typers(now time.Time, skip func(UserID) bool) (names []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, t := range f.typing {
		if t.until.After(now) && !skip(id) {
			names = append(names, t.name)
		}
	}
	slices.Sort(names)
	return names
}
