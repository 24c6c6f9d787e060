package chat

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"
)

// UserID numbers users from 1. The zero value is nobody.
type UserID int64

func (id UserID) String() string { return strconv.FormatInt(int64(id), 10) }

// ParseUserID reads what String wrote.
func ParseUserID(s string) (UserID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading the id of a user: %w", err)
	}
	return UserID(n), nil
}

// User is a person: whoever holds one of the user's keys.
type User struct {
	ID      UserID
	Name    string
	Created time.Time
	Seen    time.Time  // when a session of the user last began or ended
	Key     Key        // by which the user came in; only from Enter, Known and a Session
	Admin   bool       // that key is one of the operator's
	From    netip.Addr // where the user came in from, where that is known; as Key
}

// Key is a public key as it proved itself in a finished SSH handshake.
type Key struct {
	Fingerprint string // SHA256:…
	Line        string // as in authorized_keys
}
