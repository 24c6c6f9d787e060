package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/storage/archive"
)

const (
	// exportPage is how many messages are read at a time.
	exportPage = 500
	// exportTries is how often a room's messages are begun anew, where more
	// became of them meanwhile than is remembered one by one.
	exportTries = 3
)

// logs writes the messages of all rooms, from where they are written already.
func (e *export) logs(ctx context.Context) error {
	total, err := e.stillToCome(ctx)
	if err != nil {
		return err
	}
	total += e.to.Messages()
	for _, room := range e.found.rooms {
		if err := e.log(ctx, room, total); err != nil {
			return err
		}
	}
	return nil
}

// stillToCome counts the messages that are not written.
func (e *export) stillToCome(ctx context.Context) (n int64, err error) {
	counts, err := values(ctx, e.Store, "counting messages", len(e.found.rooms), func(p redis.Pipeliner, i int) *redis.IntCmd {
		id := e.found.rooms[i]
		return p.ZCount(ctx, keyRoom(id), behind(e.reach(id).ID), "+inf")
	})
	for _, c := range counts {
		n += c.Val()
	}
	return n, err
}

func behind(id chat.MessageID) string { return "(" + strconv.FormatInt(int64(id), 10) }

func (e *export) reach(id chat.RoomID) archive.Reach {
	if at := e.to.Reach(id); at != nil {
		return *at
	}
	return archive.Reach{}
}

// log writes the messages of a room that are not written yet.
func (e *export) log(ctx context.Context, id chat.RoomID, total int64) error {
	if e.to.Reach(id) == nil {
		if err := e.begin(ctx, id); err != nil {
			return err
		}
	}
	for {
		var texts []string
		err := e.insist(ctx, func() (err error) {
			texts, err = e.rdb.ZRangeArgs(ctx, redis.ZRangeArgs{
				Key: keyRoom(id), Start: behind(e.reach(id).ID), Stop: "+inf", ByScore: true, Count: exportPage,
			}).Result()
			return wrap("reading messages", err)
		})
		if err == nil {
			err = forEach(texts, func(text string) error { return e.message(id, text) })
		}
		if err != nil {
			return err
		}
		e.tell(total)
		if len(texts) < exportPage {
			return e.to.Flush()
		}
	}
}

func forEach[T any](list []T, do func(T) error) error {
	for _, one := range list {
		if err := do(one); err != nil {
			return err
		}
	}
	return nil
}

// begin says that a room's messages follow.
func (e *export) begin(ctx context.Context, id chat.RoomID) error {
	var now chat.Head
	err := e.insist(ctx, func() error {
		f, err := e.rdb.HMGet(ctx, keyRoomHead(id), headFields...).Result()
		if err == nil {
			now = head(f)
		}
		return wrap("reading a room", err)
	})
	if err != nil {
		return err
	}
	return e.to.Write(archive.Line{Log: &archive.Log{Room: id, Last: now.ID, Rev: now.Rev}})
}

func (e *export) message(room chat.RoomID, text string) error {
	var r record
	if err := strict(keyRoom(room), text, &r); err != nil {
		return err
	}
	return e.to.Write(archive.Line{Message: &archive.Message{
		Room: room, ID: r.ID, Rev: r.Rev, At: when(r.At), Prev: r.Prev, Key: r.Key, From: r.From, Name: r.Name, Kind: r.Kind,
		Body: r.Body, ReplyTo: r.ReplyTo, Edited: when(r.Edited), Deleted: when(r.Deleted), Reactions: r.Reactions,
	}})
}

// strict reads a JSON value; what it has that this version does not know is an error.
func strict(key, text string, into any) error {
	if err := legible(key, text); err != nil {
		return err
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if field, unknown := strings.CutPrefix(fmt.Sprint(err), "json: unknown field "); unknown {
		return errUnknown("the field", key+" "+strings.Trim(field, `"`))
	}
	if err != nil {
		return fmt.Errorf("decoding an entry of %s: %w", key, err)
	}
	return nil
}

// legible fails for a value that JSON cannot hold as it is.
func legible(key string, values ...string) error {
	for _, v := range values {
		if !utf8.ValidString(v) {
			return fmt.Errorf("the key %s has a value that is not UTF-8, and would not be kept as it is: %.40q", key, v)
		}
	}
	return nil
}

// rooms writes each room as it is at a moment, with what became of its
// messages since they were written.
func (e *export) rooms(ctx context.Context) error {
	for _, id := range e.found.rooms {
		if e.written[id] {
			continue
		}
		if err := e.room(ctx, id); err != nil {
			return err
		}
		e.written[id] = true
	}
	return e.to.Flush()
}

func (e *export) room(ctx context.Context, id chat.RoomID) error {
	if e.to.Reach(id) == nil {
		if err := e.begin(ctx, id); err != nil {
			return err
		}
	}
	for tries := 0; ; {
		now, err := e.readRoom(ctx, id)
		if err != nil {
			return err
		}
		switch {
		case now.strayed(e.reach(id)) && tries == exportTries:
			return fmt.Errorf("room %s changes faster than it can be read: try again at a quieter time", id)
		case now.strayed(e.reach(id)):
			tries++
			err = errors.Join(e.begin(ctx, id), e.log(ctx, id, 0))
		default:
			err = forEach(slices.Concat(now.posts, now.changed), func(text string) error { return e.message(id, text) })
			if err == nil && len(now.posts) < changesKept {
				return e.write(now)
			}
		}
		if err != nil {
			return err
		}
	}
}

// roomNow is a room at one moment.
type roomNow struct {
	id        chat.RoomID
	head      chat.Head
	posts     []string // behind the last one that is written
	changes   int      // others than posts, since the messages were begun
	changed   []string // their messages
	meta      fields
	roll      int64
	listed    bool
	members   map[string]string
	joined    map[string]int64
	sanctions map[string]string
	pins      []redis.Z
	log       []string // of changes
	left      *redis.DurationCmd
}

// strayed tells whether what is written of the messages cannot be made good by
// writing what changed: too much did, or the history is another one.
func (r *roomNow) strayed(at archive.Reach) bool {
	posted := int64(r.head.ID - at.Last)
	return posted < 0 || r.head.ID < at.ID || int64(r.changes) < r.head.Rev-at.Rev-posted
}

func (e *export) readRoom(ctx context.Context, id chat.RoomID) (now *roomNow, err error) {
	err = e.insist(ctx, func() error {
		now, err = e.readRoomOnce(ctx, id)
		return wrap("reading a room", err)
	})
	return now, err
}

func (e *export) readRoomOnce(ctx context.Context, id chat.RoomID) (*roomNow, error) {
	at, now := e.reach(id), &roomNow{id: id}
	var span *redis.Cmd
	var meta, members, sanctions *redis.MapStringStringCmd
	var roll *redis.SliceCmd
	var joined, pins *redis.ZSliceCmd
	var log *redis.StringSliceCmd
	_, err := e.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		keys := []string{keyRoom(id), keyRoomHead(id), keyRoomChanges(id)}
		span = e.scripts.changes.Eval(ctx, p, keys, at.Rev, int64(at.ID), changesKept)
		meta, members = p.HGetAll(ctx, keyRoomMeta(id)), p.HGetAll(ctx, keyRoomMembers(id))
		sanctions, roll = p.HGetAll(ctx, keyRoomSanctions(id)), p.HMGet(ctx, keyRoomHead(id), "roll")
		joined, pins = p.ZRangeWithScores(ctx, keyRoomJoined(id), 0, -1), p.ZRangeWithScores(ctx, keyRoomPins(id), 0, -1)
		log, now.left = p.ZRange(ctx, keyRoomChanges(id), 0, -1), p.PTTL(ctx, keyRoom(id))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if now.listed, err = e.rdb.SIsMember(ctx, keyRooms, string(id)).Result(); err != nil {
		return nil, err
	}
	now.meta, now.members, now.sanctions, now.pins, now.log = meta.Val(), members.Val(), sanctions.Val(), pins.Val(), log.Val()
	now.roll, now.joined = number(roll.Val()[0]), map[string]int64{}
	for _, z := range joined.Val() {
		now.joined[fmt.Sprint(z.Member)] = int64(z.Score)
	}
	return now, now.span(span)
}

// span takes what the script answers: the head, the oldest message, posts,
// other changes, and the messages of those.
func (r *roomNow) span(cmd *redis.Cmd) error {
	parts, err := cmd.Slice()
	if err != nil || len(parts) != 5 {
		return errors.Join(err, errors.New("the answer has another shape"))
	}
	lists := make([][]string, len(parts))
	for i, part := range parts {
		list, _ := part.([]any)
		for _, text := range list {
			lists[i] = append(lists[i], string(fmt.Append(nil, text)))
		}
	}
	heads, _ := parts[0].([]any)
	if len(heads) != len(headFields) {
		return errors.New("the answer has another shape")
	}
	r.head, r.posts, r.changes, r.changed = head(heads), lists[2], len(lists[3]), lists[4]
	return nil
}

// write writes the lines of a room that has been caught up with.
func (e *export) write(now *roomNow) error {
	room, err := now.record()
	if err != nil {
		return err
	}
	if err := e.to.Write(archive.Line{Room: room}); err != nil {
		return err
	}
	if err := e.members(now); err != nil {
		return err
	}
	if err := e.sanctions(now.id, keyRoomSanctions(now.id), now.sanctions); err != nil {
		return err
	}
	err = lines(e, now.pins, func(z redis.Z) archive.Line {
		return archive.Line{Pin: &archive.Pin{Room: now.id, ID: chat.MessageID(number(z.Member)), At: when(int64(z.Score))}}
	})
	if err != nil {
		return err
	}
	return forEach(now.log, func(text string) error {
		var c changeRecord
		if err := strict(keyRoomChanges(now.id), text, &c); err != nil {
			return err
		}
		return e.to.Write(archive.Line{Change: &archive.Change{
			Room: now.id, Rev: c.Rev, Key: c.Key, Prev: c.Prev, ID: c.ID, Act: c.Act, By: c.By, Emoji: c.Emoji,
		}})
	})
}

func (r *roomNow) record() (*archive.Room, error) {
	f := r.meta
	if err := legible(keyRoomMeta(r.id), slices.Collect(maps.Values(f))...); err != nil {
		return nil, err
	}
	room := &archive.Room{
		ID: r.id, Name: f.take("name"), Topic: f.take("topic"), TopicBy: f.take("topic_by"), Owner: f.take("owner"),
		Access: f.take("access"), Created: when(f.number("created")), Archived: f.take("archived") != "",
		SlowMillis: f.number("slow"), Door: f.take("door"), Listed: r.listed,
		Last: r.head.ID, Rev: r.head.Rev, Key: r.head.Key, Roll: r.roll, KeptUntil: expiry(r.left.Val()),
	}
	for name := range f {
		if user, ok := strings.CutPrefix(name, fieldModeratorPrefix); ok {
			room.Moderators = append(room.Moderators, chat.UserID(number(user)))
			delete(f, name)
		}
	}
	slices.Sort(room.Moderators)
	return room, f.rest(keyRoomMeta(r.id))
}

// members writes who is in a room; in general that is who is here just now.
func (e *export) members(now *roomNow) error {
	if now.id == chat.General {
		return nil
	}
	if err := legible(keyRoomMembers(now.id), slices.Collect(maps.Values(now.members))...); err != nil {
		return err
	}
	ids := slices.SortedFunc(maps.Keys(now.members), func(a, b string) int {
		return cmp.Or(cmp.Compare(now.joined[a], now.joined[b]), cmp.Compare(number(a), number(b)))
	})
	return lines(e, ids, func(id string) archive.Line {
		return archive.Line{Member: &archive.Member{
			Room: now.id, User: chat.UserID(number(id)), Name: now.members[id], Joined: now.joined[id],
		}}
	})
}

// sanctions writes bans and mutes, of a room or of the whole chat.
func (e *export) sanctions(room chat.RoomID, key string, all map[string]string) error {
	for _, id := range slices.Sorted(maps.Keys(all)) {
		var r sanctionRecord
		if err := strict(key, all[id], &r); err != nil {
			return err
		}
		line := archive.Line{Sanction: &archive.Sanction{
			Room: room, Act: r.Act, Kind: r.Kind, ID: r.ID, Name: r.Name, Until: when(r.Until), Why: r.Why, By: r.By, At: when(r.At),
		}}
		if id != sanctionField(line.Sanction) {
			return errUnknown("the field", key+" "+id)
		}
		if err := e.to.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// sanctionField is the field of a hash of sanctions.
func sanctionField(s *archive.Sanction) string {
	return chat.Sanction{Act: s.Act, Target: chat.Target{Kind: s.Kind, ID: s.ID}}.ID()
}
