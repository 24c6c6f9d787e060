package chat

import (
	"context"
	"time"
)

// Deed is an entry of the audit log: who did what to whom, when and why.
type Deed struct {
	ID     int64
	At     time.Time
	By     string // the name then
	ByID   UserID
	Act    string // ban, unban, mute, unmute, kick, op, deop, delete, announce, motd, lockdown, invite, admit
	Room   string // the room's title; "" for the whole chat
	Target string // a name, a fingerprint, a range of addresses
	Until  time.Time
	Why    string
}

// LimitDeeds is how many deeds are kept, the newest.
const LimitDeeds = 10_000

// deed makes an entry of what a user does just now.
func deed(by User, act string) Deed {
	return Deed{At: time.Now(), By: by.Name, ByID: by.ID, Act: act}
}

// about says in which room it was done. Of private rooms nobody learns, not
// even administrators, so their names are not kept here.
func (d Deed) about(room Room, target, why string) Deed {
	if room.ID.IsPrivate() || room.IsDirect() {
		room = Room{ID: room.ID, Name: "private", Private: true}
	}
	d.Room, d.Target, d.Why = room.Title(), target, why
	return d
}

// record writes down what was done in a room. That is another step than the
// deed's own, so it is seen through though whoever asked for it is gone.
func (s *Service) record(ctx context.Context, d Deed) error {
	ctx, cancel := toTheEnd(ctx)
	defer cancel()
	return s.store.Record(ctx, d)
}

// Deeds gives the n newest entries of the audit log with a number below before
// (0: the newest of all), ascending. For administrators.
func (s *Service) Deeds(ctx context.Context, user User, before int64, n int) ([]Deed, error) {
	if err := s.mustAdministrate(user); err != nil {
		return nil, err
	}
	if n < 1 || n > LimitDeeds {
		return nil, Errorf(CodeInvalid, "%d entries cannot be had at once; ask for 1 to %d", n, LimitDeeds)
	}
	return s.store.Deeds(ctx, before, n)
}
