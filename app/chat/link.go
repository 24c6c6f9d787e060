package chat

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

const (
	// linkTerm is how long a link code can be used.
	linkTerm = 10 * time.Minute
	// linkTries is how many codes a key may try a minute.
	linkTries = 5
	// linkLetters are those of Crockford's base 32: none is taken for another.
	linkLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	linkLength  = 10
)

// LinkOffer is whom a link code joins a key to.
type LinkOffer struct {
	User UserID
	By   string // fingerprint of the key by which they asked for it; "": not known
}

// LinkCode gives a code that joins one more key to the user, once, until the
// time given, and while the key by which they came is theirs.
func (s *Service) LinkCode(ctx context.Context, user User) (code string, until time.Time, err error) {
	if err := s.rates.codes.allow(user.ID, "codes"); err != nil {
		return "", time.Time{}, err
	}
	code = newLinkCode()
	until = time.Now().Add(linkTerm)
	return spellCode(code), until, s.store.OfferLink(ctx, linkSecret(code), LinkOffer{user.ID, user.Key.Fingerprint}, linkTerm)
}

func newLinkCode() string {
	random := make([]byte, linkLength)
	_, _ = rand.Read(random) // never fails
	for i, b := range random {
		random[i] = linkLetters[int(b)%len(linkLetters)]
	}
	return string(random)
}

// spellCode writes a code as people read it.
func spellCode(code string) string { return code[:linkLength/2] + "-" + code[linkLength/2:] }

// linkSecret is what is kept of a code: who reads storage cannot use it.
func linkSecret(code string) string {
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}

// ParseLinkCode gives the code that somebody typed: in any case, with or
// without dashes and blanks, with O for 0 and I or L for 1. CodeNotFound where
// it cannot be one.
func ParseLinkCode(typed string) (string, error) {
	if len(typed) > 4*linkLength {
		return "", noLinkCode()
	}
	code := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(code) != linkLength || strings.Trim(code, linkLetters) != "" {
		return "", noLinkCode()
	}
	return code, nil
}

func tooManyCodes(wait time.Duration) error {
	return Errorf(CodeTooFast, "you have tried %d codes; wait %d seconds", linkTries, int(wait.Seconds())+1)
}

func noLinkCode() error {
	return Errorf(CodeNotFound, "there is no such code; link, on a device that you use already, shows one for %d minutes, and it works once", int(linkTerm.Minutes()))
}

// Known gives the user of a key that proved itself, or nobody where there is
// none yet, without making one.
func (s *Service) Known(ctx context.Context, key Key) (User, error) {
	user, err := s.store.UserByKey(ctx, key.Fingerprint)
	if ErrorCode(err) == CodeNotFound {
		user, err = User{}, nil
	}
	return s.by(key, user), err
}

// Link joins the key to the user who was given the code, and gives that user.
// user is who the key opened so far, if anybody: where it was their only key
// they are forgotten, which takes yes unless they never wrote anything. Their
// sessions by this key end. CodeNotFound, CodeRefused, CodeTooFast in words.
func (s *Service) Link(ctx context.Context, user User, key Key, typed string, yes bool) (User, error) {
	if wait := s.tries.allows(key.Fingerprint, time.Now()); wait > 0 {
		return User{}, tooManyCodes(wait)
	}
	code, err := ParseLinkCode(typed)
	if err != nil {
		return User{}, err
	}
	offer, owner, err := s.linkOwner(ctx, linkSecret(code))
	if err != nil {
		return User{}, err
	}
	if owner.ID == user.ID {
		return User{}, Errorf(CodeRefused, "this device is %s already; type the code on the other one", owner.Name)
	}
	if err := s.mayGiveUp(ctx, user, key, yes); err != nil {
		return User{}, err
	}
	// Half of what follows would leave somebody without a way in.
	ctx, cancel := toTheEnd(ctx)
	defer cancel()
	if err := s.store.TakeLink(ctx, linkSecret(code), offer); err != nil {
		return User{}, inWordsOfLinks(err)
	}
	return owner, s.join(ctx, user, owner, key)
}

// toTheEnd gives a context for what must not stop half way because its caller
// has gone, which may be what comes of it.
func toTheEnd(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}

func inWordsOfLinks(err error) error {
	if ErrorCode(err) == CodeNotFound {
		return noLinkCode()
	}
	return err
}

// linkOwner gives the user who was given the code, unless it was for a key that is
// none of theirs any more: whoever had that may have taken the code before.
func (s *Service) linkOwner(ctx context.Context, secret string) (offer LinkOffer, owner User, err error) {
	offer, err = s.store.LinkOffer(ctx, secret)
	if err != nil {
		return offer, User{}, inWordsOfLinks(err)
	}
	owner, err = s.store.User(ctx, offer.User)
	if ErrorCode(err) == CodeGone {
		return offer, User{}, noLinkCode()
	}
	if err != nil || offer.By == "" {
		return offer, owner, inWordsOfLinks(err)
	}
	by, err := s.store.UserByKey(ctx, offer.By)
	if ErrorCode(err) == CodeNotFound || err == nil && by.ID != owner.ID {
		return offer, User{}, noLinkCode()
	}
	return offer, owner, err
}

// mayGiveUp refuses, unless yes, to take the only key of somebody who wrote
// something.
func (s *Service) mayGiveUp(ctx context.Context, user User, key Key, yes bool) error {
	if yes || user.ID == 0 {
		return nil
	}
	alone, err := s.isOnlyKey(ctx, user, key)
	if err != nil || !alone {
		return err
	}
	for _, err := range s.Written(ctx, user) {
		if err != nil {
			return err
		}
		return Errorf(CodeRefused, "this key is %s here, who has written messages and has no other key; with --yes %s is given up: what %s wrote stays under that name, and nobody can change it any more", user.Name, user.Name, user.Name)
	}
	return nil
}

func (s *Service) isOnlyKey(ctx context.Context, user User, key Key) (bool, error) {
	keys, err := s.store.Keys(ctx, user.ID)
	return len(keys) == 1 && keys[0].Fingerprint == key.Fingerprint, err
}

// join gives the key of user, if anybody, to owner. user goes with their last
// one.
func (s *Service) join(ctx context.Context, user, owner User, key Key) error {
	if user.ID == 0 {
		return s.store.AddKey(ctx, owner.ID, key)
	}
	alone, err := s.isOnlyKey(ctx, user, key)
	if err != nil {
		return err
	}
	if err := s.store.MoveKey(ctx, key, user.ID, owner.ID); err != nil {
		return err
	}
	if !alone {
		return nil
	}
	return s.store.Forget(ctx, user.ID, isNow(owner), 0)
}

// isNow are the words for who came by a key that has become another user's.
func isNow(owner User) string { return "you are " + owner.Name + " here now; connect again" }
