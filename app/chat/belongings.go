package chat

import (
	"cmp"
	"context"
	"slices"
)

// Belongings are all that is kept of a user, but for what they wrote.
type Belongings struct {
	User        User
	Keys        []Key
	Preferences Preferences
	Seats       []Seat            // in the rooms that the user is in; direct ones carry the other's name
	Invitations []Invitation      // that wait for the user, the oldest first
	Drafts      map[RoomID]string // what the user has begun to write
	Came        Origin            // the last time
}

// Belongings gives all that is kept of the user, but for what they wrote: keys
// by fingerprint, seats in the order of the top bar.
func (s *Service) Belongings(ctx context.Context, user User) (Belongings, error) {
	all, err := s.store.Belongings(ctx, user.ID)
	sortKeys(all.Keys)
	sortByRoom(all.Seats, func(x Seat) Room { return x.Room })
	return all, err
}

func sortKeys(all []Key) {
	slices.SortFunc(all, func(a, b Key) int { return cmp.Compare(a.Fingerprint, b.Fingerprint) })
}
