package storagetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"teahouse/app/chat"
)

func offices() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"only the owner names moderators":      moderators,
		"moderators are bounded":               moderatorLimit,
		"a moderator inherits before a member": moderatorInherits,
		"a room can have another name":         renaming,
		"private rooms share names":            renamingPrivate,
		"two who want one name":                renamingAtOnce,
		"an archived room stays as it is":      archived,
		"slow mode holds plain members":        slowMode,
		"what is done in a room is told":       didNews,
		"some rooms have no owner":             ownerless,
	}
}

// trio is a room with its owner, and two others in it.
type trio struct {
	chat.Store
	t                *testing.T
	room             chat.Room
	anna, bert, cleo chat.User
}

func newTrio(t *testing.T, h *House) trio {
	t.Helper()
	s := h.Open(t)
	r := trio{Store: s, t: t, room: room(t, s, "ops"), anna: user(t, s, "anna"), bert: user(t, s, "bert"), cleo: user(t, s, "cleo")}
	add(t, s, r.room, r.anna, r.bert, r.cleo)
	return r
}

func (r trio) now() chat.Room {
	r.t.Helper()
	room, err := r.Room(r.t.Context(), r.room.ID)
	must(r.t, err)
	return room
}

func (r trio) says(who chat.User, key string) error {
	_, err := r.Post(r.t.Context(), chat.Draft{Key: key, Room: r.room.ID, From: who.ID, Name: who.Name, Body: key})
	return err
}

func moderators(t *testing.T, h *House) {
	r := newTrio(t, h)
	wantCode(t, r.SetModerator(t.Context(), r.room.ID, r.bert, r.cleo, true), chat.CodeRefused)
	for range 2 {
		must(t, r.SetModerator(t.Context(), r.room.ID, r.anna, r.bert, true))
	}
	if role(t, r, r.room, r.bert) != chat.RoleModerator || seat(t, r, r.bert.ID, r.room.ID).Role != chat.RoleModerator {
		t.Error("bert is no moderator")
	}
	wantCode(t, r.SetModerator(t.Context(), r.room.ID, r.bert, r.cleo, true), chat.CodeRefused)
	wantCode(t, r.SetModerator(t.Context(), r.room.ID, r.anna, r.anna, false), chat.CodeRefused)
	wantCode(t, r.SetModerator(t.Context(), r.room.ID, r.anna, chat.User{ID: 99}, true), chat.CodeRefused)
	must(t, r.SetModerator(t.Context(), r.room.ID, r.anna, r.bert, false))
	if role(t, r, r.room, r.bert) != chat.RoleMember {
		t.Error("bert is a moderator still")
	}
}

func moderatorLimit(t *testing.T, h *House) {
	r := newTrio(t, h)
	for n := range chat.LimitModerators {
		u := chat.User{ID: chat.UserID(100 + n), Name: "x"}
		add(t, r, r.room, u)
		must(t, r.SetModerator(t.Context(), r.room.ID, r.anna, u, true))
	}
	wantCode(t, r.SetModerator(t.Context(), r.room.ID, r.anna, r.bert, true), chat.CodeRefused)
	must(t, r.SetModerator(t.Context(), r.room.ID, r.anna, chat.User{ID: 100, Name: "x"}, false))
	must(t, r.SetModerator(t.Context(), r.room.ID, r.anna, r.bert, true))
}

func moderatorInherits(t *testing.T, h *House) {
	r := newTrio(t, h)
	dora, emil := user(t, r, "dora"), user(t, r, "emil")
	add(t, r, r.room, dora, emil)
	for _, moderator := range []chat.User{emil, r.cleo, dora} {
		must(t, r.SetModerator(t.Context(), r.room.ID, r.anna, moderator, true))
	}
	order := []chat.User{r.anna, r.cleo, dora, emil, r.bert}
	for i, leaves := range order[:4] {
		_, err := r.RemoveMember(t.Context(), r.room.ID, leaves)
		must(t, err)
		if owner := r.now().Owner; owner != order[i+1].ID {
			t.Errorf("after %s left the owner is %d, want %s", leaves.Name, owner, order[i+1].Name)
		}
	}
	add(t, r, r.room, r.cleo)
	if role(t, r, r.room, r.cleo) != chat.RoleMember {
		t.Error("who comes back is a moderator still")
	}
}

func renaming(t *testing.T, h *House) {
	r := newTrio(t, h)
	room(t, r, "taken")
	_, err := r.RenameRoom(t.Context(), r.room.ID, r.bert, roomName(t, "mine"))
	wantCode(t, err, chat.CodeRefused)
	_, err = r.RoomByName(t.Context(), roomName(t, "mine"))
	wantCode(t, err, chat.CodeNotFound)
	_, err = r.RenameRoom(t.Context(), r.room.ID, r.anna, roomName(t, "taken"))
	wantCode(t, err, chat.CodeTaken)
	for _, title := range []string{"0ps", "tea", "tea", "kitchen"} {
		got, err := r.RenameRoom(t.Context(), r.room.ID, r.anna, roomName(t, title))
		must(t, err)
		found, err := r.RoomByName(t.Context(), roomName(t, title))
		must(t, err)
		if found.ID != r.room.ID || got != found || found.Name != title || found != r.now() {
			t.Errorf("as %s it is %+v, and found is %+v", title, got, found)
		}
	}
	for _, free := range []string{"ops", "tea"} {
		if _, made, err := r.EnsureRoom(t.Context(), roomName(t, free), r.cleo.ID); err != nil || !made {
			t.Errorf("the name %s is not free: %v", free, err)
		}
	}
}

func renamingPrivate(t *testing.T, h *House) {
	s := h.Open(t)
	anna, bert := user(t, s, "anna"), user(t, s, "bert")
	secret(t, s, "board", bert)
	room(t, s, "board")
	mine := secret(t, s, "den", anna)
	got, err := s.RenameRoom(t.Context(), mine.ID, anna, roomName(t, "board"))
	must(t, err)
	public, err := s.RoomByName(t.Context(), roomName(t, "board"))
	must(t, err)
	if all := means(t, s, anna, "board"); len(all.Own) != 1 || all.Own[0] != got || public.Private || len(means(t, s, anna, "den").Own) > 0 {
		t.Errorf("the name means %+v", all)
	}
}

// renamingAtOnce: of many rooms that want one name, one gets it, and the
// others keep theirs.
func renamingAtOnce(t *testing.T, h *House) {
	stores := []*trio{}
	for range 2 {
		r := trio{Store: h.Open(t), t: t}
		stores = append(stores, &r)
	}
	anna := user(t, stores[0], "anna")
	rooms := make([]chat.Room, 6)
	for i := range rooms {
		rooms[i] = room(t, stores[0], "room"+string(rune('a'+i)))
		add(t, stores[0], rooms[i], anna)
	}
	won := make([]bool, len(rooms))
	AtOnce(len(rooms), func(i int) {
		_, err := stores[i%2].RenameRoom(t.Context(), rooms[i].ID, anna, roomName(t, "best"))
		won[i] = err == nil
	})
	best, err := stores[0].RoomByName(t.Context(), roomName(t, "best"))
	must(t, err)
	for i, r := range rooms {
		now, err := stores[0].Room(t.Context(), r.ID)
		must(t, err)
		if won[i] != (best.ID == r.ID) || won[i] != (now.Name == "best") {
			t.Errorf("room %d won: %v, is %+v; best is %s", i, won[i], now, best.ID)
		}
	}
}

func archived(t *testing.T, h *House) {
	r := newTrio(t, h)
	must(t, r.says(r.bert, "before"))
	wantCode(t, r.Archive(t.Context(), r.room.ID, r.bert, true), chat.CodeRefused)
	for range 2 {
		must(t, r.Archive(t.Context(), r.room.ID, r.anna, true))
	}
	if !r.now().Archived || !seat(t, r, r.bert.ID, r.room.ID).Room.Archived {
		t.Error("it is not archived")
	}
	must(t, r.says(r.bert, "before")) // the answer of the first time
	for what, err := range map[string]error{
		"a post":     r.says(r.anna, "after"),
		"a topic":    r.SetTopic(t.Context(), r.room.ID, "x", r.anna),
		"slow mode":  r.SetSlow(t.Context(), r.room.ID, r.anna, time.Minute),
		"an office":  r.SetModerator(t.Context(), r.room.ID, r.anna, r.bert, true),
		"a name":     second(r.RenameRoom(t.Context(), r.room.ID, r.anna, roomName(t, "tea"))),
		"a reaction": second(r.Revise(t.Context(), chat.Revision{Key: "k", Room: r.room.ID, From: r.bert.ID, ID: 1, Act: chat.ActReact, Text: "👍"})),
	} {
		if chat.ErrorCode(err) != chat.CodeRefused || !strings.Contains(chat.ErrorText(err), "archived") {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := r.RoomByName(t.Context(), roomName(t, "tea"))
	wantCode(t, err, chat.CodeNotFound)
	must(t, r.Archive(t.Context(), r.room.ID, r.anna, false))
	must(t, r.says(r.bert, "after"))
	if page, err := r.Before(t.Context(), r.room.ID, 0, 9); err != nil || len(page.Messages) != 2 {
		t.Errorf("the log is %+v, %v", page, err)
	}
}

func second[T any](_ T, err error) error { return err }

func slowMode(t *testing.T, h *House) {
	r := newTrio(t, h)
	wantCode(t, r.SetSlow(t.Context(), r.room.ID, r.bert, time.Minute), chat.CodeRefused)
	must(t, r.SetModerator(t.Context(), r.room.ID, r.anna, r.cleo, true))
	must(t, r.SetSlow(t.Context(), r.room.ID, r.cleo, time.Hour))
	if got := r.now().Slow; got != time.Hour {
		t.Errorf("slow mode is %s", got)
	}
	for _, key := range []string{"a", "b"} {
		must(t, r.says(r.anna, "anna "+key))
		must(t, r.says(r.cleo, "cleo "+key))
	}
	must(t, r.says(r.bert, "bert a"))
	must(t, r.says(r.bert, "bert a")) // the answer of the first time
	err := r.says(r.bert, "bert b")
	wantCode(t, err, chat.CodeTooFast)
	if wait := chat.WaitOf(err); wait < 59*time.Minute || wait > time.Hour {
		t.Errorf("bert has to wait %s", wait)
	}
	if left, err := h.Redis.PTTL(t.Context(), "room:{"+string(r.room.ID)+"}:slow:"+r.bert.ID.String()).Result(); err != nil || left <= 0 || left > time.Hour {
		t.Errorf("it is remembered for %s, %v", left, err)
	}
	must(t, r.SetSlow(t.Context(), r.room.ID, r.anna, 50*time.Millisecond))
	Until(t, "bert may write", func() bool { return r.says(r.bert, "bert c") == nil })
	must(t, r.SetSlow(t.Context(), r.room.ID, r.anna, time.Hour))
	must(t, r.SetSlow(t.Context(), r.room.ID, r.anna, 0))
	must(t, r.says(r.bert, "bert d"))
	must(t, r.says(r.bert, "bert e"))
}

func didNews(t *testing.T, h *House) {
	r := newTrio(t, h)
	s := h.Open(t)
	e := listen(t, s)
	s.Subscribe(chat.RoomTopic(r.room.ID))
	e.await("subscribed", 1, isKind(chat.NewsSubscribed))
	for _, do := range []func() error{
		func() error { return r.SetModerator(t.Context(), r.room.ID, r.anna, r.bert, true) },
		func() error { return r.SetSlow(t.Context(), r.room.ID, r.bert, time.Minute) },
		func() error { return second(r.RenameRoom(t.Context(), r.room.ID, r.anna, roomName(t, "tea"))) },
		func() error { return r.Archive(t.Context(), r.room.ID, r.anna, true) },
		func() error { return second(r.RemoveMember(t.Context(), r.room.ID, r.anna)) },
	} {
		must(t, do())
		_ = do() // changes nothing, and is not told
	}
	var told []string
	for _, n := range e.await("notices", 5, isKind(chat.NewsNotice)) {
		told = append(told, n.Notice.Name+" "+n.Notice.Text)
		if n.Room != r.room.ID || n.Notice.Turn != chat.TurnDid || n.Notice.User == 0 {
			t.Errorf("told %+v", n)
		}
	}
	want := []string{
		"anna made bert a moderator", "bert turned on slow mode: one message in 1m0s", "anna renamed the room to #tea",
		"anna archived the room", "bert inherited the room",
	}
	if !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
}

// ownerless: #general and rooms between two people have no owner.
func ownerless(t *testing.T, h *House) {
	r := newTrio(t, h)
	direct, err := r.EnsureDirect(t.Context(), r.anna, r.bert)
	must(t, err)
	for _, id := range []chat.RoomID{chat.General, direct.ID} {
		wantCode(t, r.Archive(t.Context(), id, r.anna, true), chat.CodeRefused)
		wantCode(t, r.SetSlow(t.Context(), id, r.anna, time.Minute), chat.CodeRefused)
		wantCode(t, r.SetModerator(t.Context(), id, r.anna, r.bert, true), chat.CodeRefused)
		_, err := r.RenameRoom(t.Context(), id, r.anna, roomName(t, "mine"))
		wantCode(t, err, chat.CodeRefused)
		if got := role(t, r, chat.Room{ID: id}, r.anna); got != chat.RoleMember {
			t.Errorf("in %s anna is %s", id, got)
		}
	}
}
