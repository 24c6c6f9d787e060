package line

import (
	"fmt"
	"strings"
	"time"

	"teahouse/app/chat"
)

const (
	// tellEvery is the least time between two lines about the same room that
	// does not call.
	tellEvery = time.Minute
	// namedInvitations is how many invitations are told one by one.
	namedInvitations = 3
)

// tally is what was told of a room that is not open.
type tally struct {
	unread, mentions int
	at               time.Time
}

// calls tells whether there is more in the room that is meant for the person.
func (t tally) calls(v chat.RoomView) bool {
	return v.Mentions > t.mentions || v.IsDirect() && !v.Muted && v.Unread > t.unread
}

// due tells after which time the room is to be told of again; ok is false where
// nothing is.
func (t tally) due(v chat.RoomView) (rest time.Duration, ok bool) {
	switch {
	case t.calls(v):
		return burst, true
	case v.Muted || v.Unread <= t.unread:
		return 0, false
	}
	return tellEvery, true
}

// least takes in what was read meanwhile on another device.
func (t tally) least(v chat.RoomView) tally {
	t.unread, t.mentions = min(t.unread, v.Unread), min(t.mentions, v.Mentions)
	return t
}

// elsewhere tells in which other rooms something is unread, and does not tell
// of every message.
func (s *talk) elsewhere() {
	s.late = false
	var parts []string
	for _, v := range s.Session.Rooms() {
		if v.ID == s.room.id || v.Unread == 0 {
			delete(s.told, v.ID)
			continue
		}
		if text := s.unread(v); text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) > 0 {
		s.note("unread: %s; /join ROOM and /msg NAME open them", strings.Join(parts, ", "))
	}
}

// unread says what is unread in a room, where it is time to.
func (s *talk) unread(v chat.RoomView) string {
	t := s.told[v.ID].least(v)
	s.told[v.ID] = t
	rest, ok := t.due(v)
	if !ok {
		return ""
	}
	if time.Since(t.at) < rest {
		s.late = s.late || t.calls(v)
		return ""
	}
	if s.isNews(v) && (t.calls(v) || s.prefs.Settings.Bell == "all") {
		s.ring()
	}
	s.told[v.ID] = tally{unread: v.Unread, mentions: v.Mentions, at: time.Now()}
	text := fmt.Sprintf("%d in %s", v.Unread, v.Title())
	if v.Mentions > 0 {
		text += fmt.Sprintf(" (%d for you)", v.Mentions)
	}
	return text
}

// isNews tells whether somebody else said something in the room since the person
// came: what was there before is no reason to ring.
func (s *talk) isNews(v chat.RoomView) bool {
	m, ok := s.Session.Message(v.ID, v.Head)
	return ok && m.From != s.Session.User().ID && m.At.After(s.began)
}

// invited tells of invitations as they come.
func (s *talk) invited() {
	now := map[chat.RoomID]time.Time{}
	var fresh []chat.Invitation
	for _, i := range s.Session.Invites() {
		if now[i.Room.ID] = i.At; s.asked[i.Room.ID] != i.At {
			fresh = append(fresh, i)
		}
	}
	s.asked = now
	if len(fresh) > namedInvitations {
		s.note("%s for you; /invites lists them", count(len(fresh), "invitation", "waits", "wait"))
		return
	}
	for _, i := range fresh {
		s.note("%s invites you to %s; /join %s takes the invitation", i.By, i.Room.Title(), i.Room.Title())
	}
}
