package archive

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"teahouse/app/chat"
)

// check finds what no chat has: ids that are none, and records of nothing.
// What it lets through makes no key in Redis but a chat's own.
func (l Line) check() error {
	switch {
	case l.Log != nil:
		return errors.Join(room(l.Log.Room), atLeast("last", int64(l.Log.Last), 0), atLeast("rev", l.Log.Rev, 0))
	case l.Message != nil:
		return errors.Join(room(l.Message.Room), atLeast("id", int64(l.Message.ID), 1), given("at", l.Message.At))
	case l.Room != nil:
		return errors.Join(room(l.Room.ID), atLeast("last", int64(l.Room.Last), 0))
	case l.Member != nil:
		return errors.Join(room(l.Member.Room), user(l.Member.User))
	case l.Sanction != nil && l.Sanction.Room != "":
		return errors.Join(room(l.Sanction.Room), filled("id", l.Sanction.ID))
	case l.Sanction != nil:
		return filled("id", l.Sanction.ID)
	case l.Pin != nil:
		return errors.Join(room(l.Pin.Room), atLeast("id", int64(l.Pin.ID), 1))
	case l.Change != nil:
		return errors.Join(room(l.Change.Room), atLeast("rev", l.Change.Rev, 1))
	case l.RoomName != nil:
		return errors.Join(room(l.RoomName.Room), filled("name", l.RoomName.Name))
	case l.Door != nil:
		return errors.Join(room(l.Door.Room), filled("door", l.Door.Door))
	case l.Deed != nil:
		return atLeast("id", l.Deed.ID, 1)
	case l.HostKey != nil:
		return filled("pem", l.HostKey.PEM)
	}
	return l.checkUsers()
}

func (l Line) checkUsers() error {
	switch {
	case l.User != nil:
		return errors.Join(user(l.User.ID), filled("name", l.User.Name), settings(l.User.Settings))
	case l.Seat != nil:
		return errors.Join(user(l.Seat.User), room(l.Seat.Room))
	case l.Invitation != nil:
		return errors.Join(user(l.Invitation.User), room(l.Invitation.Room))
	case l.Ignored != nil:
		return errors.Join(user(l.Ignored.User), user(l.Ignored.Other), filled("name", l.Ignored.Name))
	case l.Key != nil:
		return errors.Join(user(l.Key.User), filled("fingerprint", l.Key.Fingerprint))
	case l.UserName != nil:
		return errors.Join(user(l.UserName.User), filled("name", l.UserName.Name))
	case l.Place != nil:
		return errors.Join(user(l.Place.By), filled("code", l.Place.Code))
	}
	return nil
}

func settings(words map[string]string) error {
	for name := range words {
		if !slices.ContainsFunc(chat.SettingsTable(), func(s chat.Setting) bool { return s.Name == name }) {
			return fmt.Errorf("there is a setting %q, which this teahouse does not know: take the one that wrote the file, or a newer one", name)
		}
	}
	return nil
}

func user(id chat.UserID) error { return atLeast("the user's id", int64(id), 1) }

func room(id chat.RoomID) error {
	if _, _, direct := id.Pair(); direct || id == chat.General {
		return nil
	}
	number := strings.TrimPrefix(string(id), "&")
	if n, err := strconv.ParseInt(number, 10, 64); err != nil || n < 1 || strconv.FormatInt(n, 10) != number {
		return fmt.Errorf("%q is no room's id", string(id))
	}
	return nil
}

func atLeast(name string, n, least int64) error {
	if n < least {
		return fmt.Errorf("%s is %d, and cannot be less than %d", name, n, least)
	}
	return nil
}

func filled(name, value string) error {
	if value == "" {
		return fmt.Errorf("the field %s is missing", name)
	}
	return nil
}

func given(name string, at time.Time) error {
	if at.IsZero() {
		return fmt.Errorf("the field %s is missing", name)
	}
	return nil
}
