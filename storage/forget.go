package storage

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// goneKept is how long it is kept that a user is gone: no session lives on
// unaware of it for so long.
const goneKept = 24 * time.Hour

// Forget implements chat.Accounts. The keys are last: until then one of them
// lets in whoever has to ask again, and a key whose user is gone opens a new
// one.
func (s *Store) Forget(ctx context.Context, id chat.UserID, words string, keep time.Duration) error {
	user, err := s.User(ctx, id)
	if err != nil {
		return err
	}
	keys, err := s.Keys(ctx, id)
	if err != nil {
		return err
	}
	rooms, err := s.leaveAll(ctx, user)
	if err != nil {
		return err
	}
	if err := s.retireName(ctx, user, keep); err != nil {
		return err
	}
	if err := s.Away(ctx, user, ""); err != nil {
		return err
	}
	if err := s.erase(ctx, id, words); err != nil {
		return err
	}
	for _, key := range keys {
		if err := s.releaseKey(ctx, id, key.Fingerprint); err != nil {
			return err
		}
	}
	return s.tellPeers(ctx, id, rooms)
}

// leaveAll takes the user out of all rooms, and gives which these were.
func (s *Store) leaveAll(ctx context.Context, user chat.User) ([]chat.RoomID, error) {
	ids, err := s.rdb.SMembers(ctx, keyUserRooms(user.ID)).Result()
	if err != nil {
		return nil, wrap("listing a user's rooms", err)
	}
	rooms := make([]chat.RoomID, len(ids))
	for i, id := range ids {
		rooms[i] = chat.RoomID(id)
		if _, err := s.RemoveMember(ctx, rooms[i], user); err != nil {
			return nil, err
		}
	}
	return rooms, nil
}

// tellPeers has those whom the user had a room with look again what it is
// called.
func (s *Store) tellPeers(ctx context.Context, id chat.UserID, rooms []chat.RoomID) error {
	for _, room := range rooms {
		if peer, direct := room.Peer(id); direct {
			if err := s.tellUser(ctx, peer); err != nil {
				return err
			}
		}
	}
	return nil
}

// retireName keeps the user's name reserved for a while, or gives it back.
func (s *Store) retireName(ctx context.Context, user chat.User, keep time.Duration) error {
	name, err := chat.ParseName(user.Name)
	if err != nil {
		return err
	}
	if keep <= 0 {
		return wrap("giving a name back", s.scripts.release.Run(ctx, s.rdb, []string{keyUsername(name)}, user.ID.String()).Err())
	}
	return wrap("keeping a name reserved", s.rdb.Expire(ctx, keyUsername(name), keep).Err())
}

// erase deletes what is kept under the user's own keys, and tells the sessions.
func (s *Store) erase(ctx context.Context, id chat.UserID, words string) error {
	keys := []string{
		keyUser(id), keyUserFeed(id),
		keyUserKeys(id), keyUserBack(id), keyUserRooms(id), keyUserRead(id), keyUserInvites(id),
		keyUserDrafts(id), keyUserIgnored(id), keyUserMuted(id),
	}
	err := s.scripts.forget.Run(ctx, s.rdb, keys, s.publish, words, goneKept.Milliseconds()).Err()
	return wrap("forgetting a user", err)
}

// OfferLink implements chat.Accounts.
func (s *Store) OfferLink(ctx context.Context, secret string, offer chat.LinkOffer, term time.Duration) error {
	return wrap("keeping a link code", s.rdb.Set(ctx, keyLink(secret), offerText(offer), term).Err())
}

func offerText(offer chat.LinkOffer) string {
	return strings.TrimSpace(offer.User.String() + " " + offer.By)
}

// LinkOffer implements chat.Accounts.
func (s *Store) LinkOffer(ctx context.Context, secret string) (chat.LinkOffer, error) {
	text, err := s.rdb.Get(ctx, keyLink(secret)).Result()
	if errors.Is(err, redis.Nil) {
		return chat.LinkOffer{}, errNoLink
	}
	if err != nil {
		return chat.LinkOffer{}, wrap("looking for a link code", err)
	}
	user, by, _ := strings.Cut(text, " ")
	id, err := strconv.ParseInt(user, 10, 64)
	return chat.LinkOffer{User: chat.UserID(id), By: by}, wrap("reading a link code", err)
}

var errNoLink = chat.Errorf(chat.CodeNotFound, "there is no such code")

// TakeLink implements chat.Accounts.
func (s *Store) TakeLink(ctx context.Context, secret string, offer chat.LinkOffer) error {
	took, err := s.scripts.release.Run(ctx, s.rdb, []string{keyLink(secret)}, offerText(offer)).Bool()
	if err == nil && !took {
		return errNoLink
	}
	return wrap("taking a link code", err)
}
