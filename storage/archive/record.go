// Package archive is the form in which a whole chat is kept in a file: JSON
// lines, one record each, named after what people and operators know. It knows
// neither Redis nor files; docs/export.md has the fields and what is promised.
package archive

import (
	"time"

	"teahouse/app/chat"
)

// Format is the version of the form that this package writes and reads.
const Format = 1

// Line is one line: exactly one of its fields is set.
type Line struct {
	Header *Header `json:"teahouse_export,omitempty"`

	Log      *Log      `json:"log,omitempty"`
	Message  *Message  `json:"message,omitempty"`
	Room     *Room     `json:"room,omitempty"`
	Member   *Member   `json:"member,omitempty"`
	Sanction *Sanction `json:"sanction,omitempty"`
	Pin      *Pin      `json:"pin,omitempty"`
	Change   *Change   `json:"change,omitempty"`
	RoomName *RoomName `json:"room_name,omitempty"`
	Door     *Door     `json:"door,omitempty"`

	User       *User       `json:"user,omitempty"`
	Seat       *Seat       `json:"seat,omitempty"`
	Invitation *Invitation `json:"invitation,omitempty"`
	Ignored    *Ignored    `json:"ignored,omitempty"`
	Key        *Key        `json:"key,omitempty"`
	UserName   *UserName   `json:"user_name,omitempty"`
	Place      *Place      `json:"place,omitempty"`

	Deed    *Deed    `json:"deed,omitempty"`
	Chat    *Chat    `json:"chat,omitempty"`
	HostKey *HostKey `json:"host_key,omitempty"`

	End *End `json:"end,omitempty"`
}

// Header is the first line.
type Header struct {
	Format int       `json:"format"`
	ID     string    `json:"id"` // of this export, made up anew for each
	At     time.Time `json:"at"`
	By     string    `json:"by"` // the program that wrote it
}

// End is the last line: how many lines of each kind stand before it.
type End struct {
	Lines map[string]int64 `json:"lines"`
}

// Log begins the messages of a room: whatever stood before of them is void.
// Its numbers are the room's when the first of them was read.
type Log struct {
	Room chat.RoomID    `json:"room"`
	Last chat.MessageID `json:"last"`
	Rev  int64          `json:"rev"`
}

// Message is a message as it was when it was read. Of two with one number in
// a room the later line holds.
type Message struct {
	Room      chat.RoomID              `json:"room"`
	ID        chat.MessageID           `json:"id"`
	Rev       int64                    `json:"rev"`
	At        time.Time                `json:"at"`
	Prev      string                   `json:"prev"`
	Key       string                   `json:"key"`
	From      chat.UserID              `json:"from"`
	Name      string                   `json:"name"`
	Kind      chat.Kind                `json:"kind,omitempty"`
	Body      string                   `json:"body"`
	ReplyTo   chat.MessageID           `json:"reply_to,omitempty"`
	Edited    time.Time                `json:"edited,omitzero"`
	Deleted   time.Time                `json:"deleted,omitzero"`
	Reactions map[string][]chat.UserID `json:"reactions,omitempty"`
}

// Room is what there is of a room beside what has lines of its own. A room
// between two people has neither name nor owner.
type Room struct {
	ID         chat.RoomID    `json:"id"`
	Name       string         `json:"name,omitempty"`
	Topic      string         `json:"topic,omitempty"`
	TopicBy    string         `json:"topic_by,omitempty"`
	Owner      string         `json:"owner,omitempty"` // a user's id; "0": nobody
	Access     string         `json:"access,omitempty"`
	Created    time.Time      `json:"created,omitzero"`
	Archived   bool           `json:"archived,omitempty"`
	SlowMillis int64          `json:"slow_ms,omitempty"`
	Door       string         `json:"door,omitempty"`
	Moderators []chat.UserID  `json:"moderators,omitempty"`
	Listed     bool           `json:"listed,omitempty"` // among the public rooms
	Last       chat.MessageID `json:"last"`
	Rev        int64          `json:"rev"`
	Key        string         `json:"key,omitempty"`
	Roll       int64          `json:"roll"`
	KeptUntil  time.Time      `json:"kept_until,omitzero"` // when its messages expire unless somebody writes
}

// Member is somebody who is in a room.
type Member struct {
	Room   chat.RoomID `json:"room"`
	User   chat.UserID `json:"user"`
	Name   string      `json:"name"`
	Joined int64       `json:"joined,omitempty"` // the version of the roll; 0: not known
}

// Sanction is a ban or a mute in a room, or, without one, in the whole chat.
type Sanction struct {
	Room  chat.RoomID      `json:"room,omitempty"`
	Act   chat.SanctionAct `json:"act"`
	Kind  chat.TargetKind  `json:"kind"`
	ID    string           `json:"id"`
	Name  string           `json:"name"`
	Until time.Time        `json:"until,omitzero"`
	Why   string           `json:"why,omitempty"`
	By    string           `json:"by"`
	At    time.Time        `json:"at"`
}

// Pin is a message that is pinned.
type Pin struct {
	Room chat.RoomID    `json:"room"`
	ID   chat.MessageID `json:"id"`
	At   time.Time      `json:"at"`
}

// Change is an edit, a deletion or a reaction, for those who read on behind it.
type Change struct {
	Room  chat.RoomID    `json:"room"`
	Rev   int64          `json:"rev"`
	Key   string         `json:"key"`
	Prev  string         `json:"prev"`
	ID    chat.MessageID `json:"id"`
	Act   chat.Act       `json:"act"`
	By    string         `json:"by"`
	Emoji string         `json:"emoji,omitempty"`
}

// RoomName is a folded name that leads to a public room.
type RoomName struct {
	Name string      `json:"name"`
	Room chat.RoomID `json:"room"`
}

// Door is where a name and a password lead, by a hash of both.
type Door struct {
	Door string      `json:"door"`
	Room chat.RoomID `json:"room"`
}

// User is somebody.
type User struct {
	ID       chat.UserID       `json:"id"`
	Name     string            `json:"name"`
	Created  time.Time         `json:"created,omitzero"`
	Seen     time.Time         `json:"seen,omitzero"`
	CameBy   string            `json:"came_by,omitempty"`
	CameFrom string            `json:"came_from,omitempty"`
	Settings map[string]string `json:"settings,omitempty"`
	Place    chat.RoomID       `json:"place,omitempty"` // the room that is open
	Away     string            `json:"away,omitempty"`
	AwayAt   time.Time         `json:"away_at,omitzero"`
}

// Seat is what somebody has in a room. Everybody is in general without being
// called a member of it.
type Seat struct {
	User   chat.UserID    `json:"user"`
	Room   chat.RoomID    `json:"room"`
	Member bool           `json:"member,omitempty"`
	Read   chat.MessageID `json:"read,omitempty"`
	Quiet  bool           `json:"quiet,omitempty"`
	Draft  string         `json:"draft,omitempty"`
}

// Invitation is one that somebody has not answered yet.
type Invitation struct {
	User chat.UserID `json:"user"`
	Room chat.RoomID `json:"room"`
	At   time.Time   `json:"at"`
	By   string      `json:"by"`
}

// Ignored is whom somebody does not want to hear.
type Ignored struct {
	User  chat.UserID `json:"user"`
	Other chat.UserID `json:"other"`
	Name  string      `json:"name"`
}

// Key is a public key that lets somebody in.
type Key struct {
	Fingerprint string      `json:"fingerprint"`
	User        chat.UserID `json:"user"`
	Line        string      `json:"line,omitempty"`
}

// UserName is a folded name that is a user's, or was and is kept for them.
type UserName struct {
	Name  string      `json:"name"`
	User  chat.UserID `json:"user"`
	Until time.Time   `json:"until,omitzero"`
}

// Place is an invitation code into the chat, by its hash.
type Place struct {
	Code  string      `json:"code"`
	By    chat.UserID `json:"by"`
	Taker string      `json:"taker,omitempty"` // the fingerprint of the key that took it
	Until time.Time   `json:"until,omitzero"`
}

// Deed is an entry of the audit log.
type Deed struct {
	ID     int64       `json:"id"`
	At     time.Time   `json:"at"`
	By     string      `json:"by"`
	ByID   chat.UserID `json:"by_id"`
	Act    string      `json:"act"`
	Room   string      `json:"room,omitempty"`
	Target string      `json:"target,omitempty"`
	Until  time.Time   `json:"until,omitzero"`
	Why    string      `json:"why,omitempty"`
}

// Chat is what there is once. Numbers are those given last.
type Chat struct {
	Users    int64     `json:"users"`
	Rooms    int64     `json:"rooms"`
	Deeds    int64     `json:"deeds"`
	Version  string    `json:"version,omitempty"` // of the bans, the mutes and what stands below
	MOTD     string    `json:"motd,omitempty"`
	Lockdown time.Time `json:"lockdown,omitzero"`
	DoorSalt string    `json:"door_salt,omitempty"`
}

// HostKey is the chat's private host keys. It is there only when it was asked for.
type HostKey struct {
	PEM string `json:"pem"`
}
