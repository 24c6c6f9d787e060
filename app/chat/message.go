package chat

import "time"

// MessageID numbers the messages of one room from 1, without holes.
type MessageID int64

// Kind tells what sort of message a message is.
type Kind string

// The kinds of message.
const (
	KindText   Kind = ""   // something said
	KindAction Kind = "me" // something done: "* alice waves"

	// KindAnnouncement is what an administrator tells everybody.
	KindAnnouncement Kind = "announcement"
)

// Message is one message of a room as it is after some change of the room's
// log. Messages are shared between sessions and never changed once they are
// made: an edit makes another Message of the same ID.
type Message struct {
	ID   MessageID // the number in its room
	Rev  int64     // the number of its post among the room's changes
	Key  string    // the client id it was posted with, unique in the room
	Prev string    // the Key of the change before its post; "" for the room's first
	Room RoomID
	From UserID
	Name string // the author's name when it was posted
	At   time.Time
	Kind Kind
	Body string // empty once it is deleted

	ReplyTo MessageID // the message that this one answers; 0 for none

	// Mentions are whom the body calls, as MentionsIn gives them.
	Mentions []string

	Edited    time.Time  // when the body was last changed; zero for never
	Deleted   bool       // the message stays as a place in the log
	Reactions []Reaction // the most frequent first
}

// Position is a place in a room's log: the newest change that was seen there.
// Two logs that agree on a Position agree on everything before it.
type Position struct {
	Rev int64
	Key string
}

// Head is where a room's log ends: its newest change, and its newest message,
// by which people count.
type Head struct {
	Position
	ID MessageID
}

// Entry is one change of a room's log: a post, an edit, a deletion or a
// reaction. Changes are numbered from 1 without holes, and each carries the
// Key of its predecessor, so that a reader sees what is missing, and a history
// that is another one.
type Entry struct {
	Position
	Prev string
	ID   MessageID
	// Message is the changed message as it is after this change or a later
	// one; nil where it is no longer kept.
	Message *Message

	// What was done, where it was no post.
	Act   Act
	By    string // the name of who did it, as it was then
	Emoji string // of a reaction
}

// Entry returns the change that the message's post was.
func (m *Message) Entry() Entry {
	return Entry{Position: Position{Rev: m.Rev, Key: m.Key}, Prev: m.Prev, ID: m.ID, Message: m}
}

// Draft is a message on its way in. Key makes a retry harmless: posting the
// same key to the same room again gives the answer of the first time.
type Draft struct {
	Key  string
	Room RoomID
	From UserID
	Name string
	Kind Kind
	Body string

	ReplyTo MessageID // the message that this one answers; 0 for none
}

// Page is a stretch of a room's messages, ascending and without holes, each as
// it is now.
type Page struct {
	Messages []*Message
	First    MessageID // the oldest message that is kept; 0 in an empty log
	Head     Head      // where the log ends, read at the same moment
}

// Span is a stretch of a room's changes, ascending and without holes.
type Span struct {
	Entries []Entry
	First   MessageID // the oldest message that is kept; 0 in an empty log
	Head    Head      // where the log ends, read at the same moment
}
