package chat

import (
	"context"
	"time"
)

// Privacy holds rooms that are not for everyone, and who is invited where.
type Privacy interface {
	// MakePrivate makes a private room that the user owns and nobody is in. A
	// repeated call makes another one.
	MakePrivate(ctx context.Context, name Name, owner User) (Room, error)
	// Invite notes who asked the user into the room, and tells the user's
	// sessions. CodeTaken: the user is in it. CodeRefused: LimitInvitations.
	Invite(ctx context.Context, room RoomID, to UserID, by string) error
	// Uninvite takes an invitation away; false where there is none.
	Uninvite(ctx context.Context, room RoomID, to UserID) (bool, error)
	// Accept is AddMember, bans included, for those who are invited. CodeNotFound: the user
	// is not, or not any more, unless in the room already.
	Accept(ctx context.Context, room RoomID, user User) (bool, error)
	// DoorSalt gives the chat's own secret for passwords, made at once where
	// there is none.
	DoorSalt(ctx context.Context) ([]byte, error)
	// Door gives the room that a door leads to. CodeNotFound, after one round
	// trip where nothing ever was there.
	Door(ctx context.Context, door string) (Room, error)
	// SetDoor gives a private room a door in the place of the one it had, or
	// none. Its owner may: CodeRefused as with Offices. CodeTaken: it is
	// another room's.
	SetDoor(ctx context.Context, room RoomID, by User, door string) error
}

// Offices holds who may do what in a room. What changes a room looks in the
// same step whether the user may, and whether the room is archived: CodeRefused
// in words for the user. An administrator may all that an owner may, in public
// rooms. The room's sessions are told what was done, and by whom, unless it
// changed nothing.
type Offices interface {
	// RoleOf gives the user's role in a room that the user is in.
	RoleOf(ctx context.Context, room RoomID, user UserID) (Role, error)
	// SetModerator makes somebody in the room a moderator, or a plain member
	// again. Its owner may.
	SetModerator(ctx context.Context, room RoomID, by, who User, is bool) error
	// RenameRoom gives a room another name, and takes its password away. Its
	// owner may. The old name is free at once. CodeTaken: another public room
	// has the name; private rooms take nothing away from each other.
	RenameRoom(ctx context.Context, room RoomID, by User, name Name) (Room, error)
	// Archive has a room be read only, or brings it back. Its owner may.
	Archive(ctx context.Context, room RoomID, by User, yes bool) error
	// SetSlow sets the least time between two messages of a plain member.
	// Owner and moderators may.
	SetSlow(ctx context.Context, room RoomID, by User, every time.Duration) error
	// Pin pins a message, or takes its pin out, where the user's role is at
	// least so high. CodeNotFound, in words: no such message or pin.
	// CodeRefused also: LimitPins; messages that are gone do not count.
	Pin(ctx context.Context, room RoomID, by User, least Role, id MessageID, yes bool) error
	// Pins lists the pinned messages that are kept and not deleted, the newest
	// pin first.
	Pins(ctx context.Context, room RoomID) ([]*Message, error)
}

// Order holds who is kept out or silent, and who did what about it.
type Order interface {
	// Rules gives what is in force in the whole chat, and RulesVersion tells
	// whether that has changed.
	Rules(ctx context.Context) (Rules, error)
	RulesVersion(ctx context.Context) (string, error)
	// Decree changes the Rules and writes the deed to the audit log in one
	// step, and tells all replicas (NewsRules). Imposing what there is takes its
	// place. CodeNotFound: what is to be lifted is not there. CodeRefused:
	// LimitSanctions; those that are over do not count.
	Decree(ctx context.Context, d Decree) error
	// Record writes a deed to the audit log, whose numbers ascend from 1. The
	// newest LimitDeeds are kept.
	Record(ctx context.Context, d Deed) error
	// Deeds gives the n newest with a number below before, or the n newest of
	// all when before is 0, ascending.
	Deeds(ctx context.Context, before int64, n int) ([]Deed, error)
	// Discipline looks whether by may do something to who in a room, imposes
	// the sanction there unless it is nil, and tells the room what by
	// did. CodeRefused: by has no office, or who has as high a one;
	// LimitSanctions.
	Discipline(ctx context.Context, room RoomID, by, who User, s *Sanction, did Doing) error
	// Pardon takes a sanction of a room back, and tells the room. CodeNotFound:
	// there is none. CodeRefused: by has no office there.
	Pardon(ctx context.Context, room RoomID, by, who User, act SanctionAct) error
	// SanctionsIn lists those of a room, in no order; some may be over.
	SanctionsIn(ctx context.Context, room RoomID) ([]Sanction, error)
	// OfferPlace keeps during term that the secret lets one new key in, in the
	// name of the user who invites.
	OfferPlace(ctx context.Context, secret string, by UserID, term time.Duration) error
	// TakePlace gives who invited by the secret, to the first key that takes it
	// and to that key again. CodeNotFound: there is no such offer (any more).
	TakePlace(ctx context.Context, secret, fingerprint string) (UserID, error)
}
