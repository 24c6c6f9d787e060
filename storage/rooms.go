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

// general gives the room that every chat has, made again where Redis came back
// empty: it must not stay away, nor its name go to another room.
func (s *Store) general(ctx context.Context) (chat.Room, error) {
	if err := s.makeGeneral(ctx); err != nil {
		return chat.Room{}, err
	}
	return chat.GeneralRoom(), nil
}

func (s *Store) makeGeneral(ctx context.Context) error {
	name, err := chat.ParseRoomName(chat.GeneralName)
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
	id, made, err := s.settleRoom(ctx, name)
	if err != nil {
		return room, false, err
	}
	if err := s.furnish(ctx, id, name, owner); err != nil {
		return room, false, err
	}
	room, err = s.Room(ctx, id)
	return room, made, err
}

// settleRoom gives the id of the room of the name, and whether it is new with us.
func (s *Store) settleRoom(ctx context.Context, name chat.Name) (id chat.RoomID, made bool, err error) {
	next, err := s.numberRoom(ctx, "")
	if err != nil {
		return "", false, err
	}
	made, err = s.rdb.SetNX(ctx, keyRoomName(name), string(next), 0).Result()
	if err != nil {
		return "", false, wrap("naming a room", err)
	}
	if made {
		return next, true, nil
	}
	if err := s.rdb.Del(ctx, keyRoomMeta(next)).Err(); err != nil {
		return "", false, wrap("giving a number back", err)
	}
	held, err := s.rdb.Get(ctx, keyRoomName(name)).Result()
	return chat.RoomID(held), false, wrap("naming a room", err)
}

// numberRoom gives the id of a new room, behind what ids of its kind begin with.
func (s *Store) numberRoom(ctx context.Context, kind string) (id chat.RoomID, err error) {
	_, err = s.count(ctx, keyTotalRooms, func(n int64) (bool, error) {
		id = chat.RoomID(kind + strconv.FormatInt(n, 10))
		free, err := s.rdb.HSetNX(ctx, keyRoomMeta(id), "created", time.Now().UnixMilli()).Result()
		return free, wrap("numbering a room", err)
	})
	return id, err
}

// furnish writes what a new room has, where it is not there yet. A private one
// is in no list but those of its members.
func (s *Store) furnish(ctx context.Context, id chat.RoomID, name chat.Name, owner chat.UserID) error {
	access := "public"
	if id.IsPrivate() {
		access = "private"
	}
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.HSetNX(ctx, keyRoomMeta(id), "owner", owner.String())
		p.HSetNX(ctx, keyRoomMeta(id), "access", access)
		p.HSetNX(ctx, keyRoomMeta(id), "created", time.Now().UnixMilli())
		p.HSetNX(ctx, keyRoomMeta(id), "name", name.String())
		if !id.IsPrivate() {
			p.SAdd(ctx, keyRooms, string(id))
		}
		return nil
	})
	return wrap("making a room", err)
}

// RoomByName implements chat.Rooms.
func (s *Store) RoomByName(ctx context.Context, name chat.Name) (chat.Room, error) {
	id, err := s.rdb.Get(ctx, keyRoomName(name)).Result()
	if errors.Is(err, redis.Nil) && name.String() == chat.GeneralName {
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

// PublicRooms implements chat.Rooms.
func (s *Store) PublicRooms(ctx context.Context) ([]chat.RoomInfo, error) {
	ids, err := s.rdb.SMembers(ctx, keyRooms).Result()
	if err != nil {
		return nil, wrap("listing rooms", err)
	}
	list := make([]chat.RoomID, len(ids))
	for i, id := range ids {
		list[i] = chat.RoomID(id)
	}
	rooms, err := s.roomsOf(ctx, list)
	if err != nil {
		return nil, err
	}
	// One that is only half made has no name yet.
	return s.RoomInfos(ctx, slices.DeleteFunc(rooms, func(r chat.Room) bool { return r.Name == "" }))
}

// RoomInfos implements chat.Rooms.
func (s *Store) RoomInfos(ctx context.Context, rooms []chat.Room) ([]chat.RoomInfo, error) {
	heads := make([]*redis.SliceCmd, len(rooms))
	counts := make([]*redis.IntCmd, len(rooms))
	last := make([]*redis.StringSliceCmd, len(rooms))
	err := inBatches(ctx, s.rdb, len(rooms), func(p redis.Pipeliner, i int) {
		heads[i] = p.HMGet(ctx, keyRoomHead(rooms[i].ID), headFields...)
		counts[i] = p.HLen(ctx, keyRoomMembers(rooms[i].ID))
		last[i] = p.ZRange(ctx, keyRoom(rooms[i].ID), -1, -1)
	})
	if err != nil {
		return nil, wrap("listing rooms", err)
	}
	infos := make([]chat.RoomInfo, len(rooms))
	for i, room := range rooms {
		newest, _, err := s.messages(room.ID, last[i].Val(), false)
		if err != nil {
			return nil, err
		}
		infos[i] = chat.RoomInfo{Room: room, Head: head(heads[i].Val()), Members: int(counts[i].Val())}
		if len(newest) > 0 {
			infos[i].Last = newest[0]
		}
	}
	return infos, nil
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

// Members implements chat.Rooms.
func (s *Store) Members(ctx context.Context, room chat.RoomID) (chat.Roll, error) {
	var people *redis.MapStringStringCmd
	var version *redis.SliceCmd
	var away *redis.StringSliceCmd
	if err := s.readable(); err != nil {
		return chat.Roll{}, err
	}
	_, err := s.read.TxPipelined(ctx, func(p redis.Pipeliner) error {
		people = p.HGetAll(ctx, keyRoomMembers(room))
		version = p.HMGet(ctx, keyRoomHead(room), "roll")
		if room == chat.General {
			away = p.SMembers(ctx, keyAway)
		}
		return nil
	})
	if err != nil {
		return chat.Roll{}, wrap("reading who is in a room", err)
	}
	roll := chat.Roll{Version: number(version.Val()[0]), People: make(map[chat.UserID]string, len(people.Val()))}
	for id, name := range people.Val() {
		roll.People[chat.UserID(number(id))] = name
	}
	if away != nil {
		for _, id := range away.Val() {
			put(&roll.Away, chat.UserID(number(id)), true)
		}
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
	keys := []string{keyRoomMeta(room), keyRoomFeed(room), keyRoomSanctions(room)}
	_, err := verdict("setting a topic", s.scripts.topic.Run(ctx, s.rdb, keys, s.publish, topic, by.Name, by.ID.String()))
	return err
}

// MarkRead implements chat.Rooms.
func (s *Store) MarkRead(ctx context.Context, marks ...chat.ReadMark) error {
	err := inBatches(ctx, s.rdb, len(marks), func(p redis.Pipeliner, i int) {
		m := marks[i]
		keys := []string{keyUserRead(m.User), keyUserFeed(m.User), keyUser(m.User)}
		// In a pipeline there is nobody to send the script when Redis lacks it.
		s.scripts.read.Eval(ctx, p, keys, s.publish, string(m.Room), int64(m.ID))
	})
	return wrap("keeping read marks", err)
}
