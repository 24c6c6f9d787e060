package line

import (
	"context"
	"slices"
	"strconv"

	"teahouse/app/chat"
)

const (
	// historyLines is how many messages /history prints unless told.
	historyLines = 20
	// around is how many messages are shown before one that was asked for, and
	// behind it.
	around = 3
)

// quoted gives what the messages answer. An answer whose message is not there is
// one to a message that is not kept any more.
func (s *talk) quoted(room chat.Room, ms []*chat.Message) map[chat.MessageID]*chat.Message {
	found := map[chat.MessageID]*chat.Message{}
	var older []chat.MessageID
	for _, m := range ms {
		if m.ReplyTo == 0 || found[m.ReplyTo] != nil {
			continue
		}
		if near, ok := s.Session.Message(room.ID, m.ReplyTo); ok {
			found[m.ReplyTo] = near
		} else {
			older = append(older, m.ReplyTo)
		}
	}
	slices.Sort(older)
	for ids := range slices.Chunk(slices.Compact(older), chat.PageSize) {
		all, err := s.messages(room, ids)
		if err != nil {
			s.note("cannot read what is answered here: %s", chat.ErrorText(err))
			break
		}
		for _, m := range all {
			found[m.ID] = m
		}
	}
	return found
}

func (s *talk) messages(room chat.Room, ids []chat.MessageID) ([]*chat.Message, error) {
	ctx, cancel := context.WithTimeout(s.ctx, commandTime)
	defer cancel()
	return s.Service.Messages(ctx, s.Session.User(), room, ids)
}

// quotation is the line above an answer: what it answers, nil for a message that
// is not there.
func (s *talk) quotation(m *chat.Message) string {
	switch {
	case m == nil:
		return reply + "a message that is no longer kept"
	case s.prefs.Ignores(m):
		return reply + "a message of somebody you ignore"
	case m.Deleted:
		return reply + m.Name + ": a deleted message"
	}
	return reply + m.Name + ": " + firstWords(m)
}

// history prints past messages of the open room: there is no scrolling here.
func (s *talk) history(n string) {
	if n == "" {
		n = strconv.Itoa(historyLines)
	}
	if err := s.past(n); err != nil {
		s.note("%s", chat.ErrorText(err))
	}
}

func (s *talk) past(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil {
		return chat.Errorf(chat.CodeInvalid, "/history takes how many messages to print: 1 to %d", chat.LimitHistory)
	}
	if err := s.Service.MayCommand(s.Session.User()); err != nil {
		return err
	}
	page, err := s.before(0, n)
	if err != nil {
		return err
	}
	s.tellAll(page.Messages)
	return nil
}

// before reads past messages of the open room.
func (s *talk) before(id chat.MessageID, n int) (chat.Page, error) {
	view, in := s.Session.Room(s.room.id)
	if !in {
		return chat.Page{}, s.refusal()
	}
	ctx, cancel := context.WithTimeout(s.ctx, commandTime)
	defer cancel()
	return s.Service.History(ctx, s.Session.User(), view.Room, id, n)
}

// tellAll prints past messages of the open room.
func (s *talk) tellAll(ms []*chat.Message) {
	said := s.quoted(chat.Room{ID: s.room.id}, ms)
	for _, m := range ms {
		if !s.prefs.Ignores(m) {
			s.tell(m, said)
		}
	}
}

// visit shows the message that was asked for among those about it, with their
// numbers, when the room has been opened.
func (s *talk) visit() {
	at := s.goal
	if at == 0 || !s.room.begun {
		return
	}
	s.goal = 0
	page, err := s.before(at+around+1, 2*around+1)
	ms := after(page.Messages, at-around-1)
	switch {
	case err != nil:
		s.note("%s", chat.ErrorText(err))
	case !slices.ContainsFunc(ms, func(m *chat.Message) bool { return m.ID == at }):
		s.note("that message is no longer kept")
	default:
		s.note("around message %d:", at)
		numbered := s.style.numbered
		s.style.numbered = true
		s.tellAll(ms)
		s.style.numbered = numbered
	}
}
