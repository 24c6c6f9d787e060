package chat

import "context"

// Storage that comes back empty has forgotten people who are connected. Their
// sessions know who they are and put them back, under the ids and names that
// they had, so that they can go on, and come back with the same keys.

// reviveAll looks after every session's user when storage had lost our lease.
func (s *Service) reviveAll() {
	for _, sess := range s.hub.sessions() {
		s.hub.spawn(func() {
			err := s.hub.limited(func() error { return s.revive(s.hub.ctx, sess) })
			if err != nil {
				s.log.Warn("looking after a user whom storage may have lost", "user", sess.owner, "error", err)
			}
		}, nil)
	}
}

// revive puts the session's user back where storage has none, and ends the
// session where the user's id, or the key, has become somebody else's meanwhile.
func (s *Service) revive(ctx context.Context, sess *Session) error {
	user := sess.whose()
	if sess.key.Fingerprint == "" {
		return nil
	}
	known, err := s.store.UserByKey(ctx, sess.key.Fingerprint)
	if err == nil && known.ID == user.ID {
		return nil
	}
	_, missing := s.store.User(ctx, user.ID)
	switch {
	case ErrorCode(missing) == CodeGone:
		sess.end(missing)
		return nil
	case err == nil:
		// The key opens another user now.
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

func (s *Session) end(why error) {
	s.mu.Lock()
	s.ended = why
	s.mu.Unlock()
	s.Nudge()
}
