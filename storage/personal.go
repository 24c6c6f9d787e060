package storage

import (
	"context"

	"teahouse/app/chat"
)

var errGone = chat.Errorf(chat.CodeGone, "you have left this chat for good; connect again to begin anew")

// Set implements chat.Personal.
func (s *Store) Set(ctx context.Context, id chat.UserID, setting, word string) error {
	return s.note(ctx, "keeping a setting", id, s.publish, setting, word)
}

// note sets fields of a user, and tells the user's sessions where a command to
// publish is given.
func (s *Store) note(ctx context.Context, doing string, id chat.UserID, publish string, pairs ...string) error {
	done, err := s.noting(id, publish, pairs...).run(ctx, s.rdb).Bool()
	if err == nil && !done {
		return errGone
	}
	return wrap(doing, err)
}

func (s *Store) noting(id chat.UserID, publish string, pairs ...string) *step {
	return &step{script: s.scripts.note, keys: []string{keyUser(id), keyUserFeed(id)}, args: arguments([]any{publish}, pairs)}
}

func arguments(first []any, more []string) []any {
	for _, a := range more {
		first = append(first, a)
	}
	return first
}

// KeepDraft implements chat.Personal.
func (s *Store) KeepDraft(ctx context.Context, id chat.UserID, room chat.RoomID, text string) error {
	e := entry{field: string(room), value: text, most: chat.LimitDrafts, ofRoom: true}
	e.full = chat.Errorf(chat.CodeRefused, "you have begun to write in %d rooms, and no more is kept: send something of it, or clear it", chat.LimitDrafts)
	return s.keep(ctx, "keeping a draft", id, keyUserDrafts(id), e)
}

// KeepPlace implements chat.Personal.
func (s *Store) KeepPlace(ctx context.Context, id chat.UserID, room chat.RoomID) error {
	return s.note(ctx, "keeping which room is open", id, "", "place", string(room))
}

// Ignore implements chat.Personal.
func (s *Store) Ignore(ctx context.Context, id chat.UserID, other chat.User, yes bool) error {
	e := entry{field: other.ID.String(), most: chat.LimitIgnored, publish: s.publish}
	e.full = chat.Errorf(chat.CodeRefused, "you ignore %d people, which is the most; end that of somebody first", chat.LimitIgnored)
	if yes {
		e.value = other.Name
	}
	return s.keep(ctx, "keeping who is ignored", id, keyUserIgnored(id), e)
}

// Mute implements chat.Personal.
func (s *Store) Mute(ctx context.Context, id chat.UserID, room chat.RoomID, yes bool) error {
	e := entry{field: string(room), most: chat.LimitMuted, publish: s.publish, ofRoom: true}
	e.full = chat.Errorf(chat.CodeRefused, "%d rooms are quiet for you, which is the most; end that of one first", chat.LimitMuted)
	if yes {
		e.value = "1"
	}
	return s.keep(ctx, "keeping which rooms are quiet", id, keyUserMuted(id), e)
}

// entry is one of a user's own hashes, on its way in.
type entry struct {
	field   string
	value   string // nothing: the entry goes
	most    int    // so many at the most
	full    error  // where there are
	ofRoom  bool   // only while the user is in the room that the field names
	publish string // the command that tells the user's sessions; nothing for none
}

func (s *Store) keep(ctx context.Context, doing string, id chat.UserID, hash string, e entry) error {
	keys := []string{keyUser(id), hash, keyUserFeed(id)}
	if e.ofRoom {
		keys = append(keys, keyUserRooms(id))
	}
	done, err := s.scripts.keep.Run(ctx, s.rdb, keys, e.publish, e.field, e.value, e.most).Int()
	switch {
	case err != nil:
		return wrap(doing, err)
	case done == 0:
		return e.full
	case done == -1:
		return errGone
	case done < 0:
		return chat.Errorf(chat.CodeRefused, "you are not in this room")
	}
	return nil
}
