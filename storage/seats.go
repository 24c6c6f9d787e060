package storage

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// metaFields are what room reads.
var metaFields = []string{"name", "topic", "owner", "topic_by", "archived", "slow", "door"}

func room(id chat.RoomID, fields []any) chat.Room {
	text := func(i int) string { t, _ := fields[i].(string); return t }
	return chat.Room{
		ID: id, Name: text(0), Topic: text(1), Owner: chat.UserID(number(fields[2])), TopicBy: text(3),
		Private: id.IsPrivate(), Archived: text(4) != "",
		Slow: time.Duration(number(fields[5])) * time.Millisecond, Locked: text(6) != "",
	}
}

// seatFields are metaFields and, last, what makes the user a moderator.
func seatFields(user chat.UserID) []string {
	return append(slices.Clip(metaFields), fieldModerator(user))
}

// called gives a room with somebody who is gone a name to be told by.
func called(r chat.Room, me chat.UserID) chat.Room {
	if peer, direct := r.ID.Peer(me); direct && r.Name == "" {
		r.Name = "gone-" + peer.String()
	}
	return r
}

// fieldModerator is there in a room's meta while the user is a moderator.
func fieldModerator(user chat.UserID) string { return fieldModeratorPrefix + user.String() }

const fieldModeratorPrefix = "moderator:"

func seat(id chat.RoomID, user chat.UserID, fields []any) chat.Seat {
	s := chat.Seat{Room: called(room(id, fields), user)}
	moderates := fields[len(metaFields)] != nil
	switch {
	case s.Room.Owner == user:
		s.Role = chat.RoleOwner
	case moderates:
		s.Role = chat.RoleModerator
	}
	return s
}

// places are the lists of a user that say where they are, and may be.
type places struct {
	rooms   []string
	invited map[string]string
	read    map[string]string
}

func (s *Store) places(ctx context.Context, user chat.UserID) (places, error) {
	var rooms *redis.StringSliceCmd
	var invited, read *redis.MapStringStringCmd
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		rooms = p.SMembers(ctx, keyUserRooms(user))
		invited = p.HGetAll(ctx, keyUserInvites(user))
		read = p.HGetAll(ctx, keyUserRead(user))
		return nil
	})
	if err != nil {
		return places{}, wrap("listing a user's rooms", err)
	}
	return places{rooms: append(rooms.Val(), string(chat.General)), invited: invited.Val(), read: read.Val()}, nil
}

// Seats implements chat.Rooms, in two round trips.
func (s *Store) Seats(ctx context.Context, user chat.UserID) ([]chat.Seat, []chat.Invitation, error) {
	at, err := s.places(ctx, user)
	if err != nil {
		return nil, nil, err
	}
	ids := slices.Clone(at.rooms)
	for id := range at.invited {
		ids = append(ids, id)
	}
	metas := make([]*redis.SliceCmd, len(ids))
	heads := make([]*redis.SliceCmd, len(ids))
	err = inBatches(ctx, s.rdb, len(ids), func(p redis.Pipeliner, i int) {
		metas[i] = s.meta(ctx, p, chat.RoomID(ids[i]), user)
		heads[i] = p.HMGet(ctx, keyRoomHead(chat.RoomID(ids[i])), headFields...)
	})
	if err != nil {
		return nil, nil, wrap("listing a user's rooms", err)
	}
	all := make([]chat.Seat, len(ids))
	for i, id := range ids {
		mark, _ := strconv.ParseInt(at.read[id], 10, 64)
		all[i] = seat(chat.RoomID(id), user, metas[i].Val())
		all[i].Head, all[i].Read = head(heads[i].Val()), chat.MessageID(mark)
	}
	seats := all[:len(at.rooms):len(at.rooms)]
	seats[len(seats)-1].Room.Name = chat.GeneralName // also where Redis came back empty
	return seats, invitations(all[len(at.rooms):], at.invited), nil
}

// meta asks for a room's fields; a direct room is called like the other user.
func (s *Store) meta(ctx context.Context, p redis.Pipeliner, room chat.RoomID, me chat.UserID) *redis.SliceCmd {
	fields := seatFields(me)
	if peer, ok := room.Peer(me); ok {
		direct := make([]string, len(fields))
		for i := range direct {
			direct[i] = "-"
		}
		direct[0] = "name"
		return p.HMGet(ctx, keyUser(peer), direct...)
	}
	return p.HMGet(ctx, keyRoomMeta(room), fields...)
}

// invitations puts what is kept of invitations to the rooms that they are for.
func invitations(rooms []chat.Seat, kept map[string]string) (all []chat.Invitation) {
	for _, r := range rooms {
		if r.Room.Name != "" {
			all = append(all, parseInvitation(r.Room, kept[string(r.Room.ID)]))
		}
	}
	slices.SortFunc(all, func(a, b chat.Invitation) int {
		return cmp.Or(a.At.Compare(b.At), compareIDs(a.Room, b.Room))
	})
	return all
}
