package storagetest

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
)

func private() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"private rooms are in nobody else's way": hidden,
		"what a name means":                      namesakes,
		"an invitation waits until it is taken":  invitations,
		"an invitation can be taken back":        uninvited,
		"invitations are bounded":                invitationLimit,
		"an invitation half taken is mended":     halfAccepted,
		"a place that is left is inherited":      inheritance,
	}
}

// secret makes a private room of the name with its owner in it.
func secret(t *testing.T, s chat.Store, title string, owner chat.User) chat.Room {
	t.Helper()
	r, err := s.MakePrivate(t.Context(), roomName(t, title), owner)
	must(t, err)
	add(t, s, r, owner)
	return r
}

func add(t *testing.T, s chat.Store, in chat.Room, users ...chat.User) {
	t.Helper()
	for _, u := range users {
		_, err := s.AddMember(t.Context(), in.ID, u)
		must(t, err)
	}
}

// means gives what the name means to the user.
func means(t *testing.T, s chat.Store, u chat.User, title string) chat.Namesakes {
	t.Helper()
	all, err := s.RoomsNamed(t.Context(), u.ID, roomName(t, title))
	must(t, err)
	return all
}

func hidden(t *testing.T, h *House) {
	s := h.Open(t)
	anna, bert := user(t, s, "anna"), user(t, s, "bert")
	board := secret(t, s, "board", anna)
	want := chat.Room{ID: board.ID, Name: "board", Owner: anna.ID, Private: true}
	if board != want || !board.ID.IsPrivate() || board.Title() != "&board" {
		t.Errorf("made %+v", board)
	}
	if got := means(t, s, bert, "board"); !cmp.Equal(got, means(t, s, bert, "nothing")) {
		t.Errorf("to a stranger the name means %+v", got)
	}
	_, err := s.RoomByName(t.Context(), roomName(t, "board"))
	wantCode(t, err, chat.CodeNotFound)
	public, err := s.PublicRooms(t.Context())
	must(t, err)
	if slices.ContainsFunc(public, func(r chat.RoomInfo) bool { return r.Name == "board" }) {
		t.Error("it is listed")
	}
	other, made, err := s.EnsureRoom(t.Context(), roomName(t, "board"), bert.ID)
	must(t, err)
	if !made || other.Private || other.ID == board.ID {
		t.Errorf("the public one is %+v, made: %v", other, made)
	}
}

func namesakes(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	anna, bert := user(t, s, "anna"), user(t, s, "bert")
	first, second, third := secret(t, s, "board", anna), secret(t, s, "board", anna), secret(t, s, "bO4rd", anna)
	secret(t, s, "elsewhere", anna)
	public := room(t, s, "board")
	must(t, other.Invite(t.Context(), third.ID, bert.ID, "anna"))
	add(t, s, second, bert)
	want := chat.Namesakes{Own: []chat.Room{second}, Public: public, Private: 1}
	if diff := cmp.Diff(want, means(t, other, bert, "BOARD")); diff != "" {
		t.Error(diff)
	}
	want = chat.Namesakes{Own: []chat.Room{first, second}, Public: public, Private: 4}
	if diff := cmp.Diff(want, means(t, other, anna, "board")); diff != "" {
		t.Error(diff)
	}
	want = chat.Namesakes{Invited: []chat.Room{third}, Private: 1}
	if diff := cmp.Diff(want, means(t, other, bert, "bo4rd")); diff != "" {
		t.Error(diff)
	}
	h.Flush(t)
	if got := means(t, s, anna, "general"); got.Public.ID != chat.General || len(got.Own) > 0 {
		t.Errorf("in a Redis that came back empty general means %+v", got)
	}
}

// invited lists the titles of the rooms that the user is invited to.
func invited(t *testing.T, s chat.Store, u chat.User) (titles []string) {
	t.Helper()
	for _, i := range owned(t, s, u.ID).Invitations {
		titles = append(titles, i.Room.Title()+" by "+i.By)
	}
	return titles
}

func invitations(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	anna, bert := user(t, s, "anna"), user(t, s, "bert")
	board, open := secret(t, s, "board", anna), room(t, s, "open")
	_, err := s.Accept(t.Context(), board.ID, bert)
	wantCode(t, err, chat.CodeNotFound)

	for _, r := range []chat.Room{board, open} {
		before := time.Now().Add(-time.Second)
		must(t, s.Invite(t.Context(), r.ID, bert.ID, "anna"))
		all := owned(t, other, bert.ID).Invitations
		if last := all[len(all)-1]; last.Room != r && r == board || last.At.Before(before) || last.At.After(time.Now()) {
			t.Errorf("the last invitation is %+v", last)
		}
		time.Sleep(2 * time.Millisecond) // they are told apart by the millisecond
	}
	if got := invited(t, s, bert); !slices.Equal(got, []string{"&board by anna", "#open by anna"}) {
		t.Errorf("invited to %v", got)
	}
	in, err := s.IsMember(t.Context(), board.ID, bert.ID)
	must(t, err)
	if in {
		t.Error("who is invited is in already")
	}

	added, err := other.Accept(t.Context(), board.ID, bert)
	must(t, err)
	again, err := s.Accept(t.Context(), board.ID, bert)
	must(t, err)
	add(t, s, open, bert)
	roll, err := s.Members(t.Context(), board.ID)
	must(t, err)
	if !added || again || roll.People[bert.ID] != "bert" || len(invited(t, s, bert)) != 0 {
		t.Errorf("taken: %v, again: %v; the roll is %v, invited to %v", added, again, roll, invited(t, s, bert))
	}
	wantCode(t, s.Invite(t.Context(), board.ID, bert.ID, "anna"), chat.CodeTaken)
}

func uninvited(t *testing.T, h *House) {
	s := h.Open(t)
	anna, bert := user(t, s, "anna"), user(t, s, "bert")
	board := secret(t, s, "board", anna)
	e := listen(t, s)
	s.Subscribe(chat.UserTopic(bert.ID))
	e.await("subscribed", 1, isKind(chat.NewsSubscribed))
	must(t, s.Invite(t.Context(), board.ID, bert.ID, "anna"))
	e.await("told", 1, isKind(chat.NewsSeats))
	for _, want := range []bool{true, false} {
		was, err := s.Uninvite(t.Context(), board.ID, bert.ID)
		must(t, err)
		if was != want {
			t.Errorf("there was one: %v, want %v", was, want)
		}
	}
	e.await("told", 2, isKind(chat.NewsSeats))
	_, err := s.Accept(t.Context(), board.ID, bert)
	wantCode(t, err, chat.CodeNotFound)
	if got := means(t, s, bert, "board"); len(got.Invited)+len(got.Own) > 0 {
		t.Errorf("the name means %+v", got)
	}
}

func invitationLimit(t *testing.T, h *House) {
	s := h.Open(t)
	bert := user(t, s, "bert")
	for n := range chat.LimitInvitations {
		must(t, s.Invite(t.Context(), chat.RoomID(strconv.Itoa(n+1)), bert.ID, "anna"))
	}
	wantCode(t, s.Invite(t.Context(), "9999", bert.ID, "anna"), chat.CodeRefused)
	must(t, s.Invite(t.Context(), "7", bert.ID, "cleo"))
	n, err := h.Redis.HLen(t.Context(), "user:{"+bert.ID.String()+"}:invites").Result()
	must(t, err)
	if n != chat.LimitInvitations {
		t.Errorf("%d wait", n)
	}
}

// halfAccepted repeats what is left when a replica dies between the user's own
// list and the room's roll.
func halfAccepted(t *testing.T, h *House) {
	s := h.Open(t)
	anna, bert := user(t, s, "anna"), user(t, s, "bert")
	board := secret(t, s, "board", anna)
	must(t, h.Redis.SAdd(t.Context(), "user:{"+bert.ID.String()+"}:rooms", string(board.ID)).Err())
	added, err := s.Accept(t.Context(), board.ID, bert)
	must(t, err)
	roll, err := s.Members(t.Context(), board.ID)
	must(t, err)
	if !added || roll.People[bert.ID] != "bert" {
		t.Errorf("added: %v, the roll is %v", added, roll)
	}
}

// role is the user's role in a room.
func role(t *testing.T, s chat.Store, in chat.Room, u chat.User) chat.Role {
	t.Helper()
	r, err := s.RoleOf(t.Context(), in.ID, u.ID)
	must(t, err)
	return r
}

// inheritance: who comes into an empty room owns it, and when the owner goes,
// the one who is there longest does.
func inheritance(t *testing.T, h *House) {
	s := h.Open(t)
	anna, bert, cleo := user(t, s, "anna"), user(t, s, "bert"), user(t, s, "cleo")
	ops := room(t, s, "ops")
	owner := func(want chat.User) {
		t.Helper()
		r, err := s.Room(t.Context(), ops.ID)
		must(t, err)
		if r.Owner != want.ID {
			t.Fatalf("the owner is %d, want %s", r.Owner, want.Name)
		}
	}
	leave := func(u chat.User) {
		t.Helper()
		_, err := s.RemoveMember(t.Context(), ops.ID, u)
		must(t, err)
	}
	add(t, s, ops, cleo, anna, bert)
	owner(cleo)
	if role(t, s, ops, cleo) != chat.RoleOwner || role(t, s, ops, anna) != chat.RoleMember {
		t.Error("the roles are others")
	}
	leave(cleo)
	owner(anna)
	add(t, s, ops, cleo)
	leave(bert)
	owner(anna)
	leave(anna)
	owner(cleo)
	leave(cleo)
	owner(chat.User{})
	add(t, s, ops, bert, anna)
	owner(bert)
}
