package storagetest

import (
	"fmt"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/storage"
)

// furnish makes a chat that has something of everything.
func furnish(t *testing.T, h *House) {
	t.Helper()
	s := h.Open(t)
	anna, bert, cleo := user(t, s, "anna"), user(t, s, "bert"), user(t, s, "cleo")
	ops := room(t, s, "ops")
	tea, err := s.MakePrivate(t.Context(), roomName(t, "tea"), anna)
	must(t, err)
	direct, err := s.EnsureDirect(t.Context(), anna, bert)
	must(t, err)
	for _, in := range []chat.RoomID{chat.General, ops.ID, tea.ID, direct.ID} {
		if in != direct.ID && in != chat.General {
			join(t, s, in, anna, bert)
		}
		for n := range 7 {
			post(t, s, in, fmt.Sprintf("<b>%d & \u2028 ☕ \\ufffd", n))
		}
		change(t, s, in)
	}
	furnishRooms(t, s, ops, tea, anna, bert)
	furnishUsers(t, s, anna, bert, cleo, ops, tea)
	furnishHouse(t, s, anna, bert)
}

func join(t *testing.T, s *storage.Store, in chat.RoomID, all ...chat.User) {
	t.Helper()
	for _, u := range all {
		_, err := s.AddMember(t.Context(), in, u)
		must(t, err)
	}
}

// change edits, deletes and reacts.
func change(t *testing.T, s *storage.Store, in chat.RoomID) {
	t.Helper()
	revise(t, s, chat.Revision{Room: in, From: 1, ID: 2, Act: chat.ActEdit, Text: "better", Name: "anna"})
	revise(t, s, chat.Revision{Room: in, From: 1, ID: 3, Act: chat.ActDelete, Name: "anna"})
	revise(t, s, chat.Revision{Room: in, From: 2, ID: 4, Act: chat.ActReact, Text: "👍", Name: "bert"})
	revise(t, s, chat.Revision{Room: in, From: 1, ID: 4, Act: chat.ActReact, Text: "👍", Name: "anna"})
	revise(t, s, chat.Revision{Room: in, From: 2, ID: 5, Act: chat.ActReact, Text: "🎉", Name: "bert"})
	revise(t, s, chat.Revision{Room: in, From: 2, ID: 5, Act: chat.ActUnreact, Text: "🎉", Name: "bert"})
	_, err := s.Post(t.Context(), chat.Draft{Key: string(in) + "re", Room: in, From: 2, Name: "bert", Kind: "me", Body: "waves", ReplyTo: 1})
	must(t, err)
}

func furnishRooms(t *testing.T, s *storage.Store, ops, tea chat.Room, anna, bert chat.User) {
	t.Helper()
	ctx := t.Context()
	must(t, s.SetTopic(ctx, ops.ID, "what breaks", anna))
	must(t, s.SetModerator(ctx, ops.ID, anna, bert, true))
	must(t, s.Pin(ctx, ops.ID, anna, chat.RoleOwner, 4, true))
	must(t, s.Pin(ctx, ops.ID, anna, chat.RoleOwner, 2, true))
	must(t, s.Discipline(ctx, ops.ID, anna, chat.User{ID: 77, Name: "eve"}, &chat.Sanction{
		Act: chat.ActMute, Target: chat.Target{Kind: chat.TargetUser, ID: "77", Name: "eve"}, Why: "spam", By: "anna",
		At: time.UnixMilli(5), Until: time.UnixMilli(7),
	}, doing(chat.DidMute, "eve")))
	must(t, s.SetDoor(ctx, tea.ID, anna, "abcd"))
	_, err := s.DoorSalt(ctx)
	must(t, err)
	must(t, s.SetSlow(ctx, tea.ID, anna, 30*time.Second))
	must(t, s.Archive(ctx, ops.ID, anna, true))
}

func furnishUsers(t *testing.T, s *storage.Store, anna, bert, cleo chat.User, ops, tea chat.Room) {
	t.Helper()
	ctx := t.Context()
	must(t, s.MarkRead(ctx, chat.ReadMark{User: anna.ID, Room: ops.ID, ID: 3}, chat.ReadMark{User: cleo.ID, Room: chat.General, ID: 5}))
	must(t, s.KeepDraft(ctx, anna.ID, tea.ID, "half a\nthought"))
	must(t, s.KeepPlace(ctx, anna.ID, tea.ID))
	must(t, s.Mute(ctx, bert.ID, ops.ID, true))
	must(t, s.Ignore(ctx, bert.ID, cleo, true))
	must(t, s.Set(ctx, bert.ID, "theme", "paper"))
	must(t, s.Set(ctx, bert.ID, "zone", "Europe/Berlin"))
	must(t, s.Away(ctx, bert, "lunch"))
	must(t, s.CameBy(ctx, anna.ID, chat.Origin{Fingerprint: "SHA256:anna", Address: "192.0.2.1"}))
	must(t, s.Invite(ctx, tea.ID, cleo.ID, "anna"))
	must(t, s.AddKey(ctx, anna.ID, key("second")))
	_, err := s.Rename(ctx, cleo.ID, name(t, "kleo"), time.Hour)
	must(t, err)
	gone := user(t, s, "gone")
	must(t, s.Forget(ctx, gone.ID, "bye", time.Hour))
}

func furnishHouse(t *testing.T, s *storage.Store, anna, bert chat.User) {
	t.Helper()
	ctx, motd, soon := t.Context(), "be kind", time.Now().Add(time.Hour)
	must(t, s.Decree(ctx, chat.Decree{
		Deed:   chat.Deed{At: time.UnixMilli(9), By: "anna", ByID: anna.ID, Act: "ban", Target: "203.0.113.0/24", Until: soon, Why: "flood"},
		Impose: &chat.Sanction{Act: chat.ActBan, Target: chat.Target{Kind: chat.TargetNet, ID: "203.0.113.0/24", Name: "203.0.113.0/24"}, By: "anna", At: time.UnixMilli(9)},
	}))
	must(t, s.Decree(ctx, chat.Decree{Deed: chat.Deed{By: "anna", ByID: anna.ID, Act: "motd", Room: "#ops"}, MOTD: &motd, Lockdown: &soon}))
	must(t, s.OfferPlace(ctx, "c0de", bert.ID, time.Hour))
	must(t, s.OfferPlace(ctx, "c1de", bert.ID, time.Hour))
	_, err := s.TakePlace(ctx, "c1de", "SHA256:new")
	must(t, err)
	must(t, s.OfferLink(ctx, "l1nk", chat.LinkOffer{User: bert.ID}, time.Minute))
	_, _, err = s.Arrive(ctx, "r1", chat.Attendance{Session: "x", User: anna.ID, Name: "anna"}, chat.Origin{Fingerprint: "SHA256:anna", Address: "192.0.2.1"})
	must(t, err)
}
