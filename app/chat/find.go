package chat

import "context"

// Messages gives those messages of a room that the user is in that have one
// of the ids and are kept, ascending, as they are now. PageSize ids are the
// most.
func (s *Service) Messages(ctx context.Context, user User, room Room, ids []MessageID) ([]*Message, error) {
	if len(ids) > PageSize {
		return nil, Errorf(CodeInvalid, "%d messages cannot be had at once; ask for %d at the most", len(ids), PageSize)
	}
	if err := s.mustBeIn(ctx, user, room); err != nil {
		return nil, err
	}
	return s.store.Messages(ctx, room.ID, ids)
}

// Changes gives what was done in a room that the user is in behind a place in
// its log, as Log's Changes does, some hundred changes at a time.
func (s *Service) Changes(ctx context.Context, user User, room Room, after Head) (Span, error) {
	if err := s.mustBeIn(ctx, user, room); err != nil {
		return Span{}, err
	}
	return s.store.Changes(ctx, room.ID, after, PageSize)
}

// Message gives a message from among the newest ones of a room, which are at
// hand; ok is false where it is not one of them, or the user is not there.
func (s *Session) Message(room RoomID, id MessageID) (m *Message, ok bool) {
	if f := s.feedOf(room); f != nil {
		return f.message(id)
	}
	return nil, false
}

func (f *Feed) message(id MessageID) (m *Message, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ms := f.kept()
	if len(ms) == 0 || id < ms[0].ID || id > ms[len(ms)-1].ID {
		return nil, false
	}
	return ms[id-ms[0].ID], true
}
