package chat

import (
	"context"
	"strings"
)

// Namesakes are the rooms that one name can mean to a user.
type Namesakes struct {
	Own     []Room // private ones that the user is in, the oldest first
	Invited []Room // private ones that the user is invited to, the oldest first
	Public  Room   // ID is "" where there is none
	Private int    // how many private rooms the user is in, of any name
}

// find gives the room that a sign and a name mean to those who may see it: own
// private rooms go before the public one, unless the sign says which is meant.
func (n Namesakes) find(sign string) (Room, bool) {
	if sign != "#" && len(n.Own) > 0 {
		return n.Own[0], true
	}
	return n.Public, sign != "&" && n.Public.ID != ""
}

// parseRef reads "ops", "#ops" or "&ops".
func parseRef(ref string) (sign string, name Name, err error) {
	ref = strings.TrimSpace(ref)
	for _, sign = range []string{"#", "&"} {
		if rest, ok := strings.CutPrefix(ref, sign); ok {
			name, err = parseName(rest, 1, LimitRoomName)
			return sign, name, err
		}
	}
	name, err = parseName(ref, 1, LimitRoomName)
	return "", name, err
}

// FindRoom gives the room that the user means by "ops" (a private room that
// the user is in, or else the public one), "#ops" (the public one), "&ops"
// (the private one) or "@bob", where a room with bob is made if there is none
// yet. CodeNotFound in words, which are the same for a room that is not there
// and for one that the user may not see.
func (s *Service) FindRoom(ctx context.Context, user User, ref string) (Room, error) {
	if name, ok := strings.CutPrefix(ref, "@"); ok {
		return s.direct(ctx, user, name)
	}
	sign, name, err := parseRef(ref)
	if err != nil {
		return Room{}, err
	}
	all, err := s.store.RoomsNamed(ctx, user.ID, name)
	if err != nil {
		return Room{}, err
	}
	if room, ok := all.find(sign); ok {
		return room, nil
	}
	if sign != "#" && len(all.Invited) > 0 {
		return Room{}, Errorf(CodeRefused, "you are invited to %s and not in it yet; join %s enters it", all.Invited[0].Title(), all.Invited[0].Title())
	}
	return Room{}, noRoom(sign, name.String())
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

// mustBeIn is what all that reads or changes a room asks first. To somebody
// who is not in a private room there is no such room.
func (s *Service) mustBeIn(ctx context.Context, user User, room Room) error {
	in, err := s.store.IsMember(ctx, room.ID, user.ID)
	switch {
	case err != nil || in:
		return err
	case room.ID.IsPrivate():
		return noRoom("&", room.Name)
	}
	return Errorf(CodeRefused, "you are not in %s; join it first", room.Title())
}

// noRoom says that nothing is called like that, as far as the asker may know.
func noRoom(sign, name string) error {
	if sign == "&" {
		return Errorf(CodeNotFound, "you are in no private room &%s; the command rooms lists those you are in, and invites those you are invited to", name)
	}
	return Errorf(CodeNotFound, "there is no room #%s; the command rooms lists those there are, and join %s makes it", name, name)
}
