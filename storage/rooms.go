package storage

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

var errNoRoom = chat.Errorf(chat.CodeNotFound, "there is no such room")

const generalName = "general"

// general gives the room that every chat has, made again where Redis came back
// empty: it must not stay away, nor its name go to another room.
func (s *Store) general(ctx context.Context) (chat.Room, error) {
	if err := s.makeGeneral(ctx); err != nil {
		return chat.Room{}, err
	}
	return chat.Room{ID: chat.General, Name: generalName}, nil
}

func (s *Store) makeGeneral(ctx context.Context) error {
	name, err := chat.ParseRoomName(generalName)
	if err != nil {
		return err
	}
	if err := s.rdb.SetNX(ctx, keyRoomName(name), string(chat.General), 0).Err(); err != nil {
		return wrap("making a room", err)
	}
	return s.furnish(ctx, chat.General, name, 0)
}

// EnsureRoom implements chat.Rooms. As with users, the name's owner is settled
// first, and the rest may be done twice.
func (s *Store) EnsureRoom(ctx context.Context, name chat.Name, owner chat.UserID) (chat.Room, bool, error) {
	room, err := s.RoomByName(ctx, name)
	if chat.ErrorCode(err) != chat.CodeNotFound {
		return room, false, err
	}
	next, err := s.rdb.Incr(ctx, keyTotalRooms).Result()
	if err != nil {
		return room, false, wrap("numbering a room", err)
	}
	made, err := s.rdb.SetNX(ctx, keyRoomName(name), next, 0).Result()
	if err != nil {
		return room, false, wrap("naming a room", err)
	}
	id, err := s.rdb.Get(ctx, keyRoomName(name)).Result()
	if err != nil {
		return room, false, wrap("naming a room", err)
	}
	if err := s.furnish(ctx, chat.RoomID(id), name, owner); err != nil {
		return room, false, err
	}
	room, err = s.Room(ctx, chat.RoomID(id))
	return room, made, err
}

// furnish writes what a new public room has, where it is not there yet.
func (s *Store) furnish(ctx context.Context, id chat.RoomID, name chat.Name, owner chat.UserID) error {
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.HSetNX(ctx, keyRoomMeta(id), "owner", owner.String())
		p.HSetNX(ctx, keyRoomMeta(id), "access", "public")
		p.HSetNX(ctx, keyRoomMeta(id), "created", time.Now().UnixMilli())
		p.HSetNX(ctx, keyRoomMeta(id), "name", name.String())
		p.SAdd(ctx, keyRooms, string(id))
		return nil
	})
	return wrap("making a room", err)
}

// RoomByName implements chat.Rooms.
func (s *Store) RoomByName(ctx context.Context, name chat.Name) (chat.Room, error) {
	id, err := s.rdb.Get(ctx, keyRoomName(name)).Result()
	if errors.Is(err, redis.Nil) && name.String() == generalName {
		return s.general(ctx)
	}
	if errors.Is(err, redis.Nil) {
		return chat.Room{}, errNoRoom
	}
	if err != nil {
		return chat.Room{}, wrap("finding a room", err)
	}
	return s.Room(ctx, chat.RoomID(id))
}

// Room implements chat.Rooms. A direct room is there as soon as it is thought
// of: its id says all.
func (s *Store) Room(ctx context.Context, id chat.RoomID) (chat.Room, error) {
	if _, _, direct := id.Pair(); direct {
		return chat.Room{ID: id}, nil
	}
	f, err := s.rdb.HMGet(ctx, keyRoomMeta(id), metaFields...).Result()
	if err != nil {
		return chat.Room{}, wrap("reading a room", err)
	}
	room := room(id, f)
	switch {
	case room.Name != "":
		return room, nil
	case id == chat.General:
		return s.general(ctx)
	}
	return room, errNoRoom
}

var metaFields = []string{"name", "topic", "owner", "topic_by"}

func room(id chat.RoomID, fields []any) chat.Room {
	text := func(i int) string { t, _ := fields[i].(string); return t }
	return chat.Room{ID: id, Name: text(0), Topic: text(1), Owner: chat.UserID(number(fields[2])), TopicBy: text(3)}
}

// PublicRooms implements chat.Rooms.
func (s *Store) PublicRooms(ctx context.Context) ([]chat.RoomInfo, error) {
	ids, err := s.rdb.SMembers(ctx, keyRooms).Result()
	if err != nil {
		return nil, wrap("listing rooms", err)
	}
	metas := make([]*redis.SliceCmd, len(ids))
	heads := make([]*redis.SliceCmd, len(ids))
	counts := make([]*redis.IntCmd, len(ids))
	err = inBatches(ctx, s.rdb, len(ids), func(p redis.Pipeliner, i int) {
		id := chat.RoomID(ids[i])
		metas[i] = p.HMGet(ctx, keyRoomMeta(id), metaFields...)
		heads[i] = p.HMGet(ctx, keyRoomHead(id), headFields...)
		counts[i] = p.HLen(ctx, keyRoomMembers(id))
	})
	if err != nil {
		return nil, wrap("listing rooms", err)
	}
	infos := make([]chat.RoomInfo, len(ids))
	for i, id := range ids {
		infos[i] = chat.RoomInfo{
			Room: room(chat.RoomID(id), metas[i].Val()), Head: head(heads[i].Val()), Members: int(counts[i].Val()),
		}
	}
	return slices.DeleteFunc(infos, func(r chat.RoomInfo) bool { return r.Name == "" }), nil
}

// EnsureDirect implements chat.Rooms.
func (s *Store) EnsureDirect(ctx context.Context, a, b chat.User) (chat.Room, error) {
	room := chat.Room{ID: chat.Direct(a.ID, b.ID), Name: b.Name}
	for _, user := range []chat.User{a, b} {
		in, err := s.IsMember(ctx, room.ID, user.ID)
		if err == nil && !in {
			_, err = s.AddMember(ctx, room.ID, user)
		}
		if err != nil {
			return room, err
		}
	}
	return room, nil
}

// AddMember implements chat.Rooms.
func (s *Store) AddMember(ctx context.Context, room chat.RoomID, user chat.User) (bool, error) {
	if room == chat.General {
		return false, nil
	}
	// The user's own list first: it decides who is in. The room's roll only
	// shows them, and a repeated call mends it.
	if err := s.rdb.SAdd(ctx, keyUserRooms(user.ID), string(room)).Err(); err != nil {
		return false, wrap("joining a room", err)
	}
	added, err := s.roll(ctx, s.scripts.join, room, user)
	if err != nil {
		return false, err
	}
	return added, s.tellUser(ctx, user.ID)
}

// RemoveMember implements chat.Rooms.
func (s *Store) RemoveMember(ctx context.Context, room chat.RoomID, user chat.User) (bool, error) {
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
	if _, err := s.roll(ctx, s.scripts.part, room, user); err != nil {
		return false, err
	}
	return was.Val() > 0, s.tellUser(ctx, user.ID)
}

// roll runs one of the scripts that change a room's roll.
func (s *Store) roll(ctx context.Context, script *redis.Script, room chat.RoomID, user chat.User) (bool, error) {
	keys := []string{keyRoomMembers(room), keyRoomHead(room), keyRoomFeed(room)}
	changed, err := script.Run(ctx, s.rdb, keys, s.publish, user.ID.String(), user.Name).Bool()
	return changed, wrap("changing who is in a room", err)
}

// Members implements chat.Rooms.
func (s *Store) Members(ctx context.Context, room chat.RoomID) (chat.Roll, error) {
	var people *redis.MapStringStringCmd
	var version *redis.SliceCmd
	if err := s.readable(); err != nil {
		return chat.Roll{}, err
	}
	_, err := s.read.TxPipelined(ctx, func(p redis.Pipeliner) error {
		people = p.HGetAll(ctx, keyRoomMembers(room))
		version = p.HMGet(ctx, keyRoomHead(room), "roll")
		return nil
	})
	if err != nil {
		return chat.Roll{}, wrap("reading who is in a room", err)
	}
	roll := chat.Roll{Version: number(version.Val()[0]), People: make(map[chat.UserID]string, len(people.Val()))}
	for id, name := range people.Val() {
		roll.People[chat.UserID(number(id))] = name
	}
	return roll, nil
}

// IsMember implements chat.Rooms.
func (s *Store) IsMember(ctx context.Context, room chat.RoomID, user chat.UserID) (bool, error) {
	if room == chat.General {
		return true, nil
	}
	in, err := s.rdb.SIsMember(ctx, keyUserRooms(user), string(room)).Result()
	return in, wrap("asking who is in a room", err)
}

// SetTopic implements chat.Rooms.
func (s *Store) SetTopic(ctx context.Context, room chat.RoomID, topic string, by chat.User) error {
	err := s.scripts.topic.Run(ctx, s.rdb, []string{keyRoomMeta(room), keyRoomFeed(room)}, s.publish, topic, by.Name).Err()
	return wrap("setting a topic", err)
}

// Seats implements chat.Rooms, in two round trips.
func (s *Store) Seats(ctx context.Context, user chat.UserID) ([]chat.Seat, error) {
	var rooms *redis.StringSliceCmd
	var read *redis.MapStringStringCmd
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		rooms = p.SMembers(ctx, keyUserRooms(user))
		read = p.HGetAll(ctx, keyUserRead(user))
		return nil
	})
	if err != nil {
		return nil, wrap("listing a user's rooms", err)
	}
	ids := append(rooms.Val(), string(chat.General))
	metas := make([]*redis.SliceCmd, len(ids))
	heads := make([]*redis.SliceCmd, len(ids))
	err = inBatches(ctx, s.rdb, len(ids), func(p redis.Pipeliner, i int) {
		metas[i] = s.meta(ctx, p, chat.RoomID(ids[i]), user)
		heads[i] = p.HMGet(ctx, keyRoomHead(chat.RoomID(ids[i])), headFields...)
	})
	if err != nil {
		return nil, wrap("listing a user's rooms", err)
	}
	seats := make([]chat.Seat, len(ids))
	for i, id := range ids {
		mark, _ := strconv.ParseInt(read.Val()[id], 10, 64)
		seats[i] = chat.Seat{
			Room: room(chat.RoomID(id), metas[i].Val()), Head: head(heads[i].Val()), Read: chat.MessageID(mark),
		}
	}
	seats[len(seats)-1].Room.Name = generalName // also where Redis came back empty
	return seats, nil
}

// meta asks for a room's fields; a direct room is called like the other user.
func (s *Store) meta(ctx context.Context, p redis.Pipeliner, room chat.RoomID, me chat.UserID) *redis.SliceCmd {
	if peer, ok := room.Peer(me); ok {
		return p.HMGet(ctx, keyUser(peer), "name", "-", "-", "-")
	}
	return p.HMGet(ctx, keyRoomMeta(room), metaFields...)
}

// MarkRead implements chat.Rooms.
func (s *Store) MarkRead(ctx context.Context, user chat.UserID, room chat.RoomID, id chat.MessageID) error {
	keys := []string{keyUserRead(user), keyUserFeed(user)}
	err := s.scripts.read.Run(ctx, s.rdb, keys, s.publish, string(room), int64(id)).Err()
	return wrap("keeping a read mark", err)
}
