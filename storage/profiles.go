package storage

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// Saw implements chat.Accounts.
func (s *Store) Saw(ctx context.Context, ids ...chat.UserID) error {
	now := nowMillis()
	err := inBatches(ctx, s.rdb, len(ids), func(p redis.Pipeliner, i int) {
		// In a pipeline there is nobody to send the script when Redis lacks it.
		s.scripts.note.Eval(ctx, p, []string{keyUser(ids[i]), keyUserFeed(ids[i])}, "", "seen", now)
	})
	return wrap("noting when users were here", err)
}

func nowMillis() string { return strconv.FormatInt(time.Now().UnixMilli(), 10) }

// Profiles implements chat.Accounts.
func (s *Store) Profiles(ctx context.Context, ids []chat.UserID) (map[chat.UserID]chat.Profile, error) {
	found := make([]*redis.SliceCmd, len(ids))
	err := inBatches(ctx, s.rdb, len(ids), func(p redis.Pipeliner, i int) {
		found[i] = p.HMGet(ctx, keyUser(ids[i]), "name", "created", "seen", "away", "away_at")
	})
	if err != nil {
		return nil, wrap("reading users", err)
	}
	all := make(map[chat.UserID]chat.Profile, len(ids))
	for i, id := range ids {
		f := found[i].Val()
		name, ok := f[0].(string)
		if !ok {
			continue
		}
		p := chat.Profile{User: chat.User{ID: id, Name: name, Created: moment(f[1]), Seen: moment(f[2])}}
		p.Away, _ = f[3].(string)
		p.AwaySince = moment(f[4])
		all[id] = p
	}
	return all, nil
}

// Away implements chat.Personal. The user's own words come first: they decide.
// The roll only shows that there are some, and a repeated call mends it.
func (s *Store) Away(ctx context.Context, user chat.User, text string) error {
	since, turn := "", chat.TurnBack
	if text != "" {
		since, turn = strconv.FormatInt(time.Now().UnixMilli(), 10), chat.TurnAway
	}
	const doing = "keeping who is away"
	if err := s.note(ctx, doing, user.ID, s.publish, "away", text, "away_at", since); err != nil {
		return err
	}
	keys := []string{keyAway, keyRoomHead(chat.General), keyRoomFeed(chat.General)}
	return wrap(doing, s.scripts.away.Run(ctx, s.rdb, keys, s.publish, user.ID.String(), user.Name, string(turn)).Err())
}
