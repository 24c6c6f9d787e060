package chat

import (
	"context"
	"slices"
)

// Storage that comes back empty has forgotten people who are connected. Their
// sessions know who they are and put them back, under the ids and names that
// they had, so that they can go on, and come back with the same keys.

// reviveAll looks after every session's user when storage had lost our lease.
func (s *Service) reviveAll() {
	for _, sess := range s.hub.sessions() {
		s.hub.spawn(func() {
			err := s.hub.limited(func() error { return s.revive(s.hub.ctx, sess) })
			if err != nil {
				s.amiss.Store(true) // looked after again
				s.log.Warn("looking after a user whom storage may have lost", "user", sess.owner, "error", err)
			}
		}, nil)
	}
}

// isOf tells whether the session's key is among keys.
func (s *Session) isOf(keys []Key) bool {
	return s.key.Fingerprint == "" || slices.ContainsFunc(keys, func(k Key) bool { return k.Fingerprint == s.key.Fingerprint })
}

// revive puts the session's user back where storage has none, or has not got their
// key, and ends the session where that has been taken from the user, or it or the
// user's id has become somebody else's meanwhile.
func (s *Service) revive(ctx context.Context, sess *Session) error {
	user := sess.whose()
	if sess.key.Fingerprint == "" || user.Created.IsZero() {
		return nil // it is not known yet who is to be put back: the session begins just now
	}
	known, err := s.store.UserByKey(ctx, sess.key.Fingerprint)
	if err == nil && known.ID == user.ID {
		return nil
	}
	found, missing := s.store.User(ctx, user.ID)
	same := missing == nil && found.Created.Equal(user.Created) // and so it is the key that is not theirs
	switch {
	case ErrorCode(missing) == CodeGone:
		sess.end(missing)
		return nil
	case err == nil && same:
		sess.end(Errorf(CodeGone, "%s", isNow(known)))
		return nil
	case err == nil:
		// Storage was lost, and the key has come in again since, as somebody new.
	case ErrorCode(err) != CodeNotFound:
		return err
	case missing != nil && ErrorCode(missing) != CodeNotFound:
		return missing
	default:
		if err = s.store.Revive(ctx, user, sess.key); ErrorCode(err) != CodeTaken {
			s.hub.reseat(sess)
			return err
		}
	}
	if same {
		sess.end(Errorf(CodeRefused, "the key that you came by is none of %s's any more; come in by another one", found.Name))
		return nil
	}
	sess.end(Errorf(CodeUnavailable, "the chat's storage has lost who is who, and your place in it is not yours any more; connect again"))
	return nil
}

// Ended tells why the session cannot go on, or nil. Wake is signalled when it
// changes.
func (s *Session) Ended() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// end ends the session. Of several reasons the first is told.
func (s *Session) end(why error) {
	s.mu.Lock()
	if s.ended == nil {
		s.ended = why
	}
	s.mu.Unlock()
	s.Nudge()
}
