package chat

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// nameKept is how long a name stays reserved for the one who gave it up.
const nameKept = 30 * 24 * time.Hour

// FindRoom gives the room that the user means by "ops", "#ops" or "@bob",
// where a room with bob is made if there is none yet. CodeNotFound in words.
func (s *Service) FindRoom(ctx context.Context, user User, ref string) (Room, error) {
	if name, ok := strings.CutPrefix(ref, "@"); ok {
		return s.direct(ctx, user, name)
	}
	name, err := ParseRoomName(ref)
	if err != nil {
		return Room{}, err
	}
	room, err := s.store.RoomByName(ctx, name)
	if ErrorCode(err) == CodeNotFound {
		err = Errorf(CodeNotFound, "there is no room #%s; the command rooms lists those there are, and join %s makes it", name, name)
	}
	return room, err
}

// SeeRoom gives the room like FindRoom, but makes none. CodeNotFound where the
// two have not written to each other yet.
func (s *Service) SeeRoom(ctx context.Context, user User, ref string) (Room, error) {
	if !strings.HasPrefix(ref, "@") {
		return s.FindRoom(ctx, user, ref)
	}
	peer, err := s.FindUser(ctx, ref)
	if err != nil {
		return Room{}, err
	}
	room := Room{ID: Direct(user.ID, peer.ID), Name: peer.Name}
	in, err := s.store.IsMember(ctx, room.ID, user.ID)
	if err == nil && !in {
		err = Errorf(CodeNotFound, "you and %s have not written to each other yet", peer.Name)
	}
	return room, err
}

func (s *Service) direct(ctx context.Context, user User, name string) (Room, error) {
	peer, err := s.FindUser(ctx, name)
	if err != nil {
		return Room{}, err
	}
	if peer.ID == user.ID {
		return Room{}, Errorf(CodeRefused, "that is you; a room between two people needs another one")
	}
	return s.store.EnsureDirect(ctx, user, peer)
}

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

// Join puts the user into the room of the name, made at once where there is
// none.
func (s *Service) Join(ctx context.Context, user User, ref string) (Room, error) {
	if strings.HasPrefix(ref, "@") {
		return s.FindRoom(ctx, user, ref)
	}
	name, err := ParseRoomName(ref)
	if err != nil {
		return Room{}, err
	}
	room, _, err := s.store.EnsureRoom(ctx, name, user.ID)
	if err != nil || room.ID == General {
		return room, err
	}
	added, err := s.store.AddMember(ctx, room.ID, user)
	if err == nil && added {
		err = s.readAll(ctx, user, room.ID)
	}
	return room, err
}

// readAll sets the read mark to the room's end: what was said before somebody
// came is there to be read, but not news.
func (s *Service) readAll(ctx context.Context, user User, room RoomID) error {
	marks, err := s.store.Marks(ctx, []RoomID{room})
	if err != nil {
		return err
	}
	return s.store.MarkRead(ctx, user.ID, room, marks[0].Head.ID)
}

// Leave takes the user out of the room.
func (s *Service) Leave(ctx context.Context, user User, room Room) error {
	if room.ID == General {
		return Errorf(CodeRefused, "everyone is in #general; it cannot be left")
	}
	was, err := s.store.RemoveMember(ctx, room.ID, user)
	if err == nil && !was {
		return Errorf(CodeRefused, "you are not in %s", room.Title())
	}
	return err
}

// PublicRooms lists the rooms that anyone may join, by name, general first.
func (s *Service) PublicRooms(ctx context.Context) ([]RoomInfo, error) {
	rooms, err := s.store.PublicRooms(ctx)
	slices.SortFunc(rooms, func(a, b RoomInfo) int { return compareRooms(a.Room, b.Room) })
	return rooms, err
}

// Rooms lists the rooms that the user is in, in the order of the top bar.
func (s *Service) Rooms(ctx context.Context, user User) ([]RoomView, error) {
	seats, err := s.store.Seats(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	prefs, err := s.store.Preferences(ctx, user.ID)
	views := make([]RoomView, 0, len(seats))
	for _, in := range seats {
		unread := max(0, int(in.Head.ID-in.Read))
		v := RoomView{Room: in.Room, Head: in.Head.ID, Read: in.Read, Unread: unread}
		if prefs.lists(v, user.ID) {
			views = append(views, prefs.adorn(v, user.ID))
		}
	}
	slices.SortFunc(views, func(a, b RoomView) int { return compareRooms(a.Room, b.Room) })
	return views, err
}

// Seats lists all rooms that the user is in, in the order of the top bar.
func (s *Service) Seats(ctx context.Context, user User) ([]Seat, error) {
	seats, err := s.store.Seats(ctx, user.ID)
	slices.SortFunc(seats, func(a, b Seat) int { return compareRooms(a.Room, b.Room) })
	return seats, err
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
	return s.store.SetTopic(ctx, room.ID, topic, user)
}

func (s *Service) mustBeIn(ctx context.Context, user User, room Room) error {
	in, err := s.store.IsMember(ctx, room.ID, user.ID)
	if err == nil && !in {
		return Errorf(CodeRefused, "you are not in %s; join it first", room.Title())
	}
	return err
}

// Rename gives the user another name; the old one stays reserved for its
// owner for 30 days.
func (s *Service) Rename(ctx context.Context, user User, wish string) (User, error) {
	name, err := NewName(wish)
	if err != nil {
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
	slices.SortFunc(all, func(a, b Key) int { return cmp.Compare(a.Fingerprint, b.Fingerprint) })
	return all, err
}

// AddKey lets another key in as the user.
func (s *Service) AddKey(ctx context.Context, user User, key Key) error {
	err := s.store.AddKey(ctx, user.ID, key)
	if ErrorCode(err) == CodeTaken {
		err = Errorf(CodeTaken, "the key %s belongs to somebody already; a key opens one user only", key.Fingerprint)
	}
	return err
}

// RemoveKey no longer lets the key in as the user.
func (s *Service) RemoveKey(ctx context.Context, user User, fingerprint string) error {
	err := s.store.RemoveKey(ctx, user.ID, fingerprint)
	switch ErrorCode(err) {
	case CodeNotFound:
		err = Errorf(CodeNotFound, "%s is not one of your keys", fingerprint)
	case CodeRefused:
		err = Errorf(CodeRefused, "this is your last key; without it you could not come back. Add another one first")
	}
	return err
}

// Person is somebody as a list of people shows them.
type Person struct {
	ID   UserID
	Name string
	Here bool
}

// Who lists the people of a room that the user is in, those who are here
// first, then by name. In general they are all who are here.
func (s *Service) Who(ctx context.Context, user User, room Room) ([]Person, error) {
	if err := s.mustBeIn(ctx, user, room); err != nil {
		return nil, err
	}
	members, err := s.store.Members(ctx, room.ID)
	if err != nil {
		return nil, err
	}
	here := members
	if room.ID != General {
		if here, err = s.store.Members(ctx, General); err != nil {
			return nil, err
		}
	}
	return People(members.People, here.People), nil
}

// People merges the members of a room with who is here, whose names are the
// newest, and sorts them: those who are here first, then by name.
func People(members, here map[UserID]string) []Person {
	people := make([]Person, 0, len(members))
	for id, name := range members {
		now, is := here[id]
		if is {
			name = now
		}
		people = append(people, Person{ID: id, Name: name, Here: is})
	}
	slices.SortFunc(people, func(a, b Person) int {
		if a.Here != b.Here {
			if a.Here {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Name, b.Name)
	})
	return people
}

// Profile is what everyone may know of a user.
type Profile struct {
	User
	Here bool
}

// Whois tells about the user of a name.
func (s *Service) Whois(ctx context.Context, ref string) (Profile, error) {
	user, err := s.FindUser(ctx, ref)
	if err != nil {
		return Profile{}, err
	}
	here, err := s.store.Members(ctx, General)
	_, is := here.People[user.ID]
	return Profile{User: user, Here: is}, err
}

// History gives the n newest messages of a room that the user is in, with ids
// below before (0: the newest of all), ascending.
func (s *Service) History(ctx context.Context, user User, room Room, before MessageID, n int) (Page, error) {
	if n < 1 || n > LimitHistory {
		return Page{}, Errorf(CodeInvalid, "%d messages cannot be had at once; ask for 1 to %d", n, LimitHistory)
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
