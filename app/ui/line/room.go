package line

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"teahouse/app/chat"
	"teahouse/internal/faults"
)

const (
	// Of a room that is opened, so many messages are shown at least, and so
	// many of those that are unread at most.
	showLeast = 10
	showMost  = 50
	// knownMost is how many messages are kept, to tell what a change changed.
	knownMost = 100
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

// open goes on with a room.
func (s *talk) open(id chat.RoomID) {
	if id == s.room.id && !s.room.out {
		return
	}
	s.room.markRead(s.Session)
	s.room, s.goal = place{id: id, known: map[chat.MessageID]*chat.Message{}}, 0
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
		fresh := step.NewerThan(s.room.last)
		s.advance(view.Room, step)
		s.Session.Showed(fresh)
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
	s.note("%s", heading(view))
	show := slices.DeleteFunc(slices.Clone(step.Messages), s.prefs.Ignores)
	// What people say who are ignored does not count as unread.
	unread := view.Unread - len(after(step.Messages, view.Read)) + len(after(show, view.Read))
	if n := min(max(unread, showLeast), showMost); len(show) > n {
		show = show[len(show)-n:]
	}
	if hidden := unread - len(show); hidden > 0 {
		s.note("%d more are unread; /history %d shows them", hidden, min(view.Unread, chat.LimitHistory))
	}
	fresh := after(show, view.Read)
	s.showAll(view.Room, show[:len(show)-len(fresh)])
	if unread > 0 && view.Read > 0 && len(fresh) > 0 {
		s.note("new:")
	}
	s.showAll(view.Room, fresh)
	s.room.last = max(s.room.last, view.Head) // what is not kept is not news
	s.room.begun = true
	s.notices(step.Notices)
}

// after gives those of ascending messages that are newer than id.
func after(ms []*chat.Message, id chat.MessageID) []*chat.Message {
	i, _ := slices.BinarySearchFunc(ms, id+1, func(m *chat.Message, id chat.MessageID) int { return cmp.Compare(m.ID, id) })
	return ms[i:]
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
	if step.Missed && !s.catchUp(room) {
		step.Messages = nil
	}
	for ms, notices := range step.InOrder() {
		s.showAll(room, ms)
		s.notices(notices)
	}
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
		s.showAll(room, page.Messages)
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

// showAll prints messages of the open room, ascending or in the order of their
// changes.
func (s *talk) showAll(room chat.Room, ms []*chat.Message) {
	said := s.quoted(room, ms)
	for _, m := range ms {
		s.show(m, said)
	}
}

// show prints a message. One that cannot be is said to be there: it must not end
// the session of everybody who comes to see it, each time they come.
func (s *talk) show(m *chat.Message, said map[chat.MessageID]*chat.Message) {
	defer s.Panics.Recover("printing a message", func(error) { s.note("message %d cannot be shown", m.ID) })
	if faults.On {
		faults.At("printed", m.Body)
	}
	s.showOne(m, said)
}

// showOne prints a message, or what is new about one that was printed before. said
// has what it may answer.
func (s *talk) showOne(m *chat.Message, said map[chat.MessageID]*chat.Message) {
	fresh := m.ID > s.room.last
	s.room.last = max(s.room.last, m.ID)
	switch {
	case s.prefs.Ignores(m):
		return
	case fresh:
		if s.room.begun && s.calls(m) {
			s.ring()
		}
		s.tell(m, said)
	default:
		s.print(s.style.changed(s.room.known[m.ID], m))
	}
	s.room.remember(m)
}

// tell prints a message, below what it answers.
func (s *talk) tell(m *chat.Message, said map[chat.MessageID]*chat.Message) {
	s.date(m.At)
	if m.ReplyTo > 0 {
		s.print(s.quotation(said[m.ReplyTo]))
	}
	s.print(s.style.said(m))
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
	if date := s.style.day(at); date != s.day {
		s.day = date
		s.note("%s", date)
	}
}

// notices prints what happened beside the log, in one line. One's own coming
// and going is no news to oneself.
func (s *talk) notices(ns []chat.Notice) {
	me := s.Session.User().ID
	var parts []string
	quiet := s.prefs.Settings.Notices == "off"
	for _, n := range ns {
		traffic := n.Turn == chat.TurnIn || n.Turn == chat.TurnOut
		if !traffic || n.User != me && !quiet {
			parts = append(parts, told(n, me))
		}
	}
	if len(parts) > 0 {
		s.note("%s", strings.Join(parts, "; "))
	}
}
