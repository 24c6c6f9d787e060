package storage

import (
	"context"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// Keys implements chat.Accounts.
func (s *Store) Keys(ctx context.Context, id chat.UserID) ([]chat.Key, error) {
	lines, err := s.rdb.HGetAll(ctx, keyUserKeys(id)).Result()
	if err != nil {
		return nil, wrap("listing a user's keys", err)
	}
	all := make([]chat.Key, 0, len(lines))
	for fingerprint, line := range lines {
		all = append(all, chat.Key{Fingerprint: fingerprint, Line: line})
	}
	return all, nil
}

// AddKey implements chat.Accounts. The key's owner is settled first: what
// follows can be repeated.
func (s *Store) AddKey(ctx context.Context, id chat.UserID, key chat.Key) error {
	if err := s.rdb.SetNX(ctx, keyKey(key.Fingerprint), id.String(), 0).Err(); err != nil {
		return wrap("adding a key", err)
	}
	owner, err := s.rdb.Get(ctx, keyKey(key.Fingerprint)).Int64()
	if err != nil {
		return wrap("adding a key", err)
	}
	if chat.UserID(owner) != id {
		return chat.Errorf(chat.CodeTaken, "the key belongs to another user")
	}
	return wrap("adding a key", s.rdb.HSet(ctx, keyUserKeys(id), key.Fingerprint, key.Line).Err())
}

// RemoveKey implements chat.Accounts. The user's sessions are told last: what they
// find then is that the key is none of theirs. All of it is done also where the user
// has not got the key any more: a call before this one may have been cut short.
func (s *Store) RemoveKey(ctx context.Context, id chat.UserID, fingerprint string) error {
	left, err := s.scripts.unkey.Run(ctx, s.rdb, []string{keyUserKeys(id), keyUserBack(id)}, fingerprint).Int()
	switch {
	case err != nil:
		return wrap("removing a key", err)
	case left == 0:
		return chat.Errorf(chat.CodeRefused, "it is the last key")
	}
	err = s.insist(ctx, func() error {
		if err := s.releaseKey(ctx, id, fingerprint); err != nil {
			return err
		}
		return wrap("telling of a key that is removed", s.broadcast(ctx, keyUserFeed(id), "s"))
	})
	if err != nil {
		return err
	}
	if left < 0 {
		return chat.Errorf(chat.CodeNotFound, "it is not a key of the user")
	}
	return nil
}

// MoveKey implements chat.Accounts. The key's owner is settled first: what
// follows can be repeated. The sessions of who had it are told last.
func (s *Store) MoveKey(ctx context.Context, key chat.Key, from, to chat.UserID) error {
	moved, err := s.scripts.swap.Run(ctx, s.rdb, []string{keyKey(key.Fingerprint)}, from.String(), to.String()).Bool()
	if err != nil {
		return wrap("moving a key", err)
	}
	if !moved {
		return chat.Errorf(chat.CodeTaken, "the key belongs to another user")
	}
	return s.insist(ctx, func() error {
		_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.HSet(ctx, keyUserKeys(to), key.Fingerprint, key.Line)
			p.HDel(ctx, keyUserKeys(from), key.Fingerprint)
			p.Del(ctx, keyUserBack(from))
			return nil
		})
		if err == nil {
			err = s.broadcast(ctx, keyUserFeed(from), "s")
		}
		return wrap("moving a key", err)
	})
}

// releaseKey has the key open nobody, where it opens the user.
func (s *Store) releaseKey(ctx context.Context, id chat.UserID, fingerprint string) error {
	return wrap("removing a key", s.scripts.release.Run(ctx, s.rdb, []string{keyKey(fingerprint)}, id.String()).Err())
}
