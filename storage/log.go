package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// answersKept is how long a repeated post gets the answer of the first.
const answersKept = 15 * time.Minute

// record is a message as the sorted set of its room holds it. The scripts add
// what stands before and behind the fields that Post marshals.
type record struct {
	ID   chat.MessageID `json:"id"`
	Rev  int64          `json:"rev"`
	At   int64          `json:"at"`
	Prev string         `json:"prev"`
	said
	Edited    int64                    `json:"edited,omitempty"`
	Deleted   int64                    `json:"deleted,omitempty"`
	Reactions map[string][]chat.UserID `json:"reactions,omitempty"`
}

type said struct {
	Key  string      `json:"key"`
	From chat.UserID `json:"from"`
	Name string      `json:"name"`
	Kind chat.Kind   `json:"kind,omitempty"`
	Body string      `json:"body"`

	ReplyTo chat.MessageID `json:"re,omitempty"`
}

// Post implements chat.Log.
func (s *Store) Post(ctx context.Context, d chat.Draft, among ...chat.UserID) (*chat.Message, error) {
	fields, err := json.Marshal(said{
		Key: d.Key, From: d.From, Name: d.Name, Kind: d.Kind, Body: d.Body, ReplyTo: d.ReplyTo,
	})
	if err != nil {
		return nil, fmt.Errorf("encoding a message: %w", err)
	}
	keys := []string{
		keyRoom(d.Room), keyRoomHead(d.Room), keyRoomPost(d.Room, d.Key), keyRoomFeed(d.Room),
		keyRoomMeta(d.Room), keyRoomSlow(d.Room, d.From), keyRoomSanctions(d.Room), keyRoomMembers(d.Room),
	}
	args := []any{
		s.publish, d.Key, s.opts.HistoryLimit, s.opts.HistoryTTL.Milliseconds(), answersKept.Milliseconds(),
		int64(d.ReplyTo), fields[1:], d.From.String(),
	}
	for _, id := range among {
		args = append(args, id.String())
	}
	text, err := verdict("posting a message", s.scripts.post.Run(ctx, s.rdb, keys, args...))
	if err != nil {
		return nil, err
	}
	return decode(d.Room, []byte(text))
}

func decode(room chat.RoomID, text []byte) (*chat.Message, error) {
	var r record
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("decoding a message of room %s: %w", room, err)
	}
	m := &chat.Message{
		ID: r.ID, Rev: r.Rev, Key: r.Key, Prev: r.Prev, Room: room,
		From: r.From, Name: r.Name, At: time.UnixMilli(r.At), Kind: r.Kind, Body: r.Body,
		ReplyTo: r.ReplyTo, Mentions: chat.MentionsOf(r.Kind, r.Body), Deleted: r.Deleted > 0,
	}
	if r.Edited > 0 {
		m.Edited = time.UnixMilli(r.Edited)
	}
	for emoji, users := range r.Reactions {
		m.Reactions = append(m.Reactions, chat.Reaction{Emoji: emoji, Users: users})
	}
	chat.SortReactions(m.Reactions)
	return m, nil
}

// Before implements chat.Log.
func (s *Store) Before(ctx context.Context, room chat.RoomID, before chat.MessageID, n int) (chat.Page, error) {
	top := "+inf"
	if before > 0 {
		top = "(" + strconv.FormatInt(int64(before), 10)
	}
	page, _, err := s.page(ctx, room, redis.ZRangeArgs{
		Key: keyRoom(room), Start: top, Stop: "-inf", ByScore: true, Rev: true, Count: int64(n),
	})
	return page, err
}

// After implements chat.Log.
func (s *Store) After(ctx context.Context, room chat.RoomID, after chat.MessageID, n int) (chat.Page, error) {
	for gone := chat.MessageID(0); ; {
		page, old, err := s.page(ctx, room, redis.ZRangeArgs{
			Key: keyRoom(room), Start: "(" + strconv.FormatInt(int64(after), 10), Stop: "+inf",
			ByScore: true, Count: int64(n),
		})
		// A page of nothing but old messages is not the end of the log.
		if err != nil || len(page.Messages) > 0 || old == 0 || old >= page.Head.ID {
			if page.First > 0 {
				page.First = max(page.First, gone+1)
			}
			return page, err
		}
		after, gone = old, old
	}
}

// page reads messages, the oldest one kept and the head at one moment. old is
// the newest message of the page that was left out for its age; 0 for none.
func (s *Store) page(ctx context.Context, room chat.RoomID, which redis.ZRangeArgs) (page chat.Page, old chat.MessageID, err error) {
	var texts *redis.StringSliceCmd
	var first *redis.ZSliceCmd
	var fields *redis.SliceCmd
	if err := s.readable(); err != nil {
		return page, 0, err
	}
	_, err = s.read.TxPipelined(ctx, func(p redis.Pipeliner) error {
		texts = p.ZRangeArgs(ctx, which)
		first = p.ZRangeWithScores(ctx, keyRoom(room), 0, 0)
		fields = p.HMGet(ctx, keyRoomHead(room), headFields...)
		return nil
	})
	if err != nil {
		return page, 0, wrap("reading messages", err)
	}
	page.Head = head(fields.Val())
	page.Messages, old, err = s.messages(room, texts.Val(), which.Rev)
	oldest := first.Val()
	switch {
	case old > 0 && old < page.Head.ID:
		page.First = old + 1
	case old == 0 && len(oldest) > 0:
		page.First = chat.MessageID(oldest[0].Score)
	}
	return page, old, err
}

// messages decodes a page into ascending order, without what is older than
// the operator wants to keep: such messages go at the room's next posts. old
// is the newest of them; what is before it goes with it, though a clock that was
// put back may have made it look younger.
func (s *Store) messages(room chat.RoomID, texts []string, descending bool) (ms []*chat.Message, old chat.MessageID, err error) {
	ms = make([]*chat.Message, 0, len(texts))
	for i := range texts {
		if descending {
			i = len(texts) - 1 - i
		}
		m, err := decode(room, []byte(texts[i]))
		if err != nil {
			return nil, 0, err
		}
		if s.isKept(m) {
			ms = append(ms, m)
		} else {
			ms, old = ms[:0], m.ID
		}
	}
	return ms, old, nil
}

func (s *Store) isKept(m *chat.Message) bool {
	return s.opts.HistoryTTL == 0 || time.Since(m.At) < s.opts.HistoryTTL
}

// Marks implements chat.Wire.
func (s *Store) Marks(ctx context.Context, rooms []chat.RoomID) ([]chat.Mark, error) {
	marks := make([]chat.Mark, len(rooms))
	heads := make([]*redis.SliceCmd, len(rooms))
	if err := s.readable(); err != nil {
		return nil, err
	}
	err := inBatches(ctx, s.read, len(rooms), func(p redis.Pipeliner, i int) {
		heads[i] = p.HMGet(ctx, keyRoomHead(rooms[i]), append(headFields, "roll")...)
	})
	if err != nil {
		return nil, wrap("comparing rooms", err)
	}
	for i, fields := range heads {
		marks[i] = chat.Mark{Head: head(fields.Val()), Roll: number(fields.Val()[len(headFields)])}
	}
	return marks, nil
}

// headFields are what head reads.
var headFields = []string{"id", "key", "rev"}

func head(fields []any) chat.Head {
	key, _ := fields[1].(string)
	return chat.Head{
		Position: chat.Position{Rev: number(fields[2]), Key: key},
		ID:       chat.MessageID(number(fields[0])),
	}
}

// number reads a field that holds a number; a missing one counts as 0.
func number(field any) int64 {
	text, _ := field.(string)
	if text == "" {
		return 0 // without an error made of it, which is dearer than the rest
	}
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}
