package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"teahouse/app/chat"
)

// Changes implements chat.Log.
func (s *Store) Changes(ctx context.Context, room chat.RoomID, after chat.Head, n int) (chat.Span, error) {
	if err := s.readable(); err != nil {
		return chat.Span{}, err
	}
	keys := []string{keyRoom(room), keyRoomHead(room), keyRoomChanges(room)}
	answer, err := s.scripts.changes.Run(ctx, s.read, keys, after.Rev, int64(after.ID), n).Slice()
	if err != nil {
		return chat.Span{}, wrap("reading changes", err)
	}
	// What the script answers: the head, the oldest message, posts, other
	// changes, and the messages of those.
	parts := make([][]any, 5)
	for i := range min(len(parts), len(answer)) {
		parts[i], _ = answer[i].([]any)
	}
	if len(parts[0]) != len(headFields) {
		return chat.Span{}, errors.New("reading changes: the answer has another shape")
	}
	r := reader{store: s, room: room, known: map[chat.MessageID]*chat.Message{}}
	r.messages(parts[1])
	posts := r.messages(parts[2])
	r.messages(parts[4])
	for _, m := range posts {
		r.entries = append(r.entries, r.keep(m.Entry()))
	}
	r.changes(parts[3])
	return chat.Span{Entries: r.run(after.Rev), First: r.first, Head: head(parts[0])}, r.err
}

// reader puts the parts of a span together.
type reader struct {
	store   *Store
	room    chat.RoomID
	known   map[chat.MessageID]*chat.Message
	first   chat.MessageID // the oldest message that is not too old
	entries []chat.Entry
	err     error // the first
}

// messages decodes a list, each message once however many lists it is in.
func (r *reader) messages(texts []any) (ms []*chat.Message) {
	for _, text := range texts {
		m, err := decode(r.room, fmt.Append(nil, text))
		if err != nil {
			r.err = cmp.Or(r.err, err)
			continue
		}
		if known := r.known[m.ID]; known != nil {
			m = known
		}
		r.known[m.ID] = m
		ms = append(ms, m)
		if r.store.isKept(m) && (r.first == 0 || m.ID < r.first) {
			r.first = m.ID
		}
	}
	return ms
}

// changes decodes changes that are no posts.
func (r *reader) changes(texts []any) {
	for _, text := range texts {
		var c changeRecord
		if err := json.Unmarshal(fmt.Append(nil, text), &c); err != nil {
			r.err = cmp.Or(r.err, fmt.Errorf("decoding a change of room %s: %w", r.room, err))
			continue
		}
		r.entries = append(r.entries, r.keep(c.entry(r.known[c.ID])))
	}
}

// keep takes the message from an entry where it is too old: such messages go
// at the room's next posts, and the numbers of their changes stay.
func (r *reader) keep(e chat.Entry) chat.Entry {
	if e.Message != nil && !r.store.isKept(e.Message) {
		e.Message = nil
	}
	return e
}

// run gives the entries in order, from the one after rev to the first hole.
func (r *reader) run(rev int64) []chat.Entry {
	slices.SortFunc(r.entries, func(a, b chat.Entry) int { return cmp.Compare(a.Rev, b.Rev) })
	run := slices.DeleteFunc(r.entries, func(e chat.Entry) bool { return e.Rev <= rev })
	for i, e := range run {
		if e.Rev != rev+int64(i)+1 {
			return run[:i]
		}
	}
	return run
}
