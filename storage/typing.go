package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"teahouse/app/chat"
)

// Typing implements chat.Wire.
func (s *Store) Typing(ctx context.Context, room chat.RoomID, user chat.User) error {
	text, err := json.Marshal(typing{User: user.ID, Name: user.Name})
	if err != nil {
		return fmt.Errorf("encoding who types: %w", err)
	}
	return wrap("telling who types", s.broadcast(ctx, keyRoomFeed(room), "y"+string(text)))
}

// typing has the fields that parseChange reads.
type typing struct {
	User chat.UserID `json:"u"`
	Name string      `json:"n"`
}
