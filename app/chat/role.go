package chat

import "context"

// Role is what somebody in a room may do there.
type Role int

// The roles. An owner may do all that a moderator may, and a moderator all
// that a member may.
const (
	RoleMember Role = iota
	RoleModerator
	RoleOwner
)

// String returns the role as people read it.
func (r Role) String() string {
	switch r {
	case RoleOwner:
		return "owner"
	case RoleModerator:
		return "moderator"
	}
	return "member"
}

// roleIn is the role of somebody of whom it is known whether a moderator, in a
// room as it is now.
func roleIn(room Room, user UserID, was Role) Role {
	switch {
	case room.Owner == user:
		return RoleOwner
	case was == RoleModerator:
		return RoleModerator
	}
	return RoleMember
}

// Rules tells whether the user has an owner's say in the room, also without
// being in it: administrators do, where everybody may go.
func (u User) Rules(room RoomID) bool {
	return u.Admin && !room.IsPrivate() && !Room{ID: room}.IsDirect()
}

// mustBe asks whether the user is in the room, and in which role.
func (s *Service) mustBe(ctx context.Context, user User, room Room, least Role) error {
	if user.Rules(room.ID) {
		return nil
	}
	if err := s.mustBeIn(ctx, user, room); err != nil {
		return err
	}
	role, err := s.store.RoleOf(ctx, room.ID, user.ID)
	switch {
	case err != nil || role >= least:
		return err
	case least == RoleOwner:
		return Errorf(CodeRefused, "only the owner of %s can do that", room.Title())
	}
	return Errorf(CodeRefused, "only the owner and the moderators of %s can do that", room.Title())
}
