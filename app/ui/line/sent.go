package line

import (
	"time"

	"teahouse/app/chat"
)

// sent follows what the person sent until it is posted or refused.
type sent struct {
	session *chat.Session
	rooms   map[chat.RoomID]struct{} // in which something is not settled yet
	waiting int
	since   time.Time // when it was seen first that something waits
	told    bool      // the person knows that
}

func newSent(session *chat.Session) *sent {
	return &sent{session: session, rooms: map[chat.RoomID]struct{}{}}
}

func (s *sent) to(room chat.RoomID) { s.rooms[room] = struct{}{} }

// settle looks what has become of all, and takes back what was refused.
func (s *sent) settle() (refused []chat.Pending) {
	s.waiting = 0
	for room := range s.rooms {
		pending := s.session.Pending(room)
		for _, p := range pending {
			switch {
			case p.Refused != nil:
				s.session.Drop(p.Key)
				refused = append(refused, p)
			case p.Posted == 0:
				s.waiting++
			}
		}
		if len(pending) == 0 {
			delete(s.rooms, room)
		}
	}
	if s.waiting > 0 && s.since.IsZero() {
		s.since = time.Now()
	}
	return refused
}

// due is how long until the person is to be told that something waits; 0 where
// nothing does, or they know.
func (s *sent) due() time.Duration {
	if s.waiting == 0 || s.told {
		return 0
	}
	return max(time.Millisecond, patience-time.Since(s.since))
}

// fates tells what has become of what was sent.
func (s *talk) fates() {
	for _, p := range s.sent.settle() {
		s.note("not sent: %s", chat.ErrorText(p.Refused))
		s.print(chat.Indent + p.Body)
	}
	switch {
	case s.sent.waiting > 0 && !s.sent.told && time.Since(s.sent.since) >= patience:
		s.sent.told = true
		s.note("%s to be sent", count(s.sent.waiting, "message", "waits", "wait"))
	case s.sent.waiting == 0 && s.sent.told:
		s.note("all is sent")
		fallthrough
	case s.sent.waiting == 0:
		s.sent.since, s.sent.told = time.Time{}, false
	}
}

// depart leaves when the room and all that was sent have been printed, or gives
// up where storage is away for long.
func (s *talk) depart() {
	down := s.Session.DownSince()
	switch {
	case !s.leaving:
	case len(s.sent.rooms) == 0 && (s.room.out || s.room.begun && !s.room.missed):
		s.gone = true
	case down.IsZero() || time.Since(down) < giveUp:
	case s.sent.waiting == 0:
		s.gone = true
	default:
		s.err = chat.Errorf(chat.CodeUnavailable, "the chat's storage does not answer; not sent: %d", s.sent.waiting)
	}
}
