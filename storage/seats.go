package storage

import (
	"cmp"
	"context"
	"maps"
	"slices"
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

// seats gives what the rooms are like that the user is in, general among them,
// or may come into, and reads it where it was not asked for yet.
func (s *Store) seats(ctx context.Context, u *userNow, rooms *roomsOf) ([]chat.Seat, []chat.Invitation, error) {
	in := len(u.rooms) + 1
	ids := append(slices.Clip(u.rooms), string(chat.General))
	ids = slices.AppendSeq(ids, maps.Keys(u.invites))
	if err := rooms.read(ctx, ids); err != nil {
		return nil, nil, wrap("listing a user's rooms", err)
	}
	all := make([]chat.Seat, len(ids))
	for i, id := range ids {
		all[i] = seat(chat.RoomID(id), u.id, rooms.metas[id].Val())
		all[i].Head, all[i].Read = head(rooms.heads[id].Val()), chat.MessageID(number(u.read[id]))
	}
	seats := all[:in:in]
	seats[in-1].Room.Name = chat.GeneralName // also where Redis came back empty
	return seats, invitations(all[in:], u.invites), nil
}

// roomsOf is what rooms are like, as one user has them.
type roomsOf struct {
	store        *Store
	me           chat.UserID
	metas, heads map[string]*redis.SliceCmd
}

func newRoomsOf(s *Store, me chat.UserID) *roomsOf {
	return &roomsOf{s, me, map[string]*redis.SliceCmd{}, map[string]*redis.SliceCmd{}}
}

// ask asks for a room.
func (r *roomsOf) ask(ctx context.Context, p redis.Pipeliner, id string) {
	r.metas[id] = r.store.meta(ctx, p, chat.RoomID(id), r.me)
	r.heads[id] = p.HMGet(ctx, keyRoomHead(chat.RoomID(id)), headFields...)
}

// guessedAtOnce is how many rooms are asked for before it is known whether the
// user is in them.
const guessedAtOnce = 100

// read asks for those rooms that were not asked for yet, and remembers which
// there were.
func (r *roomsOf) read(ctx context.Context, ids []string) error {
	r.store.guesses.Keep(r.me, slices.Clone(ids[:min(len(ids), guessedAtOnce)]))
	missing := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return r.metas[id] != nil })
	return inBatches(ctx, r.store.rdb, len(missing), func(p redis.Pipeliner, i int) { r.ask(ctx, p, missing[i]) })
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
