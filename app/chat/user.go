package chat

import (
	"strconv"
	"time"
)

// UserID numbers users from 1. The zero value is nobody.
type UserID int64

func (id UserID) String() string { return strconv.FormatInt(int64(id), 10) }

// User is a person: whoever holds one of the user's keys.
type User struct {
	ID      UserID
	Name    string
	Created time.Time
	Seen    time.Time // when a session of the user last began or ended
	Key     Key       // by which the user came in; only from Enter
}

// Key is a public key as it proved itself in a finished SSH handshake.
type Key struct {
	Fingerprint string // SHA256:…
	Line        string // as in authorized_keys
}
