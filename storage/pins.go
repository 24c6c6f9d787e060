package storage

import (
	"context"
	"slices"
	"strconv"

	"teahouse/app/chat"
)

// Pin implements chat.Offices.
func (s *Store) Pin(ctx context.Context, room chat.RoomID, by chat.User, least chat.Role, id chat.MessageID, yes bool) error {
	did, on := chat.DidPin, 1
	if !yes {
		did, on = chat.DidUnpin, 0
	}
	notice, err := formatNotice(by, chat.Doing{Verb: did, Target: strconv.FormatInt(int64(id), 10)})
	if err != nil {
		return err
	}
	keys := []string{keyRoom(room), keyRoomPins(room), keyRoomMeta(room), keyRoomFeed(room)}
	_, err = verdict("pinning a message", s.scripts.pin.Run(ctx, s.rdb, keys,
		s.publish, officer(by.ID, by.Rules(room)), int(least), int64(id), on, chat.LimitPins, s.opts.HistoryTTL.Milliseconds(), notice))
	return err
}

// Pins implements chat.Offices.
func (s *Store) Pins(ctx context.Context, room chat.RoomID) ([]*chat.Message, error) {
	texts, err := s.scripts.pins.Run(ctx, s.rdb, []string{keyRoom(room), keyRoomPins(room)}).StringSlice()
	if err != nil {
		return nil, wrap("reading pinned messages", err)
	}
	ms, _, err := s.messages(room, texts, false)
	return slices.DeleteFunc(ms, func(m *chat.Message) bool { return m.Deleted }), err
}
