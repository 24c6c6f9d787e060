package chat

import (
	"context"
	"time"
)

// placeTerm is how long a code into the chat can be used.
const placeTerm = 7 * 24 * time.Hour

// PlaceCode gives a code that lets one new person into a chat that takes new
// people by invitation only, until the time given. CodeRefused, in words: the
// chat needs no codes, or takes nobody. CodeTooFast.
func (s *Service) PlaceCode(ctx context.Context, user User) (code string, until time.Time, err error) {
	switch {
	case s.opts.Access == AccessClosed:
		return "", until, Errorf(CodeRefused, "this chat takes no new people")
	case s.opts.Access != AccessInvite:
		return "", until, Errorf(CodeRefused, "this chat is open: whoever has an SSH key comes in without a code")
	}
	if err := s.mayWrite(user.ID); err != nil {
		return "", until, err
	}
	if err := s.rates.invitations.allow(user.ID, "invitations"); err != nil {
		return "", until, err
	}
	code = newLinkCode()
	until = time.Now().Add(placeTerm)
	if err := s.store.OfferPlace(ctx, linkSecret(code), user.ID, placeTerm); err != nil {
		return "", until, err
	}
	d := deed(user, "invite")
	d.Until = until
	return spellCode(code), until, s.record(ctx, d)
}

// EnterByCode gives the guest's user like Enter, and lets a new key in by a
// code of PlaceCode, which is used up then. A key that is known needs none.
// CodeNotFound, CodeTooFast, CodeRefused in words.
func (g *Guest) EnterByCode(ctx context.Context, wish, typed string) (User, bool, error) {
	user, err := g.Known(ctx)
	if err != nil || user.ID != 0 {
		return user, false, err
	}
	s := g.svc
	if s.opts.Access != AccessInvite || g.admin || !s.rules.lockdown().IsZero() {
		return g.Enter(ctx, wish)
	}
	if wait := s.tries.allows(g.key.Fingerprint, time.Now()); wait > 0 {
		return User{}, false, tooManyCodes(wait)
	}
	host, err := s.takePlace(ctx, g.key, typed)
	if err != nil {
		return User{}, false, err
	}
	user, isNew, err := s.welcome(ctx, g.key, wish)
	if err != nil {
		return user, isNew, err
	}
	d := Deed{At: time.Now(), By: host.Name, ByID: host.ID, Act: "admit", Target: user.Name}
	if err := s.record(ctx, d); err != nil {
		return user, isNew, err
	}
	user, err = g.settle(user)
	return user, isNew, err
}

// takePlace gives who invited the key by the code.
func (s *Service) takePlace(ctx context.Context, key Key, typed string) (User, error) {
	code, err := ParseLinkCode(typed)
	if err != nil {
		return User{}, noPlaceCode()
	}
	host, err := s.store.TakePlace(ctx, linkSecret(code), key.Fingerprint)
	if ErrorCode(err) == CodeNotFound {
		return User{}, noPlaceCode()
	}
	if err != nil {
		return User{}, err
	}
	user, err := s.store.User(ctx, host)
	if code := ErrorCode(err); code == CodeNotFound || code == CodeGone {
		return User{ID: host, Name: "somebody who is gone"}, nil
	}
	return user, err
}

func noPlaceCode() error {
	return Errorf(CodeNotFound, "that is no invitation that waits here; a code works once, and for %d days: ask for another one", int(placeTerm/(24*time.Hour)))
}
