package chat

import (
	"context"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/secure/precis"
)

// How long a room's password may be, in characters.
const (
	LeastPassword = 8
	LimitPassword = 200
)

// doors turns names and passwords of rooms into the keys under which storage
// has the rooms. A wrong password and a name that nothing has lead to keys
// that are not there, after the same work: one tells as little as the other.
type doors struct {
	slots chan struct{} // bounds how many are worked out at once
	tries *pacer[UserID]
}

func newDoors() *doors {
	const atOnce, tries, every = 2, 5, 12 * time.Second
	return &doors{slots: make(chan struct{}, atOnce), tries: newPacer[UserID](1/every.Seconds(), tries)}
}

// key works out the door of a name and a password: argon2id as OWASP asks for
// it at the least, which takes 19 MiB and some hundredths of a second.
func (d *doors) key(ctx context.Context, salt []byte, name Name, password string) (string, error) {
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-d.slots }()
	seasoned := append(append([]byte{}, salt...), name.Fold()...)
	return hex.EncodeToString(argon2.IDKey([]byte(password), seasoned, 2, 19*1024, 1, 32)), nil
}

// cleanPassword is the one way in for passwords, which are compared as RFC
// 8265 says. Nothing tells one in words.
func cleanPassword(s string) (string, error) {
	clean, err := precis.OpaqueString.String(strings.TrimSpace(s))
	if n := utf8.RuneCountInString(clean); err != nil || n < LeastPassword || n > LimitPassword {
		return "", Errorf(CodeInvalid, "a password has %d to %d characters, in one line", LeastPassword, LimitPassword)
	}
	return clean, nil
}

// door works out the door of a name and a password, for a user who has not
// tried too often.
func (s *Service) door(ctx context.Context, user User, name Name, password string) (string, error) {
	clean, err := cleanPassword(password)
	if err != nil {
		return "", err
	}
	if wait := s.doors.tries.allows(user.ID, time.Now()); wait > 0 {
		return "", Errorf(CodeTooFast, "that were many passwords in a short time; try again in %s", inWords(wait))
	}
	salt, err := s.store.DoorSalt(ctx)
	if err != nil {
		return "", err
	}
	return s.doors.key(ctx, salt, name, clean)
}

// SetPassword lets into a private room whoever knows its name and the
// password, which has LeastPassword to LimitPassword characters; "" takes it
// away. Only the owner may. The password is kept nowhere.
func (s *Service) SetPassword(ctx context.Context, user User, room Room, password string) error {
	if !room.ID.IsPrivate() {
		return Errorf(CodeRefused, "a password is for private rooms, and %s is none", room.Title())
	}
	if err := s.mustBe(ctx, user, room, RoleOwner); err != nil {
		return err
	}
	door := ""
	if password != "" {
		name, err := ParseRoomName(room.Name)
		if err != nil {
			return err
		}
		if door, err = s.door(ctx, user, name, password); err != nil {
			return err
		}
	}
	err := s.store.SetDoor(ctx, room.ID, user, door)
	if ErrorCode(err) == CodeTaken {
		return Errorf(CodeTaken, "that is no good password; choose another one")
	}
	return err
}

// JoinWithPassword puts the user into the private room of the name that the
// password opens. CodeNotFound: there is none, or the password is another; the
// two cannot be told apart, not by the time it takes either. CodeTooFast:
// after five tries one more is allowed every 12 seconds. CodeTaken: the user is
// in another private room of the name.
func (s *Service) JoinWithPassword(ctx context.Context, user User, ref, password string) (Room, error) {
	sign, name, err := parseRef(ref)
	if err != nil {
		return Room{}, err
	}
	if sign == "#" {
		return Room{}, Errorf(CodeRefused, "#%s is for everyone; join it without a password", name)
	}
	all, err := s.store.RoomsNamed(ctx, user.ID, name)
	if err != nil {
		return Room{}, err
	}
	door, err := s.door(ctx, user, name, password)
	if err != nil {
		return Room{}, err
	}
	room, err := s.store.Door(ctx, door)
	if ErrorCode(err) == CodeNotFound || err == nil && !room.means("&", name) {
		return Room{}, Errorf(CodeNotFound, "there is no private room &%s that this password opens", name)
	}
	if err != nil {
		return Room{}, err
	}
	if err := all.mayEnter(room.ID); err != nil {
		return Room{}, err
	}
	return room, s.enter(ctx, user, room)
}
