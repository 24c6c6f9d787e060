package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// DoorSalt implements chat.Privacy.
func (s *Store) DoorSalt(ctx context.Context) ([]byte, error) {
	salt, err := s.rdb.Get(ctx, keyDoorSalt).Bytes()
	if !errors.Is(err, redis.Nil) {
		return salt, wrap("reading the salt", err)
	}
	if err := s.rdb.SetNX(ctx, keyDoorSalt, rand.Text(), 0).Err(); err != nil {
		return nil, wrap("making the salt", err)
	}
	salt, err = s.rdb.Get(ctx, keyDoorSalt).Bytes()
	return salt, wrap("reading the salt", err)
}

// Door implements chat.Privacy. The room has the last word: of what was its
// door once nothing is left but the way to it.
func (s *Store) Door(ctx context.Context, door string) (chat.Room, error) {
	id, err := s.rdb.Get(ctx, keyDoor(door)).Result()
	if errors.Is(err, redis.Nil) {
		return chat.Room{}, errNoRoom
	}
	if err != nil {
		return chat.Room{}, wrap("trying a door", err)
	}
	now, err := s.doorOf(ctx, chat.RoomID(id))
	if err != nil {
		return chat.Room{}, err
	}
	if now != door {
		return chat.Room{}, errNoRoom
	}
	return s.Room(ctx, chat.RoomID(id))
}

// doorOf gives the door of a room, "" where it has none.
func (s *Store) doorOf(ctx context.Context, room chat.RoomID) (string, error) {
	door, err := s.rdb.HGet(ctx, keyRoomMeta(room), "door").Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return door, wrap("asking for a room's door", err)
}

// SetDoor implements chat.Privacy. The way to the room is made first and that
// from the door before goes last.
func (s *Store) SetDoor(ctx context.Context, room chat.RoomID, by chat.User, door string) error {
	did := chat.DidUnlock
	if door != "" {
		did = chat.DidLock
		if err := s.claimDoor(ctx, room, door); err != nil {
			return err
		}
	}
	before, err := s.adjust(ctx, room, by, chat.RoleOwner, "door", door, chat.Doing{Verb: did})
	if err != nil || before == door {
		return err
	}
	return s.releaseDoor(ctx, room, before)
}

// claimDoor has a door lead to the room, unless it is the door of another one.
func (s *Store) claimDoor(ctx context.Context, room chat.RoomID, door string) error {
	for range 3 {
		ok, err := s.scripts.claim.Run(ctx, s.rdb, []string{keyDoor(door)}, string(room)).Bool()
		if err != nil || ok {
			return wrap("making a door", err)
		}
		other, err := s.Door(ctx, door)
		if err == nil && other.ID != room {
			return chat.Errorf(chat.CodeTaken, "it is another room's door")
		}
		if err != nil && chat.ErrorCode(err) != chat.CodeNotFound {
			return err
		}
		// It led to a room that has another door by now.
		if err := s.forgetDoor(ctx, door); err != nil {
			return err
		}
	}
	return fmt.Errorf("making a door: others are at it all the time")
}

// forgetDoor takes away where a door leads that its room does not have any more.
func (s *Store) forgetDoor(ctx context.Context, door string) error {
	id, err := s.rdb.Get(ctx, keyDoor(door)).Result()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err != nil {
		return wrap("trying a door", err)
	}
	return s.releaseDoor(ctx, chat.RoomID(id), door)
}

func (s *Store) releaseDoor(ctx context.Context, room chat.RoomID, door string) error {
	return wrap("closing a door", s.scripts.release.Run(ctx, s.rdb, []string{keyDoor(door)}, string(room)).Err())
}
