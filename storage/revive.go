package storage

import (
	"context"
	"time"

	"teahouse/app/chat"
)

// backTerm is for how long others of the keys of who was put back may be, too: longer
// than any replica needs to find that they were lost.
const backTerm = time.Hour

// Revive implements chat.Accounts. The number is settled first: who was quicker
// keeps it. Then the key opens it; what follows can be repeated.
func (s *Store) Revive(ctx context.Context, user chat.User, key chat.Key) error {
	if err := s.scripts.raise.Run(ctx, s.rdb, []string{keyTotalUsers}, user.ID.String()).Err(); err != nil {
		return wrap("keeping the number of users", err)
	}
	ours, err := s.own(ctx, user, key, backTerm)
	if err != nil {
		return err
	}
	if !ours {
		return chat.Errorf(chat.CodeTaken, "the number %d belongs to another user", user.ID)
	}
	if err := s.AddKey(ctx, user.ID, key); err != nil {
		return err
	}
	name, err := s.reclaimName(ctx, user)
	if err != nil {
		return err
	}
	_, err = s.bear(ctx, user.ID, name)
	return err
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
