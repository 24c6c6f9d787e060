package storage

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// Revive implements chat.Accounts. The id is settled first, by the key that
// proved itself; what follows can be repeated.
func (s *Store) Revive(ctx context.Context, user chat.User, key chat.Key) error {
	if err := s.scripts.raise.Run(ctx, s.rdb, []string{keyTotalUsers}, user.ID.String()).Err(); err != nil {
		return wrap("keeping the number of users", err)
	}
	if err := s.AddKey(ctx, user.ID, key); err != nil {
		return err
	}
	name, err := s.reclaimName(ctx, user)
	if err != nil {
		return err
	}
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.HSetNX(ctx, keyUser(user.ID), "created", user.Created.UnixMilli())
		p.HSetNX(ctx, keyUser(user.ID), "seen", time.Now().UnixMilli())
		p.HSetNX(ctx, keyUser(user.ID), "name", name.String())
		return nil
	})
	return wrap("putting a user back", err)
}

// reclaimName takes the user's name again, or one like it if somebody was
// quicker.
func (s *Store) reclaimName(ctx context.Context, user chat.User) (chat.Name, error) {
	name, err := chat.ParseName(user.Name)
	if err != nil {
		return name, err
	}
	ok, err := s.claim(ctx, user.ID, name)
	if err != nil || ok {
		return name, err
	}
	return s.claimFirst(ctx, user.ID, chat.Candidates(user.Name))
}
