package line

import (
	"context"

	"teahouse/app/chat"
)

// prefer takes in what the person has chosen, maybe on another device.
func (s *talk) prefer() {
	was := s.prefs.Settings
	s.prefs = s.Session.Preferences()
	if now := s.prefs.Settings; now != was || s.style.zone == nil {
		s.style.zone, s.style.twelve = now.Location(), now.Clock == "12"
	}
}

// firstRoom is the one that was open last. What comes through a pipe begins in
// general: where it goes must not hang on what was looked at before.
func (s *talk) firstRoom() chat.RoomID {
	if _, in := s.Session.Room(s.prefs.Room); in && s.Terminal {
		return s.prefs.Room
	}
	return chat.General
}

// keepPlace has the person come back to where they are.
func (s *talk) keepPlace(ctx context.Context) {
	if s.room.out || s.room.id == s.prefs.Room {
		return
	}
	user := s.Session.User()
	if err := s.Service.KeepPlace(ctx, user, s.room.id); err != nil && chat.ErrorCode(err) != chat.CodeGone {
		s.Log.Warn("keeping the open room", "user", user.ID, "error", err)
	}
}
