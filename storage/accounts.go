package storage

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

var errNoUser = chat.Errorf(chat.CodeNotFound, "there is no such user")

// UserByKey implements chat.Accounts.
func (s *Store) UserByKey(ctx context.Context, fingerprint string) (chat.User, error) {
	return s.userAt(ctx, keyKey(fingerprint))
}

// UserByName implements chat.Accounts.
func (s *Store) UserByName(ctx context.Context, name chat.Name) (chat.User, error) {
	return s.userAt(ctx, keyUsername(name))
}

// userAt gives the user whose id the key holds: in one round trip where it held
// the same one when it was asked for last, else in two.
func (s *Store) userAt(ctx context.Context, key string) (chat.User, error) {
	guess, _ := s.ids.Find(key)
	var held *redis.StringCmd
	var guessed *redis.SliceCmd
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		held = p.Get(ctx, key)
		if guess != 0 {
			guessed = p.HMGet(ctx, keyUser(guess), accountFields...)
		}
		return nil
	})
	if errors.Is(held.Err(), redis.Nil) {
		return chat.User{}, errNoUser
	}
	if err != nil {
		return chat.User{}, wrap("finding a user", err)
	}
	n, err := held.Int64()
	if err != nil {
		return chat.User{}, wrap("finding a user", err)
	}
	id := chat.UserID(n)
	if id != guess {
		s.ids.Keep(key, id)
		guessed = s.rdb.HMGet(ctx, keyUser(id), accountFields...)
	}
	user, err := account(id, guessed)
	if chat.ErrorCode(err) == chat.CodeGone {
		return chat.User{}, errNoUser
	}
	return user, err
}

// keptGuesses is how many ids of keys, and how many users and their rooms, are
// remembered, at most twice that.
const keptGuesses = 10_000

// User implements chat.Accounts.
func (s *Store) User(ctx context.Context, id chat.UserID) (chat.User, error) {
	return account(id, s.rdb.HMGet(ctx, keyUser(id), accountFields...))
}

// accountFields are what account reads.
var accountFields = []string{"name", "created", "seen", "gone"}

func account(id chat.UserID, answer *redis.SliceCmd) (chat.User, error) {
	f, err := answer.Result()
	if err != nil {
		return chat.User{}, wrap("reading a user", err)
	}
	if words, gone := f[3].(string); gone {
		return chat.User{}, chat.Errorf(chat.CodeGone, "%s", words)
	}
	name, ok := f[0].(string)
	if !ok {
		return chat.User{}, errNoUser
	}
	return chat.User{ID: id, Name: name, Created: moment(f[1]), Seen: moment(f[2])}, nil
}

// moment reads a field that holds milliseconds; a missing one is no time.
func moment(field any) time.Time {
	if ms := number(field); ms > 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

// EnsureUser implements chat.Accounts. In a cluster no script reaches a key,
// a name and a user at once, so the steps are ordered such that each can be
// repeated by anyone: a number is made the key's own, then the key opens it, and
// whoever finds a number without a name (somebody else is at it, or crashed) goes
// on from there.
func (s *Store) EnsureUser(ctx context.Context, key chat.Key, names iter.Seq[chat.Name]) (chat.User, bool, error) {
	id, made, err := s.settleKey(ctx, key)
	if err != nil {
		return chat.User{}, false, err
	}
	if !made {
		user, err := s.User(ctx, id)
		if code := chat.ErrorCode(err); code != chat.CodeNotFound && code != chat.CodeGone {
			return user, false, err
		}
		ours, err := s.own(ctx, chat.User{ID: id, Created: time.Now()}, key)
		if err != nil {
			return chat.User{}, false, err
		}
		if !ours {
			// It is somebody else's, or Forget was cut short before it came to the key.
			if err := s.releaseKey(ctx, id, key.Fingerprint); err != nil {
				return chat.User{}, false, err
			}
			return s.EnsureUser(ctx, key, names)
		}
	}
	user, err := s.settleName(ctx, id, names)
	return user, made, err
}

// settleKey gives the user id of the key, and whether it is new with us.
func (s *Store) settleKey(ctx context.Context, key chat.Key) (id chat.UserID, made bool, err error) {
	next, err := s.number(ctx, key)
	if err != nil {
		return 0, false, err
	}
	made, err = s.rdb.SetNX(ctx, keyKey(key.Fingerprint), next.String(), 0).Result()
	if err != nil {
		return 0, false, wrap("taking in a key", err)
	}
	if made {
		return next, true, nil
	}
	if err := s.rdb.Del(ctx, keyUser(next), keyUserKeys(next)).Err(); err != nil {
		return 0, false, wrap("giving a number back", err)
	}
	owner, err := s.rdb.Get(ctx, keyKey(key.Fingerprint)).Int64()
	return chat.UserID(owner), false, wrap("finding a key's user", err)
}

// number makes a new number the key's own.
func (s *Store) number(ctx context.Context, key chat.Key) (chat.UserID, error) {
	n, err := s.count(ctx, keyTotalUsers, func(n int64) (bool, error) {
		return s.own(ctx, chat.User{ID: chat.UserID(n), Created: time.Now()}, key)
	})
	return chat.UserID(n), err
}

// count counts on, until it comes to a number that can be had. A count may be behind:
// what keeps it may have lost it, or some of it, and not what was counted, as a
// part of a cluster can that fails. So it goes on in steps that grow.
func (s *Store) count(ctx context.Context, counter string, have func(n int64) (bool, error)) (int64, error) {
	for step := int64(1); ; step *= 2 {
		n, err := s.rdb.IncrBy(ctx, counter, step).Result()
		if err != nil {
			return 0, wrap("counting on", err)
		}
		if had, err := have(n); err != nil || had {
			return n, err
		}
		s.opts.Log.Warn("a count is behind: its number is in use", "count", counter, "number", n)
	}
}

// own makes the user's number that of who comes by the key, and tells whether it
// is: not where it is somebody else's. back is given where somebody is put back, who
// may have been already, by another key.
func (s *Store) own(ctx context.Context, user chat.User, key chat.Key, back ...time.Duration) (bool, error) {
	args := []any{key.Fingerprint, key.Line, user.Created.UnixMilli(), time.Now().UnixMilli()}
	for _, term := range back {
		args = append(args, term.Milliseconds())
	}
	ours, err := s.scripts.own.Run(ctx, s.rdb, []string{keyUser(user.ID), keyUserKeys(user.ID), keyUserBack(user.ID)}, args...).Bool()
	return ours, wrap("making a user", err)
}

// settleName names the user after the first name that can be had, and gives them as
// they are then. When somebody else named the user meanwhile, theirs holds.
func (s *Store) settleName(ctx context.Context, id chat.UserID, names iter.Seq[chat.Name]) (chat.User, error) {
	name, err := s.claimFirst(ctx, id, names)
	if err != nil {
		return chat.User{}, err
	}
	return s.bear(ctx, id, name)
}

// bear has the user bear a name that was claimed for them, unless they have one.
func (s *Store) bear(ctx context.Context, id chat.UserID, name chat.Name) (chat.User, error) {
	var named *redis.BoolCmd
	var answer *redis.SliceCmd
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		named = p.HSetNX(ctx, keyUser(id), "name", name.String())
		answer = p.HMGet(ctx, keyUser(id), accountFields...)
		return nil
	})
	if err != nil {
		return chat.User{}, wrap("naming a user", err)
	}
	user, err := account(id, answer)
	if err != nil || named.Val() {
		return user, err
	}
	return user, s.releaseUnlessHeld(ctx, user, name)
}

// claimFirst takes the first of names that nobody else has.
func (s *Store) claimFirst(ctx context.Context, id chat.UserID, names iter.Seq[chat.Name]) (chat.Name, error) {
	for name := range names {
		ok, err := s.claim(ctx, id, name)
		if err != nil || ok {
			return name, err
		}
	}
	return chat.Name{}, chat.Errorf(chat.CodeTaken, "no name is free for you; choose another user name: ssh NAME@…")
}

func (s *Store) claim(ctx context.Context, id chat.UserID, name chat.Name) (bool, error) {
	ok, err := s.scripts.claim.Run(ctx, s.rdb, []string{keyUsername(name)}, id.String()).Bool()
	return ok, wrap("taking a name", err)
}

// releaseUnlessHeld gives a name back that the user does not bear after all.
func (s *Store) releaseUnlessHeld(ctx context.Context, user chat.User, name chat.Name) error {
	// Two spellings of one name are one key.
	held, err := chat.ParseName(user.Name)
	if err != nil || held.Fold() == name.Fold() {
		return err
	}
	return wrap("giving a name back", s.scripts.release.Run(ctx, s.rdb, []string{keyUsername(name)}, user.ID.String()).Err())
}

// Rename implements chat.Accounts.
func (s *Store) Rename(ctx context.Context, id chat.UserID, name chat.Name, keep time.Duration) (chat.User, error) {
	user, err := s.User(ctx, id)
	if err != nil {
		return user, err
	}
	ok, err := s.claim(ctx, id, name)
	if err != nil {
		return user, err
	}
	if !ok {
		return user, chat.Errorf(chat.CodeTaken, "the name %s is taken", name)
	}
	old, err := chat.ParseName(user.Name)
	if err != nil {
		return user, fmt.Errorf("reading the name of user %d: %w", id, err)
	}
	if err := s.rdb.HSet(ctx, keyUser(id), "name", name.String()).Err(); err != nil {
		return user, wrap("renaming a user", err)
	}
	if old.Fold() != name.Fold() {
		err = s.rdb.Expire(ctx, keyUsername(old), keep).Err()
	}
	user.Name = name.String()
	return user, errors.Join(wrap("keeping the old name", err), s.tellName(ctx, user))
}

// tellName puts the user's name into the rolls that show it.
func (s *Store) tellName(ctx context.Context, user chat.User) error {
	rooms, err := s.rdb.SMembers(ctx, keyUserRooms(user.ID)).Result()
	if err != nil {
		return wrap("listing a user's rooms", err)
	}
	for _, room := range append(rooms, string(chat.General)) {
		if _, err := s.roll(ctx, s.scripts.rename, chat.RoomID(room), user); err != nil {
			return err
		}
	}
	return s.tellUser(ctx, user.ID)
}

// tellUser has the user's sessions read their rooms and name again.
func (s *Store) tellUser(ctx context.Context, id chat.UserID) error {
	return wrap("telling a user's sessions", s.broadcast(ctx, keyUserFeed(id), "s"))
}

// HostKey implements keys.Vault: the keys of all replicas, nil when none was
// offered yet.
func (s *Store) HostKey(ctx context.Context) ([]byte, error) {
	pem, err := s.rdb.Get(ctx, keyHostKey).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return pem, wrap("reading the host key", err)
}

// OfferHostKey implements keys.Vault: it stores the keys unless there are some,
// and returns those that there are.
func (s *Store) OfferHostKey(ctx context.Context, pem []byte) ([]byte, error) {
	if err := s.rdb.SetNX(ctx, keyHostKey, pem, 0).Err(); err != nil {
		return nil, wrap("storing the host key", err)
	}
	return s.HostKey(ctx)
}

// SwapHostKey implements keys.Vault: it stores the keys in the place of those
// that they were made from.
func (s *Store) SwapHostKey(ctx context.Context, from, to []byte) (bool, error) {
	swapped, err := s.scripts.swap.Run(ctx, s.rdb, []string{keyHostKey}, from, to).Bool()
	return swapped, wrap("storing the host keys", err)
}
