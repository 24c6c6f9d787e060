package chat

import (
	"context"
	"strings"
	"time"
)

// nameKept is how long a name stays reserved for the one who gave it up.
const nameKept = 30 * 24 * time.Hour

// FindUser gives the user of a name, with or without a leading @.
func (s *Service) FindUser(ctx context.Context, ref string) (User, error) {
	ref = strings.TrimPrefix(ref, "@")
	name, err := ParseName(ref)
	if err != nil {
		return User{}, err
	}
	user, err := s.store.UserByName(ctx, name)
	if ErrorCode(err) == CodeNotFound {
		err = Errorf(CodeNotFound, "nobody here is called %s; the command who lists who is here", name)
	}
	return user, err
}

// PublicRooms lists the rooms that anyone may join, by name, general first.
func (s *Service) PublicRooms(ctx context.Context) ([]RoomInfo, error) {
	rooms, err := s.store.PublicRooms(ctx)
	sortByRoom(rooms, func(x RoomInfo) Room { return x.Room })
	return rooms, err
}

// Rooms lists the rooms that the user is in, in the order of the top bar.
func (s *Service) Rooms(ctx context.Context, user User) ([]RoomView, error) {
	all, err := s.store.Belongings(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	views := make([]RoomView, 0, len(all.Seats))
	for _, in := range all.Seats {
		unread := max(0, int(in.Head.ID-in.Read))
		v := RoomView{Room: in.Room, Role: in.Role, Head: in.Head.ID, Read: in.Read, Unread: unread}
		if all.Preferences.lists(v, user.ID) {
			views = append(views, all.Preferences.adorn(v, user.ID))
		}
	}
	sortByRoom(views, func(x RoomView) Room { return x.Room })
	return views, nil
}

// Seats lists all rooms that the user is in, in the order of the top bar.
func (s *Service) Seats(ctx context.Context, user User) ([]Seat, error) {
	all, err := s.Belongings(ctx, user)
	return all.Seats, err
}

// SetTopic sets what a room is about; an empty topic removes it. Only members
// may.
func (s *Service) SetTopic(ctx context.Context, user User, room Room, topic string) error {
	if room.IsDirect() {
		return Errorf(CodeRefused, "a room between two people has no topic")
	}
	if topic != "" {
		clean, err := CleanLine(topic, LimitTopic)
		if err != nil {
			return err
		}
		topic = clean
	}
	if err := s.mustBeIn(ctx, user, room); err != nil {
		return err
	}
	if err := s.mayWrite(user.ID); err != nil {
		return err
	}
	if err := s.rates.changes.allow(user.ID, "changes"); err != nil {
		return err
	}
	return s.store.SetTopic(ctx, room.ID, topic, user)
}

// Rename gives the user another name; the old one stays reserved for its
// owner for 30 days.
func (s *Service) Rename(ctx context.Context, user User, wish string) (User, error) {
	name, err := NewName(wish)
	if err != nil {
		return User{}, err
	}
	if err := s.mayRenameNow(user); err != nil {
		return User{}, err
	}
	renamed, err := s.store.Rename(ctx, user.ID, name, nameKept)
	if ErrorCode(err) == CodeTaken {
		err = Errorf(CodeTaken, "the name %s is taken, or looks too much like one that is", name)
	}
	return renamed, err
}

// Keys lists the user's keys, by fingerprint.
func (s *Service) Keys(ctx context.Context, user User) ([]Key, error) {
	all, err := s.store.Keys(ctx, user.ID)
	sortKeys(all)
	return all, err
}

// AddKey lets another key in as the user.
func (s *Service) AddKey(ctx context.Context, user User, key Key) error {
	ctx, cancel := toTheEnd(ctx)
	defer cancel()
	err := s.store.AddKey(ctx, user.ID, key)
	if ErrorCode(err) == CodeTaken {
		err = Errorf(CodeTaken, "the key %s belongs to somebody already; a key opens one user only", key.Fingerprint)
	}
	return err
}

// RemoveKey no longer lets the key in as the user.
func (s *Service) RemoveKey(ctx context.Context, user User, fingerprint string) error {
	ctx, cancel := toTheEnd(ctx) // it may end the session in which it was typed
	defer cancel()
	err := s.store.RemoveKey(ctx, user.ID, fingerprint)
	switch ErrorCode(err) {
	case CodeNotFound:
		err = Errorf(CodeNotFound, "%s is not one of your keys", fingerprint)
	case CodeRefused:
		err = Errorf(CodeRefused, "this is your last key; without it you could not come back. Add another one first")
	}
	return err
}

// History gives the n newest messages of a room that the user is in, with ids
// below before (0: the newest of all), ascending.
func (s *Service) History(ctx context.Context, user User, room Room, before MessageID, n int) (Page, error) {
	if n < 1 || n > LimitHistory {
		return Page{}, Errorf(CodeInvalid, "%d messages cannot be had at once; ask for 1 to %d", n, LimitHistory)
	}
	if err := s.MayRead(user, n); err != nil {
		return Page{}, err
	}
	if err := s.mustBeIn(ctx, user, room); err != nil {
		return Page{}, err
	}
	return s.store.Before(ctx, room.ID, before, n)
}

// Since gives messages of a room that the user is in with ids above after,
// ascending, a page at a time.
func (s *Service) Since(ctx context.Context, user User, room Room, after MessageID) (Page, error) {
	if err := s.mustBeIn(ctx, user, room); err != nil {
		return Page{}, err
	}
	return s.store.After(ctx, room.ID, after, PageSize)
}
