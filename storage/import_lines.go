package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/storage/archive"
)

// take writes a line.
func (i *importer) take(ctx context.Context, l archive.Line) error {
	var err error
	switch {
	case l.Log != nil:
		delete(i.last, l.Log.Room)
		i.add(0, func(p redis.Pipeliner) { p.Unlink(ctx, keyRoom(l.Log.Room)) })
	case l.Message != nil:
		err = i.message(ctx, l.Message)
	case l.Room != nil:
		i.room(ctx, l.Room)
	case l.Member != nil:
		i.member(ctx, l.Member)
	case l.Sanction != nil:
		err = i.sanction(ctx, l.Sanction)
	case l.Pin != nil:
		i.add(0, func(p redis.Pipeliner) {
			p.ZAdd(ctx, keyRoomPins(l.Pin.Room), redis.Z{Score: float64(stamp(l.Pin.At)), Member: int64(l.Pin.ID)})
		})
	case l.Change != nil:
		err = i.change(ctx, l.Change)
	case l.RoomName != nil:
		i.set(ctx, keyFoldedRoomName(l.RoomName.Name), string(l.RoomName.Room), time.Time{})
	case l.Door != nil:
		i.set(ctx, keyDoor(l.Door.Door), string(l.Door.Room), time.Time{})
	case l.Deed != nil:
		err = i.deed(ctx, l.Deed)
	case l.Chat != nil:
		i.chat(ctx, l.Chat)
	case l.HostKey != nil:
		err = i.keep(l.HostKey.PEM)
	default:
		i.ofUser(ctx, l)
	}
	if err == nil && (len(i.batch) >= importBatch || i.bytes >= importBytes) {
		err = i.flush(ctx)
	}
	return err
}

func (i *importer) ofUser(ctx context.Context, l archive.Line) {
	switch {
	case l.User != nil:
		i.user(ctx, l.User)
	case l.Seat != nil:
		i.seat(ctx, l.Seat)
	case l.Invitation != nil:
		v := l.Invitation
		i.hash(ctx, keyUserInvites(v.User), string(v.Room), formatInvitation(v.At, v.By))
	case l.Ignored != nil:
		i.hash(ctx, keyUserIgnored(l.Ignored.User), l.Ignored.Other.String(), l.Ignored.Name)
	case l.Key != nil:
		i.set(ctx, keyKey(l.Key.Fingerprint), l.Key.User.String(), time.Time{})
		i.hash(ctx, keyUserKeys(l.Key.User), l.Key.Fingerprint, l.Key.Line)
	case l.UserName != nil:
		i.set(ctx, keyFoldedUsername(l.UserName.Name), l.UserName.User.String(), l.UserName.Until)
	case l.Place != nil:
		offer := l.Place.By.String()
		if l.Place.Taker != "" {
			offer += " " + l.Place.Taker
		}
		i.set(ctx, keyPlace(l.Place.Code), offer, l.Place.Until)
	}
}

// set sets a key, until a time where there is one.
func (i *importer) set(ctx context.Context, key, value string, until time.Time) {
	i.add(len(value), func(p redis.Pipeliner) {
		p.Set(ctx, key, value, 0)
		if !until.IsZero() {
			p.PExpireAt(ctx, key, until)
		}
	})
}

// hash sets fields of a hash; empty ones are none.
func (i *importer) hash(ctx context.Context, key string, pairs ...string) {
	var set []any
	size := 0
	for n := 0; n < len(pairs); n += 2 {
		if pairs[n+1] != "" {
			set, size = append(set, pairs[n], pairs[n+1]), size+len(pairs[n+1])
		}
	}
	if len(set) > 0 {
		i.add(size, func(p redis.Pipeliner) { p.HSet(ctx, key, set...) })
	}
}

// positive is a number as a field holds it; "" for 0.
func positive(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// entry adds a JSON value to a sorted set.
func (i *importer) entry(ctx context.Context, key string, score int64, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encoding an entry of %s: %w", key, err)
	}
	i.add(len(text), func(p redis.Pipeliner) { p.ZAdd(ctx, key, redis.Z{Score: float64(score), Member: text}) })
	return nil
}

// message writes a message, in the place of one of the same number.
func (i *importer) message(ctx context.Context, m *archive.Message) error {
	id := strconv.FormatInt(int64(m.ID), 10)
	if m.ID <= i.last[m.Room] {
		i.add(0, func(p redis.Pipeliner) { p.ZRemRangeByScore(ctx, keyRoom(m.Room), id, id) })
	}
	i.last[m.Room] = max(i.last[m.Room], m.ID)
	return i.entry(ctx, keyRoom(m.Room), int64(m.ID), record{
		ID: m.ID, Rev: m.Rev, At: stamp(m.At), Prev: m.Prev,
		said:   said{Key: m.Key, From: m.From, Name: m.Name, Kind: m.Kind, Body: m.Body, ReplyTo: m.ReplyTo},
		Edited: stamp(m.Edited), Deleted: stamp(m.Deleted), Reactions: m.Reactions,
	})
}

func (i *importer) room(ctx context.Context, r *archive.Room) {
	pairs := []string{
		"name", r.Name, "topic", r.Topic, "topic_by", r.TopicBy, "owner", r.Owner, "access", r.Access, "created", fieldTime(r.Created),
		"archived", flag(r.Archived), "slow", positive(r.SlowMillis), "door", r.Door,
	}
	for _, id := range r.Moderators {
		pairs = append(pairs, fieldModerator(id), "1")
	}
	i.until = r.KeptUntil
	i.hash(ctx, keyRoomMeta(r.ID), pairs...)
	i.hash(ctx, keyRoomHead(r.ID), "id", positive(int64(r.Last)), "rev", positive(r.Rev), "key", r.Key, "roll", positive(r.Roll))
	i.add(0, func(p redis.Pipeliner) {
		if r.Listed {
			p.SAdd(ctx, keyRooms, string(r.ID))
		}
	})
	i.expire(ctx, keyRoom(r.ID))
}

// expire has a key of the room's go when its messages do.
func (i *importer) expire(ctx context.Context, key string) {
	if until := i.until; !until.IsZero() {
		i.add(0, func(p redis.Pipeliner) { p.PExpireAt(ctx, key, until) })
	}
}

func (i *importer) member(ctx context.Context, m *archive.Member) {
	i.hash(ctx, keyRoomMembers(m.Room), m.User.String(), m.Name)
	if m.Joined != 0 {
		i.add(0, func(p redis.Pipeliner) {
			p.ZAdd(ctx, keyRoomJoined(m.Room), redis.Z{Score: float64(m.Joined), Member: m.User.String()})
		})
	}
}

func (i *importer) sanction(ctx context.Context, s *archive.Sanction) error {
	text, err := formatSanction(chat.Sanction{
		Act: s.Act, Target: chat.Target{Kind: s.Kind, ID: s.ID, Name: s.Name}, Until: s.Until, Why: s.Why, By: s.By, At: s.At,
	})
	if err != nil {
		return err
	}
	key := keyHouseSanctions
	if s.Room != "" {
		key = keyRoomSanctions(s.Room)
	}
	i.hash(ctx, key, sanctionField(s), text)
	return nil
}

func (i *importer) change(ctx context.Context, c *archive.Change) error {
	err := i.entry(ctx, keyRoomChanges(c.Room), c.Rev, changeRecord{
		Rev: c.Rev, Key: c.Key, Prev: c.Prev, ID: c.ID, Act: c.Act, By: c.By, Emoji: c.Emoji,
	})
	i.expire(ctx, keyRoomChanges(c.Room))
	return err
}

func (i *importer) deed(ctx context.Context, d *archive.Deed) error {
	return i.entry(ctx, keyHouseAudit, d.ID, deedRecord{
		ID: d.ID, At: stamp(d.At), By: d.By, ByID: d.ByID, Act: d.Act, Room: d.Room, Target: d.Target, Until: stamp(d.Until), Why: d.Why,
	})
}

func (i *importer) user(ctx context.Context, u *archive.User) {
	pairs := []string{
		"name", u.Name, "created", fieldTime(u.Created), "seen", fieldTime(u.Seen), "came_by", u.CameBy, "came_from", u.CameFrom,
		"place", string(u.Place), "away", u.Away, "away_at", fieldTime(u.AwayAt),
	}
	for name, word := range u.Settings {
		pairs = append(pairs, name, word)
	}
	i.hash(ctx, keyUser(u.ID), pairs...)
	if u.Away != "" {
		i.add(0, func(p redis.Pipeliner) { p.SAdd(ctx, keyAway, u.ID.String()) })
	}
}

func (i *importer) seat(ctx context.Context, s *archive.Seat) {
	room := string(s.Room)
	if s.Member {
		i.add(0, func(p redis.Pipeliner) { p.SAdd(ctx, keyUserRooms(s.User), room) })
	}
	i.hash(ctx, keyUserRead(s.User), room, positive(int64(s.Read)))
	i.hash(ctx, keyUserMuted(s.User), room, flag(s.Quiet))
	i.hash(ctx, keyUserDrafts(s.User), room, s.Draft)
}

// chat writes what there is once.
func (i *importer) chat(ctx context.Context, c *archive.Chat) {
	i.hash(ctx, keyHouse, "version", c.Version, "motd", c.MOTD, "lockdown", fieldTime(c.Lockdown), "deeds", positive(c.Deeds))
	for key, value := range map[string]string{
		keyTotalUsers: positive(c.Users), keyTotalRooms: positive(c.Rooms), keyDoorSalt: c.DoorSalt,
	} {
		if value != "" {
			i.set(ctx, key, value, time.Time{})
		}
	}
}
