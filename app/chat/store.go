package chat

import (
	"context"
	"iter"
	"time"
)

// Store is what the chat asks of storage. Its promises are a test suite
// (storage/storagetest), run against every Redis set-up.
//
// All methods may be called at the same time from many goroutines and
// replicas. They fail with an *Error: CodeNotFound and CodeTaken where a
// method says so, CodeUnavailable when storage does not answer, in which case
// the call may or may not have taken effect and can safely be repeated.
type Store interface {
	Accounts
	Rooms
	Privacy
	Offices
	Order
	Log
	Presence
	Wire
	Personal
}

// Accounts holds users, their keys and their names.
type Accounts interface {
	// UserByKey finds the user of a key's fingerprint. CodeNotFound.
	UserByKey(ctx context.Context, fingerprint string) (User, error)
	// EnsureUser gives the user of the key, made at once where the key is new
	// and named after the first of names that is free. However many callers
	// come with one new key, they all get the same user; however many come
	// with one wish for a name, one gets it. The bool tells whether this call
	// made the user.
	EnsureUser(ctx context.Context, key Key, names iter.Seq[Name]) (User, bool, error)
	// User gives the user of an id. CodeNotFound; CodeGone, in the words that
	// Forget was given, for a day after it.
	User(ctx context.Context, id UserID) (User, error)
	// Belongings gives all that is kept of a user, as it was at one moment, and
	// what the rooms are like that are in it: in two round trips, or in one where the
	// rooms are the same as when it was asked last. CodeNotFound;
	// CodeGone as with User.
	Belongings(ctx context.Context, id UserID) (Belongings, error)
	// UserByName finds who holds a name, or held it and still has it
	// reserved. CodeNotFound.
	UserByName(ctx context.Context, name Name) (User, error)
	// Rename gives the user another name and keeps the old one reserved for
	// its owner during keep. CodeTaken.
	Rename(ctx context.Context, id UserID, name Name, keep time.Duration) (User, error)
	// Keys lists the user's keys, in no order.
	Keys(ctx context.Context, id UserID) ([]Key, error)
	// AddKey gives the user another key. Adding it again changes nothing.
	// CodeTaken: it is somebody else's.
	AddKey(ctx context.Context, id UserID, key Key) error
	// RemoveKey takes a key from the user, whose sessions are told. CodeNotFound:
	// it is not the user's; CodeRefused: it is the last one.
	RemoveKey(ctx context.Context, id UserID, fingerprint string) error
	// MoveKey has the key open another user from now on. CodeTaken: it is
	// neither's.
	MoveKey(ctx context.Context, key Key, from, to UserID) error
	// Revive puts back a user whom storage lost, with the id, the name where
	// it can be had, and the key; also who has been put back by another key of
	// theirs, which is known by when they were made. CodeTaken: the key is another
	// user's now, or the id is.
	Revive(ctx context.Context, user User, key Key) error
	// CameBy notes that a user came just now, and how; CameFrom tells that.
	CameBy(ctx context.Context, id UserID, by Origin) error
	CameFrom(ctx context.Context, id UserID) (Origin, error)
	// Forget takes a user out of all rooms and deletes what is kept for them:
	// keys, name, settings, drafts. The user's sessions are told, and find the
	// words as User's error. The name stays reserved for nobody during keep.
	// Messages stay. CodeNotFound, CodeGone.
	Forget(ctx context.Context, id UserID, words string, keep time.Duration) error
	// OfferLink keeps during term that the secret stands for the user.
	OfferLink(ctx context.Context, secret string, offer LinkOffer, term time.Duration) error
	// LinkOffer tells whom a secret stands for. CodeNotFound.
	LinkOffer(ctx context.Context, secret string) (LinkOffer, error)
	// TakeLink ends that the secret stands for the user, once however many
	// call. CodeNotFound: it does not (any more).
	TakeLink(ctx context.Context, secret string, offer LinkOffer) error
	// Saw notes that the users did something just now, or came or went.
	Saw(ctx context.Context, ids ...UserID) error
	// Profiles tells what everyone may know of the users, but whether they
	// are here; nothing of those that there are not.
	Profiles(ctx context.Context, ids []UserID) (map[UserID]Profile, error)
}

// Origin is how somebody came; what is not known is "".
type Origin struct {
	Fingerprint string // of their key
	Address     string
}

// Seat is a user's place in a room.
type Seat struct {
	Room Room
	Role Role
	Head Head      // where the room's log ends
	Read MessageID // the newest message that the user has read
}

// Rooms holds rooms, who is in them, and how far each has read.
type Rooms interface {
	// EnsureRoom gives the public room of the name, made at once where there
	// is none. The bool tells whether this call made it.
	EnsureRoom(ctx context.Context, name Name, owner UserID) (Room, bool, error)
	// EnsureDirect gives the room between two people with both in it.
	EnsureDirect(ctx context.Context, a, b User) (Room, error)
	// RoomByName finds a public room. CodeNotFound.
	RoomByName(ctx context.Context, name Name) (Room, error)
	// RoomsNamed gives what a name can mean to the user, in two round trips at
	// the most. What others have of the name changes neither the answer nor
	// how long it takes.
	RoomsNamed(ctx context.Context, user UserID, name Name) (Namesakes, error)
	// Room gives the room of an id. CodeNotFound.
	Room(ctx context.Context, id RoomID) (Room, error)
	// PublicRooms lists all public rooms, general among them, in no order.
	PublicRooms(ctx context.Context) ([]RoomInfo, error)
	// RoomInfos tells more of the rooms, in the order asked.
	RoomInfos(ctx context.Context, rooms []Room) ([]RoomInfo, error)
	// AddMember puts the user into the room and takes an invitation to it
	// away; false when already there. Who enters an empty room that is not
	// direct is its owner. CodeRefused, in words: the user is banned from it.
	AddMember(ctx context.Context, room RoomID, user User) (bool, error)
	// RemoveMember takes the user out of the room; false when not there. The
	// owner's place goes to the moderator who is there longest, or else to the
	// member who is. Whoever is on a room's roll is in the room, whatever broke
	// off where.
	RemoveMember(ctx context.Context, room RoomID, user User) (bool, error)
	// Members gives who is in a room; in general, who is here, and who is away.
	Members(ctx context.Context, room RoomID) (Roll, error)
	// IsMember tells whether the user is in the room. Everyone is in general.
	IsMember(ctx context.Context, room RoomID, user UserID) (bool, error)
	// SetTopic sets what a room is about. CodeRefused: it is archived.
	SetTopic(ctx context.Context, room RoomID, topic string, by User) error
	// MarkRead moves read marks forward, never back. After an error some may
	// have moved.
	MarkRead(ctx context.Context, marks ...ReadMark) error
}

// RoomInfo is a room as a list of rooms shows it.
type RoomInfo struct {
	Room
	Members int
	Head    Head
	Last    *Message // the newest one; nil where none is kept
}

// Log holds the messages of the rooms.
type Log interface {
	// Post appends the draft to its room in one step and tells every replica.
	// Numbers are given in the order of arrival, without holes. Posting a key
	// again within 15 minutes changes nothing and gives the first answer.
	// CodeNotFound: what the draft answers was never there. CodeRefused, in words
	// for the author: the room is archived, or the author is muted there or
	// banned from it. CodeTooFast, with the time to wait:
	// the room is in slow mode. CodeAbsent: not all of those named are on the
	// room's roll.
	Post(ctx context.Context, d Draft, among ...UserID) (*Message, error)
	// Revise changes a message in one step, gives it as it is then, and tells
	// every replica. The change gets the next number of the room's changes;
	// what would change nothing gets none. A key is as with Post.
	// CodeNotFound: there is no such message, or it is no longer kept.
	// CodeRefused, in words for the user: a rule of Act forbids it.
	Revise(ctx context.Context, r Revision) (*Message, error)
	// Before gives the n newest messages with an id below before, or the n
	// newest of all when before is 0.
	Before(ctx context.Context, room RoomID, before MessageID, n int) (Page, error)
	// After gives the n oldest messages with an id above after.
	After(ctx context.Context, room RoomID, after MessageID, n int) (Page, error)
	// Messages gives those of the ids that are kept, ascending, each once.
	Messages(ctx context.Context, room RoomID, ids []MessageID) ([]*Message, error)
	// Changes gives the changes that follow the place after, at most 2n of
	// them, as a run without holes. It ends early, maybe at once, where the
	// next change is no longer kept; Head tells that from the log's end.
	Changes(ctx context.Context, room RoomID, after Head, n int) (Span, error)
}

// Presence holds who is here, as leases of the replicas that serve them, by
// the storage's clock. Who is here are the members of general: coming and
// going are changes of its roll.
type Presence interface {
	// Arrive adds a session of a replica, does CameBy, and gives the user's
	// Belongings, in as many round trips and with the same errors as these
	// alone (in a cluster, with one more where something is presumed); the session
	// has arrived where they are CodeNotFound or CodeGone. ErrPresumed: what was
	// presumed is not so, and nothing was done. Doing it again changes nothing. known
	// is as with Renew: where it is false, the replica's other sessions must be
	// restored.
	Arrive(ctx context.Context, replica string, s Attendance, by Origin) (all Belongings, known bool, err error)
	// Depart removes a session; the last one of a user makes the user gone.
	Depart(ctx context.Context, replica, session string) error
	// Renew keeps the replica's sessions for another term. known is false
	// where the storage had taken them for dead, or lost them: then they
	// must be restored.
	Renew(ctx context.Context, replica string, term time.Duration) (known bool, err error)
	// Restore makes the replica's sessions exactly those given.
	Restore(ctx context.Context, replica string, term time.Duration, all []Attendance) error
	// Reap removes the sessions of replicas whose term is over, each user's
	// going told once however many replicas call.
	Reap(ctx context.Context) error
	// Leases counts the users who are here and gives the leases that nobody has
	// buried, in no order, at most 1,000. They need not be of the same moment.
	Leases(ctx context.Context) (here int, all []Lease, err error)
}

// Attendance is one session of a user on a replica.
type Attendance struct {
	Session string
	User    UserID
	Name    string
	// Presumed: that the key by which somebody comes opens this user, and that
	// they have this name, was so the last time.
	Presumed bool
}

// ErrPresumed tells that a key opens somebody else by now, or nobody, or somebody of
// another name.
var ErrPresumed = Errorf(CodeNotFound, "that key was of somebody else; connect again")

// Wire brings news from the other replicas. News wakes; it is not relied on:
// it may be lost, and what is right is always read from the Store.
type Wire interface {
	// Listen hands on news until ctx ends, one at a time, and returns then.
	// After every interruption, the first connection included, it says
	// NewsRestart once all topics are subscribed again: from then on nothing
	// is missed until the next NewsDown. Every second or so it says NewsDelay.
	Listen(ctx context.Context, sink func(News))
	// Subscribe and Unsubscribe change what Listen brings. For each newly
	// subscribed topic Listen says NewsSubscribed once it is in force.
	Subscribe(topics ...Topic)
	Unsubscribe(topics ...Topic)
	// Typing has Listen say NewsTyping wherever the room is subscribed. It is
	// kept nowhere.
	Typing(ctx context.Context, room RoomID, user User) error
	// Marks gives where the rooms stand, in the order asked, to compare with
	// what the news made of them.
	Marks(ctx context.Context, rooms []RoomID) ([]Mark, error)
}

// Mark is where a room stands: its log's end and its roll's version.
type Mark struct {
	Head Head
	Roll int64
}

// Topic is what news is about.
type Topic string

// RoomTopic is about one room; UserTopic about one user's own affairs.
func RoomTopic(id RoomID) Topic { return Topic("room:" + string(id)) }
func UserTopic(id UserID) Topic { return Topic("user:" + id.String()) }

// HouseTopic is about the whole chat.
const HouseTopic Topic = "chat:house"

// NewsKind says which part of a News is set.
type NewsKind int

// The kinds of news.
const (
	NewsEntry      NewsKind = iota + 1 // Entry was added to a room's log
	NewsRoll                           // Change of a room's members
	NewsRoom                           // a room's topic or name changed
	NewsNotice                         // somebody did something in a room: Notice
	NewsSeats                          // a user's rooms changed, or the user did
	NewsRead                           // a user's read mark moved: Room, Read
	NewsRules                          // the Rules of the chat changed
	NewsTyping                         // Change.User, called Change.Name, types in Room
	NewsSubscribed                     // the topic is subscribed from now on
	NewsDown                           // storage does not answer
	NewsRestart                        // storage answers again, all topics are subscribed
	NewsDelay                          // what is posted here is heard here after Delay
)

// News is one thing that happened.
type News struct {
	Kind   NewsKind
	Topic  Topic
	Entry  Entry
	Change Change
	Notice Notice
	Room   RoomID
	Read   MessageID
	Delay  time.Duration
}
