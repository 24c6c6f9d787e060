package chat

import "context"

// belongings are what storage keeps of a user that a session shows.
type belongings struct {
	user    User
	seats   []Seat
	invites []Invitation
	prefs   Preferences
}

// belongings reads those of a user.
func (s *Service) belongings(ctx context.Context, user User) (all belongings, err error) {
	all.user = user
	if all.seats, all.invites, err = s.store.Seats(ctx, user.ID); err != nil {
		return all, err
	}
	all.prefs, err = s.store.Preferences(ctx, user.ID)
	return all, err
}
