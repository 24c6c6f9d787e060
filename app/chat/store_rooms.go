package chat

import "context"

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
	// Accept is AddMember for those who are invited. CodeNotFound: the user
	// is not, or not any more, unless in the room already.
	Accept(ctx context.Context, room RoomID, user User) (bool, error)
}

// Offices holds who may do what in a room.
type Offices interface {
	// RoleOf gives the user's role in a room that the user is in.
	RoleOf(ctx context.Context, room RoomID, user UserID) (Role, error)
}
