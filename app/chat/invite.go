package chat

import (
	"context"
	"slices"
	"time"
)

// LimitInvitations is how many invitations of one user may wait.
const LimitInvitations = 100

// Invitation lets a user into a room until it is taken, declined or taken back.
type Invitation struct {
	Room Room
	By   string // the name of who invited
	At   time.Time
}

// Invite asks somebody into a room. Into a private room only its owner and its
// moderators may, into a public one whoever is in it. Inviting again changes
// nothing but the time. CodeTaken: they are in the room. CodeRefused: not
// allowed, or too many invitations wait for them.
func (s *Service) Invite(ctx context.Context, user User, room Room, name string) error {
	guest, err := s.guest(ctx, user, room, name)
	if err != nil {
		return err
	}
	if err := s.rates.invitations.allow(user.ID, "invitations"); err != nil {
		return err
	}
	err = s.store.Invite(ctx, room.ID, guest.ID, user.Name)
	switch ErrorCode(err) {
	case CodeTaken:
		return Errorf(CodeTaken, "%s is in %s already", guest.Name, room.Title())
	case CodeRefused:
		return Errorf(CodeRefused, "%d invitations wait for %s already, which is the most there can be", LimitInvitations, guest.Name)
	}
	return err
}

// Uninvite takes an invitation back; who may is as with Invite. CodeNotFound:
// there is none.
func (s *Service) Uninvite(ctx context.Context, user User, room Room, name string) error {
	guest, err := s.guest(ctx, user, room, name)
	if err != nil {
		return err
	}
	was, err := s.store.Uninvite(ctx, room.ID, guest.ID)
	if err == nil && !was {
		return Errorf(CodeNotFound, "no invitation to %s waits for %s", room.Title(), guest.Name)
	}
	return err
}

// guest gives whom the user may invite to the room.
func (s *Service) guest(ctx context.Context, user User, room Room, name string) (User, error) {
	if room.IsDirect() || room.ID == General {
		return User{}, Errorf(CodeRefused, "nobody can be invited to %s", room.Title())
	}
	least := RoleMember
	if room.ID.IsPrivate() {
		least = RoleModerator
	}
	if err := s.mustBe(ctx, user, room, least); err != nil {
		return User{}, err
	}
	return s.FindUser(ctx, name)
}

// Invitations lists what waits for the user, the oldest first.
func (s *Service) Invitations(ctx context.Context, user User) ([]Invitation, error) {
	all, err := s.store.Belongings(ctx, user.ID)
	return all.Invitations, err
}

// Decline takes away the invitations to rooms that the reference can mean.
// CodeNotFound: there are none.
func (s *Service) Decline(ctx context.Context, user User, ref string) error {
	sign, name, err := parseRef(ref)
	if err != nil {
		return err
	}
	all, err := s.Invitations(ctx, user)
	if err != nil {
		return err
	}
	declined := false
	for _, i := range all {
		if i.Room.means(sign, name) {
			if _, err := s.store.Uninvite(ctx, i.Room.ID, user.ID); err != nil {
				return err
			}
			declined = true
		}
	}
	if !declined {
		return Errorf(CodeNotFound, "no invitation to %s%s waits for you", sign, name)
	}
	return nil
}

// means tells whether the sign and the name could mean the room.
func (r Room) means(sign string, name Name) bool {
	own, err := ParseRoomName(r.Name)
	return err == nil && own.Fold() == name.Fold() && (sign == "" || sign == r.Title()[:1])
}

// Invites lists the invitations that wait for the session's user, the oldest
// first. Wake is signalled when one comes or goes.
func (s *Session) Invites() []Invitation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.invites)
}
