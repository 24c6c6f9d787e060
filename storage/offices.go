package storage

import (
	"context"

	"teahouse/app/chat"
)

// RoleOf implements chat.Offices.
func (s *Store) RoleOf(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Role, error) {
	fields, err := s.rdb.HMGet(ctx, keyRoomMeta(room), seatFields(user)...).Result()
	if err != nil {
		return chat.RoleMember, wrap("asking for somebody's role", err)
	}
	return seat(room, user, fields).Role, nil
}
