package storage

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// survey is what there is in Redis, without what is of the moment: who is here
// now, and answers that are kept for minutes. Its lists are in order.
type survey struct {
	users     []chat.UserID
	rooms     []chat.RoomID
	userNames []string // folded, as are those of rooms
	roomNames []string
	doors     []string
	places    []string
	keys      []string // fingerprints
}

// survey goes through all keys of all servers.
func (s *Store) survey(ctx context.Context) (*survey, error) {
	users, rooms, found := map[chat.UserID]bool{}, map[chat.RoomID]bool{}, &survey{}
	lists := map[string]*[]string{
		"username": &found.userNames, "roomname": &found.roomNames, "door": &found.doors, "place": &found.places, "key": &found.keys,
	}
	err := s.scan(ctx, func(keys []string) error {
		for _, key := range keys {
			kind, id, err := classify(key)
			if err != nil {
				return err
			}
			switch list := lists[kind]; {
			case list != nil:
				*list = append(*list, strings.Clone(id))
			case kind == "user":
				users[chat.UserID(number(id))] = true
			case kind == "room":
				rooms[chat.RoomID(strings.Clone(id))] = true
			}
		}
		return nil
	})
	for _, list := range lists {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	found.users = slices.Sorted(maps.Keys(users))
	found.rooms = slices.SortedFunc(maps.Keys(rooms), byNumber)
	return found, err
}

// byNumber orders rooms as people count.
func byNumber(a, b chat.RoomID) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// scan hands on the keys of all servers that take what is written, some at a
// time; a key may come twice.
func (s *Store) scan(ctx context.Context, see func(keys []string) error) error {
	servers, err := nodesOf(s.rdb).all(ctx)
	if err != nil {
		return wrap("asking for the nodes of the cluster", err)
	}
	for _, server := range servers {
		for cursor := uint64(0); ; {
			var keys []string
			err := s.insist(ctx, func() (err error) {
				keys, cursor, err = server.Scan(ctx, cursor, "", 1000).Result()
				return wrap("listing the keys", err)
			})
			if err == nil {
				err = see(keys)
			}
			if err != nil {
				return err
			}
			if cursor == 0 {
				break
			}
		}
	}
	return nil
}

// parts are what may stand behind the key of a user or of a room: true where
// it is something that lasts.
func parts(kind string) map[string]bool {
	if kind == "user" {
		return map[string]bool{
			"": true, "keys": true, "rooms": true, "invites": true, "read": true, "drafts": true, "ignored": true, "muted": true,
			"back": false,
		}
	}
	return map[string]bool{
		"": true, "meta": true, "head": true, "changes": true, "members": true, "joined": true, "sanctions": true, "pins": true,
		"slow": false, "post": false, "leases": false, "lease": false, "sessions": false, "away": false,
	}
}

// classify tells what a key is one of, and whose. It gives no kind for what
// does not last, and for what is no key of a chat's; a key that could be the
// chat's and is not known is an error: nobody may think that it was kept.
func classify(key string) (kind, id string, err error) {
	kind, rest, _ := strings.Cut(key, ":")
	switch kind {
	case "username", "roomname", "door", "place", "key":
		return kind, rest, nil
	case "chat":
		if rest != "{house}" && rest != "{house}:sanctions" && rest != "{house}:audit" {
			return "", "", errUnknown("the key", key)
		}
	case "user", "room":
		id, part, ok := strings.Cut(strings.TrimPrefix(rest, "{"), "}")
		part, _, _ = strings.Cut(strings.TrimPrefix(part, ":"), ":")
		lasts, known := parts(kind)[part]
		if !ok || !known {
			return "", "", errUnknown("the key", key)
		}
		if lasts {
			return kind, id, nil
		}
	}
	return "", "", nil
}

func errUnknown(what, name string) error {
	return fmt.Errorf("this teahouse does not know %s %q, and would lose it: take the one that writes it, or a newer one", what, name)
}

// fields are those of a hash. They are taken out one by one: what is left at
// the end is what this version does not know.
type fields map[string]string

func (f fields) take(name string) string {
	value := f[name]
	delete(f, name)
	return value
}

func (f fields) number(name string) int64 {
	n, _ := strconv.ParseInt(f.take(name), 10, 64)
	return n
}

// rest is an error about what is left.
func (f fields) rest(key string) error {
	for name := range f {
		return errUnknown("the field", key+" "+name)
	}
	return nil
}

// ours tells whether a key is one of a chat's, lasting or not.
func ours(key string) bool {
	kind, _, _ := strings.Cut(key, ":")
	switch kind {
	case "user", "room", "chat", "username", "roomname", "door", "place", "key", "link",
		keyTotalUsers, keyTotalRooms, keyRooms, keyHostKey, keyDoorSalt:
		return true
	}
	return false
}

// values runs a command for each of n keys, in pipelines, as inBatches does.
func values[C redis.Cmder](ctx context.Context, s *Store, doing string, n int, ask func(p redis.Pipeliner, i int) C) ([]C, error) {
	answers := make([]C, n)
	err := s.insist(ctx, func() error {
		return wrap(doing, inBatches(ctx, s.rdb, n, func(p redis.Pipeliner, i int) { answers[i] = ask(p, i) }))
	})
	return answers, err
}
