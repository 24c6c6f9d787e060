package chat

import (
	"context"
	"strings"
)

// LimitPrivate is how many private rooms one may be in.
const LimitPrivate = 200

// MakeRoom makes a room of the name with the user in it as its owner.
// CodeTaken: there is a public room of the name, or the user is in a private
// one of it.
func (s *Service) MakeRoom(ctx context.Context, user User, name string, private bool) (Room, error) {
	wish, err := ParseRoomName(strings.TrimPrefix(strings.TrimSpace(name), "&"))
	if err != nil {
		return Room{}, err
	}
	if err := s.mayWrite(user.ID); err != nil {
		return Room{}, err
	}
	if err := s.rates.joins.allow(user.ID, "rooms"); err != nil {
		return Room{}, err
	}
	if private {
		return s.makePrivate(ctx, user, wish)
	}
	room, made, err := s.store.EnsureRoom(ctx, wish, user.ID)
	if err != nil {
		return room, err
	}
	if !made {
		return Room{}, Errorf(CodeTaken, "there is a room %s already; join it, or choose another name", room.Title())
	}
	return room, s.enter(ctx, user, room)
}

func (s *Service) makePrivate(ctx context.Context, user User, name Name) (Room, error) {
	if err := s.mayEnterPrivate(ctx, user, name, ""); err != nil {
		return Room{}, err
	}
	room, err := s.store.MakePrivate(ctx, name, user)
	if err != nil {
		return room, err
	}
	return room, s.enter(ctx, user, room)
}

// mayEnterPrivate keeps a user out of two private rooms of one name: the name
// could then mean only one of them. room may be the one that is entered.
func (s *Service) mayEnterPrivate(ctx context.Context, user User, name Name, room RoomID) error {
	all, err := s.store.RoomsNamed(ctx, user.ID, name)
	if err != nil {
		return err
	}
	return all.mayEnter(room)
}

func (n Namesakes) mayEnter(room RoomID) error {
	for _, own := range n.Own {
		if own.ID == room {
			return nil
		}
	}
	switch {
	case len(n.Own) > 0:
		title := n.Own[0].Title()
		return Errorf(CodeTaken, "you are in another private room %s already; leave %s first, or have one of them renamed", title, title)
	case n.Private >= LimitPrivate:
		return Errorf(CodeRefused, "you are in %d private rooms, which is the most there can be; leave one of them first", n.Private)
	}
	return nil
}

// Join puts the user into the room that "ops", "#ops" or "&ops" means: a
// private room that the user is in or is invited to, or else the public one,
// made at once where there is none. CodeNotFound: no such private room, as far
// as the user may know. CodeTaken: the user is in another one of the name.
func (s *Service) Join(ctx context.Context, user User, ref string) (Room, error) {
	if strings.HasPrefix(ref, "@") {
		return s.FindRoom(ctx, user, ref)
	}
	sign, name, err := parseRef(ref)
	if err != nil {
		return Room{}, err
	}
	if err := s.rates.joins.allow(user.ID, "rooms"); err != nil {
		return Room{}, err
	}
	all, err := s.store.RoomsNamed(ctx, user.ID, name)
	if err != nil {
		return Room{}, err
	}
	if sign != "#" && len(all.Invited) > 0 && (sign == "&" || len(all.Own) == 0) {
		return s.accept(ctx, user, all)
	}
	room, found := all.find(sign)
	if !found && sign == "&" {
		return Room{}, noRoom(sign, name.String())
	}
	if !found {
		if room, err = s.makePublic(ctx, user, name); err != nil {
			return Room{}, err
		}
	}
	return room, s.enter(ctx, user, room)
}

func (s *Service) makePublic(ctx context.Context, user User, name Name) (Room, error) {
	if err := s.mayWrite(user.ID); err != nil {
		return Room{}, err
	}
	room, _, err := s.store.EnsureRoom(ctx, name, user.ID)
	return room, err
}

// accept takes the oldest invitation of a name.
func (s *Service) accept(ctx context.Context, user User, all Namesakes) (Room, error) {
	room := all.Invited[0]
	if err := all.mayEnter(room.ID); err != nil {
		return Room{}, err
	}
	added, err := s.store.Accept(ctx, room.ID, user)
	if ErrorCode(err) == CodeNotFound {
		return Room{}, noRoom("&", room.Name)
	}
	if err == nil && added {
		s.hub.counts.joins.Add(1)
		err = s.readAll(ctx, user, room.ID)
	}
	return room, err
}

// enter puts the user into a room that is open to them.
func (s *Service) enter(ctx context.Context, user User, room Room) error {
	if room.ID == General {
		return nil
	}
	added, err := s.store.AddMember(ctx, room.ID, user)
	if err == nil && added {
		s.hub.counts.joins.Add(1)
		err = s.readAll(ctx, user, room.ID)
	}
	return err
}

// readAll sets the read mark to the room's end: what was said before somebody
// came is there to be read, but not news.
func (s *Service) readAll(ctx context.Context, user User, room RoomID) error {
	marks, err := s.store.Marks(ctx, []RoomID{room})
	if err != nil {
		return err
	}
	return s.store.MarkRead(ctx, ReadMark{user.ID, room, marks[0].Head.ID})
}

// Leave takes the user out of the room. Where the owner leaves, the moderator
// who is there longest owns it from then on, or else the member who is.
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
