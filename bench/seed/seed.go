// Package seed writes into Redis what years of talk would have left behind.
package seed

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Size is how much there is: messages, all in general, and rooms.
type Size struct{ Messages, Rooms int }

// HistoryLimit is what a chat that is to keep it all must be set to.
const HistoryLimit = 2_000_000

// Fill writes messages and rooms, many at a time, into an empty Redis.
func Fill(ctx context.Context, rdb *redis.Client, size Size) error {
	const batch = 10_000
	for from := 1; from <= size.Messages; from += batch {
		entries := make([]redis.Z, 0, batch)
		for id := from; id < from+batch && id <= size.Messages; id++ {
			entries = append(entries, redis.Z{Score: float64(id), Member: message(id)})
		}
		if err := rdb.ZAdd(ctx, "room:{0}", entries...).Err(); err != nil {
			return fmt.Errorf("writing messages: %w", err)
		}
	}
	err := rdb.HSet(ctx, "room:{0}:head", "id", size.Messages, "rev", size.Messages, "key", key(size.Messages)).Err()
	if err != nil {
		return fmt.Errorf("writing the newest message's number: %w", err)
	}
	_, err = rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := 1; i < size.Rooms; i++ {
			p.HSet(ctx, fmt.Sprintf("room:{%d}:meta", i), "name", fmt.Sprint("room", i))
			p.SAdd(ctx, "rooms", i)
		}
		p.Set(ctx, "total_rooms", size.Rooms, 0)
		return nil
	})
	if err != nil {
		return fmt.Errorf("writing rooms: %w", err)
	}
	return nil
}

func key(id int) string { return fmt.Sprint("k", id) }

func message(id int) string {
	return fmt.Sprintf(`{"id":%d,"rev":%d,"at":1700000000000,"prev":%q,"key":%q,"from":1,"name":"bench","body":"the kettle is on again, number %d"}`,
		id, id, key(id-1), key(id), id)
}
