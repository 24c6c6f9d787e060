package storage

import (
	"context"
	"encoding/json"

	"teahouse/app/chat"
)

// changesKept is how many edits, deletions and reactions of a room are
// remembered one by one, for replicas that missed some. Who missed more reads
// the messages again.
const changesKept = 1000

// Revise implements chat.Log.
func (s *Store) Revise(ctx context.Context, r chat.Revision) (*chat.Message, error) {
	keys := []string{
		keyRoom(r.Room), keyRoomHead(r.Room), keyRoomPost(r.Room, r.Key), keyRoomFeed(r.Room), keyRoomChanges(r.Room),
		keyRoomMeta(r.Room), keyRoomSanctions(r.Room),
	}
	text, err := verdict("changing a message", s.scripts.revise.Run(ctx, s.rdb, keys,
		s.publish, r.Key, s.opts.HistoryTTL.Milliseconds(), answersKept.Milliseconds(), changesKept,
		chat.LimitReactions, chat.LimitReactors, r.From.String(), int64(r.ID), string(r.Act), r.Text, r.Name, officer(r.From, r.Rule)))
	if err != nil {
		return nil, err
	}
	return decode(r.Room, []byte(text))
}

// changeRecord is an edit, a deletion or a reaction as the room's changes hold it;
// in news the message stands with it.
type changeRecord struct {
	Rev     int64           `json:"rev"`
	Key     string          `json:"key"`
	Prev    string          `json:"prev"`
	ID      chat.MessageID  `json:"id"`
	Act     chat.Act        `json:"act"`
	By      string          `json:"by"`
	Emoji   string          `json:"emoji,omitempty"`
	Message json.RawMessage `json:"message,omitempty"`
}

func (c changeRecord) entry(m *chat.Message) chat.Entry {
	return chat.Entry{
		Position: chat.Position{Rev: c.Rev, Key: c.Key}, Prev: c.Prev, ID: c.ID, Message: m,
		Act: c.Act, By: c.By, Emoji: c.Emoji,
	}
}

// parsePost and parseEntry read what a room's feed brings.
func parsePost(room chat.RoomID, text string) (chat.Entry, error) {
	m, err := decode(room, []byte(text))
	if err != nil {
		return chat.Entry{}, err
	}
	return m.Entry(), nil
}

func parseEntry(room chat.RoomID, text string) (chat.Entry, error) {
	var c changeRecord
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return chat.Entry{}, err
	}
	m, err := decode(room, c.Message)
	return c.entry(m), err
}
