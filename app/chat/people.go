package chat

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// LimitAway is the longest text of being away, in characters.
const LimitAway = 100

// Person is somebody as a list of people shows them.
type Person struct {
	ID   UserID
	Name string
	Here bool
	Away bool          // said so
	Idle time.Duration // since they last did anything here; only from Who, of those who are here
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
	people := People(members.People, here.People)
	markAway(people, here.Away)
	return people, s.markIdle(ctx, people)
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

func markAway(people []Person, away map[UserID]bool) {
	for i := range people {
		people[i].Away = away[people[i].ID]
	}
}

// markIdle reads since when those who are here did nothing.
func (s *Service) markIdle(ctx context.Context, people []Person) error {
	var here []UserID
	for _, p := range people {
		if p.Here {
			here = append(here, p.ID)
		}
	}
	profiles, err := s.store.Profiles(ctx, here)
	for i, p := range people {
		if known, ok := profiles[p.ID]; ok && p.Here {
			people[i].Idle = idle(known.Seen)
		}
	}
	return err
}

// idle is the time since seen, by a clock that may be another replica's.
func idle(seen time.Time) time.Duration { return max(0, time.Since(seen)) }

// Roster is the people of a room, in the order of Who, at one moment. All
// sessions of a replica share it, and it never changes.
type Roster struct {
	People []Person // without idle times

	room, here int64 // the versions of the rolls that it was made from
}

// Roster gives the people of a room from what this replica has of it: the same
// one again until somebody comes, goes, is away or takes another name.
func (s *Session) Roster(room RoomID) *Roster {
	members, general := s.feedOf(room), s.feedOf(General)
	if members == nil || general == nil {
		return s.hub.nobody
	}
	return members.roster(general)
}

// Profile is what everyone may know of a user.
type Profile struct {
	User
	Here      bool
	Away      string // what for, in their own words; "" where they did not say so
	AwaySince time.Time
	Idle      time.Duration // since they last did anything; 0 where they are not here
}

// Whois tells about the user of a name.
func (s *Service) Whois(ctx context.Context, ref string) (Profile, error) {
	user, err := s.FindUser(ctx, ref)
	if err != nil {
		return Profile{}, err
	}
	profiles, err := s.store.Profiles(ctx, []UserID{user.ID})
	if err != nil {
		return Profile{}, err
	}
	p := profiles[user.ID]
	p.User = user
	here, err := s.store.Members(ctx, General)
	if _, p.Here = here.People[user.ID]; p.Here {
		p.Idle = idle(p.Seen)
	}
	return p, err
}

// Away tells everybody that the user is away, for what the text says, until it
// is nothing. CodeInvalid: it is longer than LimitAway.
func (s *Service) Away(ctx context.Context, user User, text string) error {
	clean, err := CleanLine(text, LimitAway)
	if err != nil {
		return err
	}
	if clean != "" {
		if err := s.mayWrite(user.ID); err != nil {
			return err
		}
	}
	if err := s.rates.changes.allow(user.ID, "changes"); err != nil {
		return err
	}
	return s.store.Away(ctx, user, clean)
}
