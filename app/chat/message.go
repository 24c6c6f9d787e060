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
)

// Message is one entry of a room's log. Messages are shared between sessions
// and never changed once they are made.
type Message struct {
	ID   MessageID // the number in its room
	Key  string    // the client id it was posted with, unique in the room
	Prev string    // the Key of its predecessor; "" for the room's first
	Room RoomID
	From UserID
	Name string // the author's name when it was posted
	At   time.Time
	Kind Kind
	Body string
}

// Position is a place in a room's log: the newest message that was seen there.
// Two logs that agree on a Position agree on everything before it.
type Position struct {
	ID  MessageID
	Key string
}

// Position returns the place right after the message.
func (m *Message) Position() Position { return Position{ID: m.ID, Key: m.Key} }

// Draft is a message on its way in. Key makes a retry harmless: posting the
// same key to the same room again gives the answer of the first time.
type Draft struct {
	Key  string
	Room RoomID
	From UserID
	Name string
	Kind Kind
	Body string
}

// Page is a stretch of a room's log, ascending and without holes.
type Page struct {
	Messages []*Message
	First    MessageID // the oldest message that is kept; 0 in an empty log
	Head     Position  // the newest message of the room, read at the same moment
}
