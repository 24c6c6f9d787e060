package chat

import (
	"context"
	"slices"
)

// Listed is a room in a user's list of rooms.
type Listed struct {
	RoomInfo
	In     bool // the user is in it
	Unread int
}

// Directory lists all rooms that the user may know of: the public ones, the
// user's own private ones, and those between the user and another where
// something was said; in the order of the top bar.
func (s *Service) Directory(ctx context.Context, user User) ([]Listed, error) {
	public, err := s.store.PublicRooms(ctx)
	if err != nil {
		return nil, err
	}
	mine, err := s.Rooms(ctx, user)
	if err != nil {
		return nil, err
	}
	var hidden []Room
	for _, v := range mine {
		if v.Private || v.IsDirect() {
			hidden = append(hidden, v.Room)
		}
	}
	own, err := s.store.RoomInfos(ctx, hidden)
	return list(slices.Concat(public, own), mine), err
}

// list puts together what is known of rooms and of one's seats there.
func list(infos []RoomInfo, mine []RoomView) []Listed {
	seats := make(map[RoomID]RoomView, len(mine))
	for _, v := range mine {
		seats[v.ID] = v
	}
	all := make([]Listed, len(infos))
	for i, info := range infos {
		view, in := seats[info.ID]
		all[i] = Listed{RoomInfo: info, In: in, Unread: view.Unread}
	}
	sortByRoom(all, func(x Listed) Room { return x.Room })
	return all
}
