package storage

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// AddMember implements chat.Rooms.
func (s *Store) AddMember(ctx context.Context, room chat.RoomID, user chat.User) (bool, error) {
	if room == chat.General {
		return false, nil
	}
	if err := s.mustNotBeBanned(ctx, room, user.ID); err != nil {
		return false, err
	}
	_, err := s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.SAdd(ctx, keyUserRooms(user.ID), string(room))
		p.HDel(ctx, keyUserInvites(user.ID), string(room))
		return nil
	})
	if err != nil {
		return false, wrap("joining a room", err)
	}
	return s.admit(ctx, room, user)
}

// admit shows in the room's roll who is in. The user's own list comes before:
// it decides, and a repeated call mends the roll.
func (s *Store) admit(ctx context.Context, room chat.RoomID, user chat.User) (bool, error) {
	owned := ""
	if _, _, direct := room.Pair(); !direct {
		owned = "1"
	}
	added, err := s.roll(ctx, s.scripts.join, room, user, owned)
	if err != nil {
		return false, err
	}
	if added < 0 {
		// Banned since it was asked for.
		err := s.rdb.SRem(ctx, keyUserRooms(user.ID), string(room)).Err()
		return false, errors.Join(errBanned, wrap("leaving a room", err))
	}
	return added == 1, s.tellUser(ctx, user.ID)
}

var errBanned = chat.Errorf(chat.CodeRefused, "you are banned in this room")

// mustNotBeBanned tells somebody who is banned from a room for how long.
func (s *Store) mustNotBeBanned(ctx context.Context, room chat.RoomID, user chat.UserID) error {
	ban := chat.Sanction{Act: chat.ActBan, Target: chat.UserTarget(chat.User{ID: user})}
	text, err := s.rdb.HGet(ctx, keyRoomSanctions(room), ban.ID()).Result()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err != nil {
		return wrap("asking who is banned", err)
	}
	if ban, err = parseSanction(text); err != nil || !ban.Holds(time.Now()) {
		return err
	}
	return ban.InRoom(time.Now())
}

// RemoveMember implements chat.Rooms. The roll comes before the user's own list,
// so that whoever is on a roll is in the room: a post asks nothing else.
func (s *Store) RemoveMember(ctx context.Context, room chat.RoomID, user chat.User) (bool, error) {
	if _, err := s.roll(ctx, s.scripts.part, room, user); err != nil {
		return false, err
	}
	var was *redis.IntCmd
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		was = p.SRem(ctx, keyUserRooms(user.ID), string(room))
		p.HDel(ctx, keyUserDrafts(user.ID), string(room))
		p.HDel(ctx, keyUserMuted(user.ID), string(room))
		return nil
	})
	if err != nil {
		return false, wrap("leaving a room", err)
	}
	return was.Val() > 0, s.tellUser(ctx, user.ID)
}

// roll runs one of the scripts that change a room's roll.
func (s *Store) roll(ctx context.Context, script *redis.Script, room chat.RoomID, user chat.User, more ...any) (int, error) {
	keys := []string{
		keyRoomMembers(room), keyRoomHead(room), keyRoomFeed(room), keyRoomMeta(room), keyRoomJoined(room),
		keyRoomSanctions(room),
	}
	args := append([]any{s.publish, user.ID.String(), user.Name}, more...)
	changed, err := script.Run(ctx, s.rdb, keys, args...).Int()
	return changed, wrap("changing who is in a room", err)
}
