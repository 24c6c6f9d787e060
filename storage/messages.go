package storage

import (
	"context"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// Messages implements chat.Log, in one round trip.
func (s *Store) Messages(ctx context.Context, room chat.RoomID, ids []chat.MessageID) ([]*chat.Message, error) {
	if err := s.readable(); err != nil {
		return nil, err
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found := make([]*redis.StringSliceCmd, len(ids))
	err := inBatches(ctx, s.read, len(ids), func(p redis.Pipeliner, i int) {
		id := strconv.FormatInt(int64(ids[i]), 10)
		found[i] = p.ZRangeArgs(ctx, redis.ZRangeArgs{Key: keyRoom(room), ByScore: true, Start: id, Stop: id})
	})
	if err != nil {
		return nil, wrap("reading messages", err)
	}
	var texts []string
	for _, one := range found {
		texts = append(texts, one.Val()...)
	}
	ms, _, err := s.messages(room, texts, false)
	return ms, err
}
