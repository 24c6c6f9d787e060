package line

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"teahouse/app/chat"
)

const (
	// Of a room that is opened, so many messages are shown at least, and so
	// many of those that are unread at most.
	showLeast = 10
	showMost  = 50
	// knownMost is how many messages are kept, to tell what a change changed.
	knownMost = 100
	// tellEvery is the least time between two lines about the same room.
	tellEvery = time.Minute
)

// place is the room that is open.
type place struct {
	id     chat.RoomID
	title  string
	cursor *chat.Cursor // nil while the room's feed is not ours to follow
	begun  bool         // the cursor has given its first step
	out    bool         // the person is not in the room any more
	missed bool         // what comes after last has to be read from storage
	failed bool         // that could not be done, and was told
	last   chat.MessageID
	read   chat.MessageID
	known  map[chat.MessageID]*chat.Message // the newest that were shown
}

// tally is what was told of a room that is not open.
type tally struct {
	unread int
	at     time.Time
}

// open goes on with a room.
func (s *talk) open(id chat.RoomID) {
	if id == s.room.id && !s.room.out {
		return
	}
	s.room.markRead(s.Session)
	s.room = place{id: id, known: map[chat.MessageID]*chat.Message{}}
	if view, in := s.Session.Room(id); in {
		s.room.title = view.Title()
	}
}

// markRead notes that what was printed has been read.
func (p *place) markRead(session *chat.Session) {
	if p.begun && p.last != p.read {
		session.Read(p.id, p.last)
		p.read = p.last
	}
}

// follow prints what is new in the open room.
func (s *talk) follow() {
	view, ok := s.sit()
	if !ok || s.room.missed && !s.catchUp(view.Room) {
		return
	}
	step, ready := s.room.cursor.Next()
	switch {
	case !ready:
	case !s.room.begun:
		s.begin(view, step)
	default:
		s.advance(view.Room, step)
	}
}

// sit has a cursor follow the open room while the person is in it.
func (s *talk) sit() (view chat.RoomView, ok bool) {
	view, in := s.Session.Room(s.room.id)
	if !in {
		if !s.room.out {
			s.room.out, s.room.cursor = true, nil
			s.note("you are not in %s any more; /join ROOM opens another one", s.room.title)
		}
		return view, false
	}
	s.room.out, s.room.title = false, view.Title()
	if s.room.cursor == nil {
		s.room.cursor, ok = s.Session.Follow(s.room.id)
		return view, ok
	}
	return view, true
}

// begin prints the end of a room that was just opened: what is unread, as far
// as that goes.
func (s *talk) begin(view chat.RoomView, step chat.Step) {
	s.room.begun = true
	s.note("%s", heading(view))
	show := step.Messages
	if n := min(max(view.Unread, showLeast), showMost); len(show) > n {
		show = show[len(show)-n:]
	}
	if hidden := view.Unread - len(show); hidden > 0 {
		s.note("%d more are unread; /history %d shows them", hidden, min(view.Unread, chat.LimitHistory))
	}
	rule := view.Unread > 0 && view.Read > 0
	for _, m := range show {
		if rule && m.ID > view.Read {
			rule = false
			s.note("new:")
		}
		s.show(m)
	}
	s.room.last = max(s.room.last, view.Head) // what is not kept is not news
	s.notices(step.Notices)
}

func heading(view chat.RoomView) string {
	text := "you are in " + view.Title()
	if view.Topic != "" {
		text += ": " + view.Topic
	}
	return text
}

// advance prints what a step passed over.
func (s *talk) advance(room chat.Room, step chat.Step) {
	if step.Rewound {
		s.note("the chat's storage has lost messages, the newest of this room among them")
		s.room.last = min(s.room.last, step.To)
		maps.DeleteFunc(s.room.known, func(id chat.MessageID, _ *chat.Message) bool { return id > step.To })
	}
	s.room.missed = step.Missed
	if !step.Missed || s.catchUp(room) {
		for _, m := range step.Messages {
			s.show(m)
		}
	}
	s.notices(step.Notices)
}

// catchUp reads from storage what came after the last message, so that somebody
// who was slow misses nothing either. It reports false where it must be tried
// again.
func (s *talk) catchUp(room chat.Room) bool {
	for s.paper.failed == nil {
		page, err := s.since(room)
		if err != nil {
			if !s.room.failed {
				s.note("cannot read what came meanwhile: %s", chat.ErrorText(err))
			}
			s.room.failed = true
			return false
		}
		if lost := page.First - s.room.last - 1; page.First > 0 && lost > 0 {
			s.note("%s not kept any more", count(int(lost), "message", "is", "are"))
			s.room.last = page.First - 1
		}
		for _, m := range page.Messages {
			s.show(m)
		}
		if len(page.Messages) == 0 || s.room.last >= page.Head.ID {
			break
		}
	}
	s.room.missed, s.room.failed = false, false
	return true
}

func (s *talk) since(room chat.Room) (chat.Page, error) {
	ctx, cancel := context.WithTimeout(s.ctx, commandTime)
	defer cancel()
	return s.Service.Since(ctx, s.Session.User(), room, s.room.last)
}

// show prints a message, or what is new about one that was printed before.
func (s *talk) show(m *chat.Message) {
	if m.ID > s.room.last {
		s.date(m.At)
		s.print(said(m, s.numbered))
		s.room.last = m.ID
	} else {
		s.print(changed(s.room.known[m.ID], m, s.numbered))
	}
	s.room.remember(m)
}

func (p *place) remember(m *chat.Message) {
	if m.ID > p.last-knownMost {
		p.known[m.ID] = m
	}
	if len(p.known) >= 2*knownMost {
		maps.DeleteFunc(p.known, func(id chat.MessageID, _ *chat.Message) bool { return id <= p.last-knownMost })
	}
}

// date prints the day where it is another one than that of the line before.
func (s *talk) date(at time.Time) {
	if date := at.UTC().Format(dayFormat); date != s.day {
		s.day = date
		s.note("%s", date)
	}
}

// notices prints what happened beside the log, in one line. One's own coming
// and going is no news to oneself.
func (s *talk) notices(ns []chat.Notice) {
	me := s.Session.User().ID
	var parts []string
	for _, n := range ns {
		if n.User != me || n.Turn != chat.TurnIn && n.Turn != chat.TurnOut {
			parts = append(parts, told(n, me))
		}
	}
	if len(parts) > 0 {
		s.note("%s", strings.Join(parts, "; "))
	}
}

// elsewhere tells in which other rooms something is unread, and does not tell
// of every message.
func (s *talk) elsewhere() {
	var parts []string
	for _, v := range s.Session.Rooms() {
		switch t, known := s.told[v.ID]; {
		case v.ID == s.room.id || v.Unread == 0:
			delete(s.told, v.ID)
		case !known || v.Unread > t.unread && time.Since(t.at) >= tellEvery:
			s.told[v.ID] = tally{unread: v.Unread, at: time.Now()}
			parts = append(parts, fmt.Sprintf("%d in %s", v.Unread, v.Title()))
		}
	}
	if len(parts) > 0 {
		s.note("unread: %s; /join ROOM and /msg NAME open them", strings.Join(parts, ", "))
	}
}
