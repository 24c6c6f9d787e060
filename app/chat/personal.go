package chat

import (
	"context"
	"strings"
)

// Personal holds what users have for themselves. What it says of a user to
// all of their sessions is news of the user's topic. The methods that write
// fail with CodeGone where the user is gone.
type Personal interface {
	// Set keeps one setting, whatever others are set at the same time, and
	// tells the user's sessions.
	Set(ctx context.Context, id UserID, setting, word string) error

	// KeepDraft keeps what the user has begun to write in a room; nothing
	// removes it. CodeRefused: there are LimitDrafts already, or the user is
	// not in the room. A draft goes when the user leaves the room.
	KeepDraft(ctx context.Context, id UserID, room RoomID, text string) error
	// KeepPlace keeps which room is open.
	KeepPlace(ctx context.Context, id UserID, room RoomID) error

	// Away keeps what the user is away for, and tells the user's sessions and
	// all who see general's roll; nothing: the user is back.
	Away(ctx context.Context, user User, text string) error

	// Ignore keeps whom the user wants to hear nothing of, or does again, and
	// tells the user's sessions. CodeRefused: there are LimitIgnored already.
	Ignore(ctx context.Context, id UserID, other User, yes bool) error
	// Mute keeps of which rooms the user wants to hear little, and tells the
	// user's sessions. CodeRefused: there are LimitMuted already, or the user is
	// not in the room. It ends when the user leaves the room.
	Mute(ctx context.Context, id UserID, room RoomID, yes bool) error
}

// How much is kept of a user.
const (
	LimitDrafts  = 50
	LimitDraft   = 64 << 10 // bytes
	LimitIgnored = 200
	LimitMuted   = 1000
)

// Preferences gives what is kept for the user's own screens.
func (s *Service) Preferences(ctx context.Context, user User) (Preferences, error) {
	all, err := s.store.Belongings(ctx, user.ID)
	return all.Preferences, err
}

// Set sets one of the SettingsTable, for all of the user's screens, and gives
// all as they are then. CodeNotFound and CodeInvalid as of ParseSetting.
func (s *Service) Set(ctx context.Context, user User, name, value string) (Settings, error) {
	setting, word, err := ParseSetting(name, value)
	if err != nil {
		return Settings{}, err
	}
	if err := s.store.Set(ctx, user.ID, setting.Name, word); err != nil {
		return Settings{}, err
	}
	prefs, err := s.Preferences(ctx, user)
	return prefs.Settings, err
}

// KeepDraft keeps what the user has begun to write in a room; nothing removes
// it. CodeInvalid: it is longer than LimitDraft; CodeRefused: there are too
// many, or the user is not in the room.
func (s *Service) KeepDraft(ctx context.Context, user User, room RoomID, text string) error {
	if len(text) > LimitDraft {
		return Errorf(CodeInvalid, "what you are writing is too long to be kept: it has %d KiB, and %d are allowed", len(text)>>10, LimitDraft>>10)
	}
	return s.store.KeepDraft(ctx, user.ID, room, CleanDraft("", text))
}

// Drafts gives what the user has begun to write, by room.
func (s *Service) Drafts(ctx context.Context, user User) (map[RoomID]string, error) {
	all, err := s.store.Belongings(ctx, user.ID)
	return all.Drafts, err
}

// KeepPlace keeps which room the user has open, to come back to.
func (s *Service) KeepPlace(ctx context.Context, user User, room RoomID) error {
	return s.store.KeepPlace(ctx, user.ID, room)
}

// Ignore hides from the user what somebody says, or shows it again. They are
// not told. The name may be one that they had when they were ignored.
// CodeNotFound, CodeRefused in words.
func (s *Service) Ignore(ctx context.Context, user User, name string, yes bool) error {
	if !yes {
		return s.heed(ctx, user, name)
	}
	other, err := s.FindUser(ctx, name)
	if err != nil {
		return err
	}
	if other.ID == user.ID {
		return Errorf(CodeRefused, "that is you; nobody can ignore themselves")
	}
	return s.store.Ignore(ctx, user.ID, other, true)
}

// heed ends that somebody is ignored, whatever they are called by now.
func (s *Service) heed(ctx context.Context, user User, name string) error {
	prefs, err := s.Preferences(ctx, user)
	if err != nil {
		return err
	}
	name = strings.TrimPrefix(name, "@")
	other, err := s.FindUser(ctx, name)
	for id, was := range prefs.Ignored {
		if id == other.ID || strings.EqualFold(was, name) {
			return s.store.Ignore(ctx, user.ID, User{ID: id}, false)
		}
	}
	if err != nil {
		return err
	}
	return Errorf(CodeNotFound, "you do not ignore %s", other.Name)
}

// Mute keeps a room that the user is in from counting among what is unread, or
// ends that. CodeRefused in words.
func (s *Service) Mute(ctx context.Context, user User, room Room, yes bool) error {
	if err := s.mustBeIn(ctx, user, room); err != nil {
		return err
	}
	return s.store.Mute(ctx, user.ID, room.ID, yes)
}
