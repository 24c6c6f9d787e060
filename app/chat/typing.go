package chat

import (
	"context"
	"slices"
	"time"
)

const (
	// typingEvery is how often one session tells that its user types, and
	// typingFor how long others believe it.
	typingEvery = 4 * time.Second
	typingFor   = 6 * time.Second
	// typingPatience is how long the telling may take.
	typingPatience = 2 * time.Second
)

// Typing tells the others in a room that the user is typing. It returns at
// once, and may be called at every key: they are told every 4 seconds at most,
// and not at all in rooms that are too large for it, nor where the user does not
// want it or is muted. Nobody is told of an error, since nothing depends on it.
func (s *Session) Typing(room RoomID) {
	if s.svc.mayWrite(s.owner) != nil {
		return
	}
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	st, ok := s.seats[room]
	if !ok || s.gone || s.hub.ctx.Err() != nil || s.prefs.Settings.Typing == "off" || now.Sub(st.typed) < typingEvery || st.feed.count() > noticesUpTo {
		return
	}
	st.typed = now
	user := s.user
	s.hub.spawn(func() { s.hub.tellTyping(room, user) })
}

func (h *hub) tellTyping(room RoomID, user User) {
	ctx, cancel := context.WithTimeout(h.ctx, typingPatience)
	defer cancel()
	if err := h.store.Typing(ctx, room, user); err != nil {
		h.log.Debug("telling that somebody types", "user", user.ID, "error", err)
	}
}

// typesNoMore has the next key in the room be told at once.
func (s *Session) typesNoMore(room RoomID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st, ok := s.seats[room]; ok {
		st.typed = time.Time{}
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
