package storagetest

import (
	"slices"
	"testing"

	"teahouse/app/chat"
)

func doors() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"one chat has one salt":                 oneSalt,
		"a door leads to one room":              oneDoor,
		"only the owner makes a door":           ownersDoor,
		"two rooms cannot have one door":        noSharedDoor,
		"a door that is left behind is no door": oldDoor,
		"a new name takes the door away":        doorOfName,
	}
}

func oneSalt(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t)}
	salts := make([]string, 8)
	AtOnce(len(salts), func(i int) {
		salt, err := stores[i%2].DoorSalt(t.Context())
		report(t, err)
		salts[i] = string(salt)
	})
	if len(salts[0]) < 16 || len(slices.Compact(salts)) != 1 {
		t.Errorf("the salts are %q", salts)
	}
	h.Flush(t)
	if salt, err := stores[0].DoorSalt(t.Context()); err != nil || string(salt) == salts[0] {
		t.Errorf("another chat has the salt %q, %v", salt, err)
	}
}

// leads wants a door to lead to the room; "": to none.
func leads(t *testing.T, s chat.Store, door string, want chat.RoomID) {
	t.Helper()
	r, err := s.Door(t.Context(), door)
	if want == "" {
		wantCode(t, err, chat.CodeNotFound)
		return
	}
	must(t, err)
	if r.ID != want || !r.Locked {
		t.Errorf("door %s leads to %+v, want %s", door, r, want)
	}
}

func oneDoor(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	anna := user(t, s, "anna")
	board := secret(t, s, "board", anna)
	leads(t, s, "aa", "")
	for _, door := range []string{"aa", "bb", "bb", "cc"} {
		must(t, s.SetDoor(t.Context(), board.ID, anna, door))
		leads(t, other, door, board.ID)
	}
	leads(t, s, "aa", "")
	leads(t, s, "bb", "")
	if n, err := h.Redis.Exists(t.Context(), "door:bb").Result(); err != nil || n > 0 {
		t.Errorf("the door before is there still, %v", err)
	}
	for range 2 {
		must(t, other.SetDoor(t.Context(), board.ID, anna, ""))
	}
	leads(t, s, "cc", "")
	now, err := s.Room(t.Context(), board.ID)
	must(t, err)
	if now.Locked {
		t.Error("it is locked still")
	}
}

func ownersDoor(t *testing.T, h *House) {
	s := h.Open(t)
	anna, bert := user(t, s, "anna"), user(t, s, "bert")
	board := secret(t, s, "board", anna)
	add(t, s, board, bert)
	must(t, s.SetModerator(t.Context(), board.ID, anna, bert, true))
	wantCode(t, s.SetDoor(t.Context(), board.ID, bert, "aa"), chat.CodeRefused)
	leads(t, s, "aa", "")
	must(t, s.SetDoor(t.Context(), board.ID, anna, "bb"))
	wantCode(t, s.SetDoor(t.Context(), board.ID, bert, ""), chat.CodeRefused)
	leads(t, s, "bb", board.ID)
}

func noSharedDoor(t *testing.T, h *House) {
	s := h.Open(t)
	anna := user(t, s, "anna")
	board, den := secret(t, s, "board", anna), secret(t, s, "den", anna)
	must(t, s.SetDoor(t.Context(), board.ID, anna, "aa"))
	must(t, s.SetDoor(t.Context(), den.ID, anna, "bb"))
	wantCode(t, s.SetDoor(t.Context(), den.ID, anna, "aa"), chat.CodeTaken)
	leads(t, s, "aa", board.ID)
	leads(t, s, "bb", den.ID)
}

// oldDoor has the way from a door be left behind, as when a replica dies.
func oldDoor(t *testing.T, h *House) {
	s := h.Open(t)
	anna := user(t, s, "anna")
	board, den := secret(t, s, "board", anna), secret(t, s, "den", anna)
	must(t, h.Redis.Set(t.Context(), "door:aa", string(board.ID), 0).Err())
	leads(t, s, "aa", "")
	must(t, s.SetDoor(t.Context(), den.ID, anna, "aa"))
	leads(t, s, "aa", den.ID)
}

func doorOfName(t *testing.T, h *House) {
	s := h.Open(t)
	anna := user(t, s, "anna")
	board := secret(t, s, "board", anna)
	must(t, s.SetDoor(t.Context(), board.ID, anna, "aa"))
	got, err := s.RenameRoom(t.Context(), board.ID, anna, roomName(t, "board"))
	must(t, err)
	if !got.Locked {
		t.Error("who names the room as it is called takes the door away")
	}
	leads(t, s, "aa", board.ID)
	got, err = s.RenameRoom(t.Context(), board.ID, anna, roomName(t, "den"))
	must(t, err)
	leads(t, s, "aa", "")
	if n, err := h.Redis.Exists(t.Context(), "door:aa").Result(); err != nil || n > 0 || got.Locked {
		t.Errorf("the door is there still: %+v, %v", got, err)
	}
}
