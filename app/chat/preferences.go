package chat

import "time"

// Preferences are what is kept of a user for their own screens. The maps are
// shared: nobody changes them.
type Preferences struct {
	Settings  Settings
	Ignored   map[UserID]string // the names that they had
	Muted     map[RoomID]bool
	Room      RoomID // the room that was open last; "" for none yet
	Away      string // what the user is away for; "" for not away
	AwaySince time.Time
}

// Ignores tells whether the message is by somebody whom the user ignores.
func (p *Preferences) Ignores(m *Message) bool { return p.ignores(m.From) }

func (p *Preferences) ignores(id UserID) bool {
	_, yes := p.Ignored[id]
	return yes
}

// ignoresPeer tells whether the room is one with somebody who is ignored.
func (p *Preferences) ignoresPeer(room RoomID, me UserID) bool {
	peer, direct := room.Peer(me)
	return direct && p.ignores(peer)
}

// adorn adds to a room's view what the user wants of it.
func (p *Preferences) adorn(v RoomView, me UserID) RoomView {
	v.Muted = p.Muted[v.ID]
	if p.ignoresPeer(v.ID, me) {
		v.Unread = 0
	}
	return v
}

// lists tells whether a list of the user's rooms shows the room: one between
// two people does not count while nothing was said there, nor while the other
// one is ignored.
func (p *Preferences) lists(v RoomView, me UserID) bool {
	return !v.IsDirect() || v.Head > 0 && !p.ignoresPeer(v.ID, me)
}

// Preferences gives the user's as they were when storage last told of a
// change. Wake is signalled when they change.
func (s *Session) Preferences() Preferences {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.prefs
}
