package chat

import (
	"context"
	"crypto/rand"
)

// Act is what a Revision does to a message.
type Act string

// The acts, and who may do them. A deleted message takes none but another
// deletion, which changes nothing.
const (
	ActEdit    Act = "edit"    // Text is the new body; the author alone may
	ActDelete  Act = "delete"  // the author may, and who has an office in the room
	ActReact   Act = "react"   // Text is the emoji; everyone in the room may
	ActUnreact Act = "unreact" // takes back one's own
)

// Revision is a change of a message on its way in. Its Key is like a Draft's.
type Revision struct {
	Key  string
	Room RoomID
	From UserID
	Name string // of From
	Rule bool   // From has an owner's say there, as User.Rules tells
	ID   MessageID
	Act  Act
	Text string
}

// Edit gives a message of the user's another body, under the rules for bodies.
// It tries again for as long as storage is away and ctx goes on, which never
// does it twice. CodeNotFound and CodeRefused in words.
func (s *Service) Edit(ctx context.Context, user User, room Room, id MessageID, body string) (*Message, error) {
	clean, err := CleanBody(body)
	if err != nil {
		return nil, err
	}
	return s.revise(ctx, user, room, Revision{ID: id, Act: ActEdit, Text: clean})
}

// Delete empties a message of the user's, or of anybody's where the user is the
// room's owner, a moderator or an administrator; else as Edit.
func (s *Service) Delete(ctx context.Context, user User, room Room, id MessageID) (*Message, error) {
	m, err := s.revise(ctx, user, room, Revision{ID: id, Act: ActDelete})
	if err != nil || m.From == user.ID {
		return m, err
	}
	return m, s.record(ctx, deed(user, "delete").about(room, m.Name+" "+room.Link(id), ""))
}

// React puts a reaction of the user's, an emoji or its :code:, under a message,
// or takes it back where add is false; else as Edit. Doing it again changes
// nothing.
func (s *Service) React(ctx context.Context, user User, room Room, id MessageID, emoji string, add bool) (*Message, error) {
	clean, err := ParseReaction(emoji)
	if err != nil {
		return nil, err
	}
	act := ActReact
	if !add {
		act = ActUnreact
	}
	return s.revise(ctx, user, room, Revision{ID: id, Act: act, Text: clean})
}

func (s *Service) revise(ctx context.Context, user User, room Room, r Revision) (*Message, error) {
	r.Key, r.Room, r.From, r.Name, r.Rule = rand.Text(), room.ID, user.ID, user.Name, user.Rules(room.ID)
	if r.Act == ActEdit || r.Act == ActReact {
		if err := s.mayWrite(user.ID); err != nil {
			return nil, err
		}
	}
	if err := s.Pace(ctx, user.ID); err != nil {
		return nil, err
	}
	return insist(ctx, func() (*Message, error) {
		if err := s.mustBeIn(ctx, user, room); err != nil {
			return nil, err
		}
		return s.store.Revise(ctx, r)
	})
}
