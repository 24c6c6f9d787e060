package storage

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/storage/archive"
)

// exportUsers is how many users are read at a time.
const exportUsers = 100

// users writes all users with what is theirs.
func (e *export) users(ctx context.Context) error {
	if err := e.findOwners(ctx); err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(e.found.users), func(id chat.UserID) bool { return e.known[id.String()] })
	for some := range slices.Chunk(fresh, exportUsers) {
		answers, err := values(ctx, e.Store, "reading users", len(some), func(p redis.Pipeliner, i int) *redis.Cmd {
			// In a pipeline there is nobody to send the script when Redis lacks it.
			return e.scripts.belongings.Eval(ctx, p, keysOfUser(some[i]))
		})
		if err != nil {
			return err
		}
		for i, answer := range answers {
			if err := e.user(some[i], answer); err != nil {
				return err
			}
		}
	}
	return nil
}

// findOwners asks whom the keys let in that are new.
func (e *export) findOwners(ctx context.Context) error {
	fresh := slices.DeleteFunc(slices.Clone(e.found.keys), func(key string) bool { _, known := e.owners[key]; return known })
	ids, err := values(ctx, e.Store, "reading who comes by a key", len(fresh), func(p redis.Pipeliner, i int) *redis.StringCmd {
		return p.Get(ctx, keyKey(fresh[i]))
	})
	for i, id := range ids {
		e.owners[fresh[i]] = id.Val()
	}
	return err
}

// user writes a user, who has a name: who has none is only half made, and who is
// gone has left nothing.
func (e *export) user(id chat.UserID, answer *redis.Cmd) error {
	now, err := readUser(id, answer)
	if err != nil || now.own["gone"] != "" || now.own["name"] == "" {
		return err
	}
	if err := now.legible(); err != nil {
		return err
	}
	e.known[id.String()] = true
	record, err := now.record()
	if err != nil {
		return err
	}
	if err := e.to.Write(archive.Line{User: record}); err != nil {
		return err
	}
	return errors.Join(e.seats(now), e.invitations(now), e.ignored(now), e.keysOf(now))
}

func (u *userNow) record() (*archive.User, error) {
	f := u.own
	r := &archive.User{
		ID: u.id, Name: f.take("name"), Created: when(f.number("created")), Seen: when(f.number("seen")),
		CameBy: f.take("came_by"), CameFrom: f.take("came_from"), Place: chat.RoomID(f.take("place")),
		Away: f.take("away"), AwayAt: when(f.number("away_at")),
	}
	for _, s := range chat.SettingsTable() {
		if word := f.take(s.Name); word != "" {
			put(&r.Settings, s.Name, word)
		}
	}
	return r, f.rest(keyUser(u.id))
}

// seats writes what a user has in each room.
func (e *export) seats(u *userNow) error {
	seats := map[string]*archive.Seat{}
	in := func(room string) *archive.Seat {
		if seats[room] == nil {
			seats[room] = &archive.Seat{User: u.id, Room: chat.RoomID(room)}
		}
		return seats[room]
	}
	for _, room := range u.rooms {
		in(room).Member = true
	}
	for room, id := range u.read {
		in(room).Read = chat.MessageID(number(id))
	}
	for room := range u.muted {
		in(room).Quiet = true
	}
	for room, text := range u.drafts {
		in(room).Draft = text
	}
	rooms := slices.SortedFunc(maps.Keys(seats), func(a, b string) int { return byNumber(chat.RoomID(a), chat.RoomID(b)) })
	return lines(e, rooms, func(room string) archive.Line { return archive.Line{Seat: seats[room]} })
}

func (e *export) invitations(u *userNow) error {
	return lines(e, slices.Sorted(maps.Keys(u.invites)), func(room string) archive.Line {
		i := parseInvitation(chat.Room{ID: chat.RoomID(room)}, u.invites[room])
		return archive.Line{Invitation: &archive.Invitation{User: u.id, Room: i.Room.ID, At: i.At.UTC(), By: i.By}}
	})
}

func (e *export) ignored(u *userNow) error {
	return lines(e, slices.Sorted(maps.Keys(u.ignored)), func(other string) archive.Line {
		return archive.Line{Ignored: &archive.Ignored{User: u.id, Other: chat.UserID(number(other)), Name: u.ignored[other]}}
	})
}

// keysOf writes the keys that let the user in.
func (e *export) keysOf(u *userNow) error {
	for _, fingerprint := range slices.Sorted(maps.Keys(u.keys)) {
		if e.owners[fingerprint] != u.id.String() {
			continue // it has been moved or removed, and only this entry was left
		}
		e.owners[fingerprint] = ""
		line := archive.Line{Key: &archive.Key{Fingerprint: fingerprint, User: u.id, Line: u.keys[fingerprint]}}
		if err := e.to.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// strayKeys writes the keys that let somebody in without standing in their list:
// it was not come so far.
func (e *export) strayKeys() error {
	for _, fingerprint := range slices.Sorted(maps.Keys(e.owners)) {
		if id := e.owners[fingerprint]; e.known[id] {
			line := archive.Line{Key: &archive.Key{Fingerprint: fingerprint, User: chat.UserID(number(id))}}
			if err := e.to.Write(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// userNames writes who has which name, and which are kept for whom.
func (e *export) userNames(ctx context.Context) error {
	names := e.found.userNames
	ids, until, err := expiring(ctx, e.Store, "reading names", len(names), func(i int) string { return keyFoldedUsername(names[i]) })
	if err != nil {
		return err
	}
	for i, id := range ids {
		if id == "" || until[i].IsZero() && !e.known[id] {
			continue // given back since, or of somebody who is only half made
		}
		line := archive.Line{UserName: &archive.UserName{Name: names[i], User: chat.UserID(number(id)), Until: until[i]}}
		if err := e.to.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// places writes invitation codes into the chat.
func (e *export) places(ctx context.Context) error {
	codes := e.found.places
	offers, until, err := expiring(ctx, e.Store, "reading invitations", len(codes), func(i int) string { return keyPlace(codes[i]) })
	if err != nil {
		return err
	}
	for i, offer := range offers {
		by, taker, _ := strings.Cut(offer, " ")
		if by == "" {
			continue
		}
		line := archive.Line{Place: &archive.Place{Code: codes[i], By: chat.UserID(number(by)), Taker: taker, Until: until[i]}}
		if err := e.to.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// expiring reads n strings, "" where there is none, and until when each is kept:
// zero for ever.
func expiring(ctx context.Context, s *Store, doing string, n int, key func(i int) string) (texts []string, until []time.Time, err error) {
	left := make([]*redis.DurationCmd, n)
	found, err := values(ctx, s, doing, n, func(p redis.Pipeliner, i int) *redis.StringCmd {
		left[i] = p.PTTL(ctx, key(i))
		return p.Get(ctx, key(i))
	})
	if err != nil {
		return nil, nil, err
	}
	for i, text := range found {
		texts, until = append(texts, text.Val()), append(until, expiry(left[i].Val()))
	}
	return texts, until, nil
}
