package storage

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// RoomsNamed implements chat.Rooms. Private rooms are looked for in the user's
// own lists alone: there is no list of them to find them by.
func (s *Store) RoomsNamed(ctx context.Context, user chat.UserID, name chat.Name) (chat.Namesakes, error) {
	var rooms, invited *redis.StringSliceCmd
	var public *redis.StringCmd
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		rooms = p.SMembers(ctx, keyUserRooms(user))
		invited = p.HKeys(ctx, keyUserInvites(user))
		public = p.Get(ctx, keyRoomName(name))
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return chat.Namesakes{}, wrap("finding a room", err)
	}
	own, asked := privateIDs(rooms.Val()), privateIDs(invited.Val())
	ids := slices.Concat(own, asked)
	if id := public.Val(); id != "" {
		ids = append(ids, chat.RoomID(id))
	}
	found, err := s.roomsOf(ctx, ids)
	if err != nil {
		return chat.Namesakes{}, err
	}
	all := chat.Namesakes{
		Own: named(found[:len(own)], name), Invited: named(found[len(own):len(own)+len(asked)], name), Private: len(own),
	}
	if rest := found[len(own)+len(asked):]; len(rest) > 0 && rest[0].Name != "" {
		all.Public = rest[0]
	} else if name.String() == chat.GeneralName {
		all.Public, err = s.general(ctx)
	}
	return all, err
}

func privateIDs(ids []string) (private []chat.RoomID) {
	for _, id := range ids {
		if chat.RoomID(id).IsPrivate() {
			private = append(private, chat.RoomID(id))
		}
	}
	return private
}

// roomsOf reads rooms, in the order asked; one that is not there has no name.
func (s *Store) roomsOf(ctx context.Context, ids []chat.RoomID) ([]chat.Room, error) {
	metas := make([]*redis.SliceCmd, len(ids))
	err := inBatches(ctx, s.rdb, len(ids), func(p redis.Pipeliner, i int) {
		metas[i] = p.HMGet(ctx, keyRoomMeta(ids[i]), metaFields...)
	})
	if err != nil {
		return nil, wrap("reading rooms", err)
	}
	rooms := make([]chat.Room, len(ids))
	for i, id := range ids {
		rooms[i] = room(id, metas[i].Val())
	}
	return rooms, nil
}

// named gives those of the rooms that have the name, the oldest first.
func named(rooms []chat.Room, name chat.Name) (same []chat.Room) {
	for _, r := range rooms {
		if own, err := chat.ParseRoomName(r.Name); err == nil && own.Fold() == name.Fold() {
			same = append(same, r)
		}
	}
	slices.SortFunc(same, compareIDs)
	return same
}

// compareIDs orders private rooms by their numbers.
func compareIDs(a, b chat.Room) int {
	return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
}

// MakePrivate implements chat.Privacy.
func (s *Store) MakePrivate(ctx context.Context, name chat.Name, owner chat.User) (chat.Room, error) {
	id, err := s.numberRoom(ctx, "&")
	if err != nil {
		return chat.Room{}, err
	}
	if err := s.furnish(ctx, id, name, owner.ID); err != nil {
		return chat.Room{}, err
	}
	return s.Room(ctx, id)
}

// Invite implements chat.Privacy.
func (s *Store) Invite(ctx context.Context, room chat.RoomID, to chat.UserID, by string) error {
	keys := []string{keyUserRooms(to), keyUserInvites(to), keyUserFeed(to)}
	n, err := s.scripts.invite.Run(ctx, s.rdb, keys,
		s.publish, string(room), chat.LimitInvitations, formatInvitation(time.Now(), by)).Int()
	switch {
	case err != nil:
		return wrap("inviting somebody", err)
	case n == 0:
		return chat.Errorf(chat.CodeTaken, "they are in the room already")
	case n < 0:
		return chat.Errorf(chat.CodeRefused, "too many invitations wait for them")
	}
	return nil
}

// An invitation is kept as "TIME NAME": when, as Unix ms, and who invited.
func formatInvitation(at time.Time, by string) string {
	return strconv.FormatInt(at.UnixMilli(), 10) + " " + by
}

func parseInvitation(room chat.Room, text string) chat.Invitation {
	at, by, _ := strings.Cut(text, " ")
	return chat.Invitation{Room: room, By: by, At: moment(at)}
}

// Uninvite implements chat.Privacy.
func (s *Store) Uninvite(ctx context.Context, room chat.RoomID, to chat.UserID) (bool, error) {
	n, err := s.rdb.HDel(ctx, keyUserInvites(to), string(room)).Result()
	if err != nil || n == 0 {
		return false, wrap("taking an invitation back", err)
	}
	return true, s.tellUser(ctx, to)
}

// Accept implements chat.Privacy.
func (s *Store) Accept(ctx context.Context, room chat.RoomID, user chat.User) (bool, error) {
	if err := s.mustNotBeBanned(ctx, room, user.ID); err != nil {
		return false, err
	}
	keys := []string{keyUserRooms(user.ID), keyUserInvites(user.ID)}
	ok, err := s.scripts.accept.Run(ctx, s.rdb, keys, string(room)).Bool()
	if err != nil {
		return false, wrap("taking an invitation", err)
	}
	if !ok {
		return false, chat.Errorf(chat.CodeNotFound, "there is no invitation")
	}
	return s.admit(ctx, room, user)
}
