package storage

import (
	"context"
	"errors"
	"slices"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// userNow is a user at one moment.
type userNow struct {
	id      chat.UserID
	own     fields
	keys    map[string]string
	invites map[string]string
	read    map[string]string
	drafts  map[string]string
	ignored map[string]string
	muted   map[string]string
	rooms   []string
}

// keysOfUser are what the script reads, in its order.
func keysOfUser(id chat.UserID) []string {
	return []string{
		keyUser(id), keyUserKeys(id), keyUserInvites(id), keyUserRead(id), keyUserDrafts(id), keyUserIgnored(id),
		keyUserMuted(id), keyUserRooms(id),
	}
}

// readUser takes what the script answers: hashes as lists, and the rooms.
func readUser(id chat.UserID, answer *redis.Cmd) (*userNow, error) {
	parts, err := answer.Slice()
	if err != nil {
		return nil, err
	}
	if len(parts) != len(keysOfUser(id)) {
		return nil, errors.New("the answer about a user has another shape")
	}
	last := len(parts) - 1
	hashes := make([]map[string]string, last)
	for i := range hashes {
		words := texts(parts[i])
		for j := 0; j+1 < len(words); j += 2 {
			put(&hashes[i], words[j], words[j+1])
		}
	}
	return &userNow{
		id: id, own: hashes[0], keys: hashes[1], invites: hashes[2], read: hashes[3], drafts: hashes[4], ignored: hashes[5],
		muted: hashes[6], rooms: texts(parts[last]),
	}, nil
}

func texts(answer any) []string {
	words, _ := answer.([]any)
	all := make([]string, len(words))
	for i, word := range words {
		all[i], _ = word.(string)
	}
	return all
}

// legible is an error about what JSON could not carry.
func (u *userNow) legible() error {
	keys := keysOfUser(u.id)
	for i, hash := range []map[string]string{u.own, u.keys, u.invites, u.read, u.drafts, u.ignored, u.muted} {
		for name, value := range hash {
			if err := legible(keys[i], name, value); err != nil {
				return err
			}
		}
	}
	return legible(keys[len(keys)-1], u.rooms...)
}

// Belongings implements chat.Accounts.
func (s *Store) Belongings(ctx context.Context, id chat.UserID) (chat.Belongings, error) {
	return s.belongings(ctx, id)
}

// belongings is Belongings, after other steps in the same round trip.
func (s *Store) belongings(ctx context.Context, id chat.UserID, first ...*step) (b chat.Belongings, err error) {
	rooms := newRoomsOf(s, id)
	u, err := s.userNow(ctx, id, rooms, first)
	if err != nil {
		return b, wrap("reading a user", err)
	}
	if b.User, err = u.user(); err != nil {
		return b, err
	}
	for fingerprint, line := range u.keys {
		b.Keys = append(b.Keys, chat.Key{Fingerprint: fingerprint, Line: line})
	}
	for room, text := range u.drafts {
		put(&b.Drafts, chat.RoomID(room), text)
	}
	b.Preferences = u.preferences()
	b.Came = chat.Origin{Fingerprint: u.own["came_by"], Address: u.own["came_from"]}
	b.Seats, b.Invitations, err = s.seats(ctx, u, rooms)
	return b, err
}

// userNow reads a user, and in the same round trip what the rooms are like that
// they were in when they were read last: mostly those that they are in. Of others that
// is general, where everybody is.
func (s *Store) userNow(ctx context.Context, id chat.UserID, rooms *roomsOf, first []*step) (*userNow, error) {
	reads := &step{script: s.scripts.belongings, keys: keysOfUser(id)}
	guess, known := s.guesses.Find(id)
	if !known {
		guess = []string{string(chat.General)}
	}
	err := together(ctx, s.rdb, append(slices.Clip(first), reads), func(p redis.Pipeliner) {
		for _, room := range guess {
			rooms.ask(ctx, p, room)
		}
	})
	if err != nil {
		return nil, err
	}
	return readUser(id, reads.answer)
}

func (u *userNow) user() (chat.User, error) {
	switch {
	case u.own["gone"] != "":
		return chat.User{}, chat.Errorf(chat.CodeGone, "%s", u.own["gone"])
	case u.own["name"] == "":
		return chat.User{}, errNoUser
	}
	return chat.User{ID: u.id, Name: u.own["name"], Created: moment(u.own["created"]), Seen: moment(u.own["seen"])}, nil
}

func (u *userNow) preferences() chat.Preferences {
	p := chat.Preferences{
		Settings: chat.ReadSettings(func(name string) string { return u.own[name] }),
		Room:     chat.RoomID(u.own["place"]),
		Away:     u.own["away"], AwaySince: moment(u.own["away_at"]),
	}
	for id, name := range u.ignored {
		put(&p.Ignored, chat.UserID(number(id)), name)
	}
	for room := range u.muted {
		put(&p.Muted, chat.RoomID(room), true)
	}
	return p
}

// put sets an entry of a map, which most users have none of.
func put[M ~map[K]V, K comparable, V any](m *M, key K, value V) {
	if *m == nil {
		*m = M{}
	}
	(*m)[key] = value
}
