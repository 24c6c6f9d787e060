package chat

import "context"

// LimitPins is how many messages of a room may be pinned.
const LimitPins = 50

// Pin keeps a message of the room at hand for everybody, or takes its pin out.
// The owner and the moderators may, and anybody in #general and in a room
// between two people. Pinning again changes nothing. CodeNotFound: there is no
// such message, or no pin to take out. CodeRefused: not allowed, or LimitPins.
func (s *Service) Pin(ctx context.Context, user User, room Room, id MessageID, yes bool) error {
	if err := s.mustBeIn(ctx, user, room); err != nil {
		return err
	}
	if err := s.mayWrite(user.ID); err != nil {
		return err
	}
	if err := s.Pace(ctx, user.ID); err != nil {
		return err
	}
	least := RoleModerator
	if room.ID == General || room.IsDirect() {
		least = RoleMember
	}
	return s.store.Pin(ctx, room.ID, user, least, id, yes)
}

// Pins lists the pinned messages that are still kept, the newest pin first.
func (s *Service) Pins(ctx context.Context, user User, room Room) ([]*Message, error) {
	if err := s.mustBeIn(ctx, user, room); err != nil {
		return nil, err
	}
	return s.store.Pins(ctx, room.ID)
}
