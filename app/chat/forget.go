package chat

import (
	"context"
	"iter"
	"slices"
)

// Forget deletes the user: keys, settings, drafts, whom they ignore, in which
// rooms they are. What they wrote stays, under the name that they had then, and
// nobody else can have the name for 30 days. All of their sessions end. Where
// it fails it can be repeated.
func (s *Service) Forget(ctx context.Context, user User) error {
	const words = "you are forgotten here, as you asked"
	ctx, cancel := toTheEnd(ctx)
	defer cancel()
	return s.store.Forget(ctx, user.ID, words, nameKept)
}

// wrote and reacted tell whether a message is a trace of the user.
func (u User) wrote(m *Message) bool { return m.From == u.ID }
func (u User) reacted(m *Message) bool {
	return slices.ContainsFunc(m.Reactions, func(r Reaction) bool { return slices.Contains(r.Users, u.ID) })
}

// Trace is a message of a room that a user is in.
type Trace struct {
	Room    Room
	Message *Message
}

// Written gives the messages that the user wrote in the rooms that they are in,
// room by room, the oldest first, as far as they are kept. It ends at the first
// error.
func (s *Service) Written(ctx context.Context, user User) iter.Seq2[Trace, error] {
	return s.traces(ctx, user, user.wrote)
}

// Reacted gives, like Written, the messages that the user put a reaction under.
func (s *Service) Reacted(ctx context.Context, user User) iter.Seq2[Trace, error] {
	return s.traces(ctx, user, user.reacted)
}

// traces gives, like Written, the messages that are of a kind.
func (s *Service) traces(ctx context.Context, user User, are func(*Message) bool) iter.Seq2[Trace, error] {
	return func(yield func(Trace, error) bool) {
		seats, err := s.Seats(ctx, user)
		if err != nil {
			yield(Trace{}, err)
			return
		}
		for _, seat := range seats {
			for m, err := range s.messages(ctx, seat.Room.ID) {
				if (err != nil || are(m)) && !yield(Trace{seat.Room, m}, err) || err != nil {
					return
				}
			}
		}
	}
}

// messages gives all messages of a room that are kept, the oldest first, a page
// at a time.
func (s *Service) messages(ctx context.Context, room RoomID) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		for after := MessageID(0); ; {
			page, err := s.store.After(ctx, room, after, PageSize)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, m := range page.Messages {
				if !yield(m, nil) {
					return
				}
				after = m.ID
			}
			if len(page.Messages) == 0 || after >= page.Head.ID {
				return
			}
		}
	}
}
