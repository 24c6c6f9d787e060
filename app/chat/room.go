package chat

import (
	"cmp"
	"sort"
	"strconv"
	"strings"
	"time"
)

// RoomID names a room: "0" is general, other public rooms are numbered from 1,
// a private one has "&" before its number, and the room between two people is
// "A:B", their user ids in ascending order.
type RoomID string

// General is the room that everyone is in.
const General RoomID = "0"

// GeneralName is its name, which never changes.
const GeneralName = "general"

// GeneralRoom is that room as far as it is always the same: without its topic.
func GeneralRoom() Room { return Room{ID: General, Name: GeneralName} }

// Direct returns the id of the room between two people.
func Direct(a, b UserID) RoomID {
	if a > b {
		a, b = b, a
	}
	return RoomID(a.String() + ":" + b.String())
}

// Pair returns the two people of a direct room; ok is false for other rooms.
func (id RoomID) Pair() (a, b UserID, ok bool) {
	left, right, found := strings.Cut(string(id), ":")
	if !found {
		return 0, 0, false
	}
	x, errA := strconv.ParseInt(left, 10, 64)
	y, errB := strconv.ParseInt(right, 10, 64)
	return UserID(x), UserID(y), errA == nil && errB == nil && x > 0 && x < y
}

// Peer returns whom a direct room joins the user with.
func (id RoomID) Peer(me UserID) (UserID, bool) {
	a, b, ok := id.Pair()
	switch {
	case !ok:
		return 0, false
	case a == me:
		return b, true
	case b == me:
		return a, true
	}
	return 0, false
}

// IsPrivate tells whether the room is one that only those who are in it, or
// invited, know of. A room is private for good: its id says so.
func (id RoomID) IsPrivate() bool { return strings.HasPrefix(string(id), "&") }

// Room is a place with a log of messages. Direct rooms have no name of their
// own: each of the two sees the other's. The names of public rooms are unique;
// any number of private ones may have one name, also that of a public one.
type Room struct {
	ID       RoomID
	Name     string
	Topic    string
	TopicBy  string        // who set the topic
	Owner    UserID        // 0: nobody
	Private  bool          // as ID says
	Archived bool          // to be read only
	Slow     time.Duration // between two messages of a plain member; 0: no limit
	Locked   bool          // who knows the password may join
}

// IsDirect tells whether the room is one between two people.
func (r Room) IsDirect() bool { return strings.Contains(string(r.ID), ":") }

// Title is the room's name as people read and type it: #ops, &board, @bob.
func (r Room) Title() string {
	switch {
	case r.IsDirect():
		return "@" + r.Name
	case r.Private:
		return "&" + r.Name
	}
	return "#" + r.Name
}

// compareRooms orders rooms as the top bar does: general, the others by name,
// then rooms between two people by the other's name, and the archived ones last.
func compareRooms(a, b Room) int {
	return cmp.Or(
		cmp.Compare(rank(a), rank(b)),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.ID, b.ID),
	)
}

// sortByRoom puts what belongs to rooms in their order. It is not slices.SortFunc,
// which is compiled anew for every T.
func sortByRoom[T any](all []T, room func(T) Room) {
	sort.Slice(all, func(i, j int) bool { return compareRooms(room(all[i]), room(all[j])) < 0 })
}

func rank(r Room) int {
	switch {
	case r.ID == General:
		return 0
	case r.Archived:
		return 3
	case r.IsDirect():
		return 2
	}
	return 1
}
