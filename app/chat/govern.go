package chat

import (
	"context"
	"time"
)

const (
	// LimitModerators is how many moderators a room may have.
	LimitModerators = 50
	// LimitSlow is the longest that slow mode lets people wait.
	LimitSlow = 6 * time.Hour
)

// SetModerator makes somebody in the room a moderator, or a plain member
// again. Only the owner may.
func (s *Service) SetModerator(ctx context.Context, user User, room Room, name string, is bool) error {
	if err := s.mustBe(ctx, user, room, RoleMember); err != nil {
		return err
	}
	who, err := s.FindUser(ctx, name)
	if err != nil {
		return err
	}
	if err := s.store.SetModerator(ctx, room.ID, user, who, is); err != nil {
		return err
	}
	act := "op"
	if !is {
		act = "deop"
	}
	return s.record(ctx, deed(user, act).about(room, who.Name, ""))
}

// RenameRoom gives the room another name; the old one is free at once, and a
// password is gone. Only the owner may. CodeTaken: another public room has the
// name, or the user is in another private one of it.
func (s *Service) RenameRoom(ctx context.Context, user User, room Room, name string) (Room, error) {
	_, wish, err := parseRef(name)
	if err != nil {
		return Room{}, err
	}
	if err := s.mustBe(ctx, user, room, RoleOwner); err != nil {
		return Room{}, err
	}
	if err := s.mayRenameNow(user); err != nil {
		return Room{}, err
	}
	if room.ID.IsPrivate() {
		if err := s.mayRename(ctx, user, room, wish); err != nil {
			return Room{}, err
		}
	}
	renamed, err := s.store.RenameRoom(ctx, room.ID, user, wish)
	if ErrorCode(err) == CodeTaken {
		err = Errorf(CodeTaken, "there is a room #%s already; choose another name", wish)
	}
	return renamed, err
}

// mayRenameNow is what all names are asked first, of rooms and of people.
func (s *Service) mayRenameNow(user User) error {
	if err := s.mayWrite(user.ID); err != nil {
		return err
	}
	return s.rates.renames.allow(user.ID, "new names")
}

// mayRename looks only at the owner's other rooms: what the others who are in
// the room have of the name is theirs to know.
func (s *Service) mayRename(ctx context.Context, user User, room Room, name Name) error {
	all, err := s.store.RoomsNamed(ctx, user.ID, name)
	if err != nil {
		return err
	}
	all.Private = 0 // no room more
	return all.mayEnter(room.ID)
}

// Archive has the room be read only, or brings it back. Only the owner may.
func (s *Service) Archive(ctx context.Context, user User, room Room, yes bool) error {
	if err := s.mustBe(ctx, user, room, RoleMember); err != nil {
		return err
	}
	return s.store.Archive(ctx, room.ID, user, yes)
}

// SetSlow sets the least time between two messages of a plain member of the
// room; 0 ends slow mode. Only the owner and the moderators may.
func (s *Service) SetSlow(ctx context.Context, user User, room Room, every time.Duration) error {
	if every < 0 || every > LimitSlow || every > 0 && every < time.Second {
		return Errorf(CodeInvalid, "slow mode lets people wait from 1 second to %d hours; 0 ends it", LimitSlow/time.Hour)
	}
	if err := s.mustBe(ctx, user, room, RoleMember); err != nil {
		return err
	}
	return s.store.SetSlow(ctx, room.ID, user, every.Truncate(time.Second))
}
