package storage

import (
	"context"
	"errors"
	"strconv"
	"time"

	"teahouse/app/chat"
)

// officer is what the scripts take a user for who may do something in a room
// because of who they are there, or everywhere.
func officer(user chat.UserID, rules bool) string {
	if rules {
		return "*"
	}
	return user.String()
}

// RoleOf implements chat.Offices.
func (s *Store) RoleOf(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Role, error) {
	at, err := s.seatOf(ctx, room, user)
	return at.Role, err
}

// seatOf reads a room and what the user is there.
func (s *Store) seatOf(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Seat, error) {
	fields, err := s.rdb.HMGet(ctx, keyRoomMeta(room), seatFields(user)...).Result()
	if err != nil {
		return chat.Seat{}, wrap("asking for somebody's role", err)
	}
	return seat(room, user, fields), nil
}

// SetModerator implements chat.Offices.
func (s *Store) SetModerator(ctx context.Context, room chat.RoomID, by, who chat.User, is bool) error {
	did, on := chat.DidOp, 1
	if !is {
		did, on = chat.DidDeop, 0
	}
	notice, err := formatNotice(by, chat.Doing{Verb: did, Target: who.Name})
	if err != nil {
		return err
	}
	keys := []string{keyRoomMeta(room), keyRoomMembers(room), keyRoomFeed(room)}
	_, err = verdict("naming a moderator", s.scripts.moderator.Run(ctx, s.rdb, keys,
		s.publish, officer(by.ID, by.Rules(room)), who.ID.String(), on, chat.LimitModerators, notice))
	if err != nil {
		return err
	}
	return s.tellUser(ctx, who.ID)
}

// adjust sets a field of a room, "" for none, where the user's role is at
// least so high, and gives the value before.
func (s *Store) adjust(ctx context.Context, room chat.RoomID, by chat.User, least chat.Role, field, value string, did chat.Doing) (before string, err error) {
	notice, err := formatNotice(by, did)
	if err != nil {
		return "", err
	}
	keys := []string{keyRoomMeta(room), keyRoomFeed(room)}
	return verdict("changing a room", s.scripts.adjust.Run(ctx, s.rdb, keys,
		s.publish, officer(by.ID, by.Rules(room)), int(least), field, value, notice))
}

// RenameRoom implements chat.Offices. The new name of a public room is taken
// first and the old one given back last: where that breaks off between, both
// lead to the room.
func (s *Store) RenameRoom(ctx context.Context, id chat.RoomID, by chat.User, name chat.Name) (chat.Room, error) {
	at, err := s.seatOf(ctx, id, by.ID)
	if err != nil {
		return chat.Room{}, err
	}
	if at.Role < chat.RoleOwner && !by.Rules(id) {
		return chat.Room{}, chat.Errorf(chat.CodeRefused, "only the owner of the room can do that")
	}
	if err := s.claimRoomName(ctx, id, name); err != nil {
		return chat.Room{}, err
	}
	door, err := s.doorOf(ctx, id)
	if err != nil {
		return chat.Room{}, err
	}
	renamed := at.Room
	renamed.Name, renamed.Locked = name.String(), false
	before, err := s.adjust(ctx, id, by, chat.RoleOwner, "name", name.String(), chat.Doing{Verb: chat.DidRename, Target: renamed.Title()})
	if chat.ErrorCode(err) == chat.CodeRefused {
		return chat.Room{}, errors.Join(err, s.releaseRoomName(ctx, id, name.String(), at.Room.Name))
	}
	if err != nil {
		return chat.Room{}, err
	}
	if before == renamed.Name {
		return at.Room, nil
	}
	if door != "" {
		err = s.releaseDoor(ctx, id, door)
	}
	return renamed, errors.Join(err, s.releaseRoomName(ctx, id, before, renamed.Name))
}

// claimRoomName takes a name for a public room; private ones need none.
func (s *Store) claimRoomName(ctx context.Context, id chat.RoomID, name chat.Name) error {
	if id.IsPrivate() {
		return nil
	}
	ok, err := s.scripts.claim.Run(ctx, s.rdb, []string{keyRoomName(name)}, string(id)).Bool()
	if err == nil && !ok {
		return chat.Errorf(chat.CodeTaken, "another room has the name")
	}
	return wrap("taking a room's name", err)
}

// releaseRoomName gives a name back, unless it is the same as the room's own.
func (s *Store) releaseRoomName(ctx context.Context, id chat.RoomID, name, own string) error {
	old, err := chat.ParseRoomName(name)
	now, bad := chat.ParseRoomName(own)
	if err != nil || bad != nil || id.IsPrivate() || old.Fold() == now.Fold() {
		return errors.Join(err, bad)
	}
	return wrap("giving a room's name back", s.scripts.release.Run(ctx, s.rdb, []string{keyRoomName(old)}, string(id)).Err())
}

// Archive implements chat.Offices.
func (s *Store) Archive(ctx context.Context, room chat.RoomID, by chat.User, yes bool) error {
	value, did := "1", chat.DidArchive
	if !yes {
		value, did = "", chat.DidUnarchive
	}
	_, err := s.adjust(ctx, room, by, chat.RoleOwner, "archived", value, chat.Doing{Verb: did})
	return err
}

// SetSlow implements chat.Offices.
func (s *Store) SetSlow(ctx context.Context, room chat.RoomID, by chat.User, every time.Duration) error {
	value, did := strconv.FormatInt(every.Milliseconds(), 10), chat.Doing{Verb: chat.DidSlow, Target: every.String()}
	if every == 0 {
		value, did = "", chat.Doing{Verb: chat.DidUnslow}
	}
	_, err := s.adjust(ctx, room, by, chat.RoleModerator, "slow", value, did)
	return err
}
