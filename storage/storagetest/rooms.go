package storagetest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
)

func rooms() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"one name makes one room":        oneRoom,
		"a room's number stays its own":  roomCountBehind,
		"general is always there":        general,
		"joining and leaving":            joining,
		"joining half done is mended":    halfJoined,
		"leaving half done is mended":    halfLeft,
		"rooms between two people":       directRooms,
		"seats":                          seats,
		"read marks never go back":       readMarks,
		"topics":                         topics,
		"there is no room without one":   noRoom,
		"public rooms with their people": publicRooms,
	}
}

func oneRoom(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t)}
	got, made := make([]chat.Room, 8), make([]bool, 8)
	AtOnce(8, func(i int) {
		var err error
		got[i], made[i], err = stores[i%2].EnsureRoom(t.Context(), roomName(t, "ops"), chat.UserID(i+1))
		report(t, err)
	})
	for i, r := range got {
		if r.ID == "" || r != got[0] || r.Name != "ops" {
			t.Errorf("caller %d got %+v, the first %+v", i, r, got[0])
		}
	}
	if n := len(slices.DeleteFunc(made, func(m bool) bool { return !m })); n != 1 {
		t.Errorf("%d calls made the room, want 1", n)
	}
	for _, s := range stores {
		found, err := s.RoomByName(t.Context(), roomName(t, "#0ps"))
		must(t, err)
		byID, err := s.Room(t.Context(), got[0].ID)
		must(t, err)
		if found != got[0] || byID != got[0] {
			t.Errorf("found %+v and %+v, want %+v", found, byID, got[0])
		}
	}
}

// roomCountBehind has the count of rooms be lost, as where a part of a cluster fails.
func roomCountBehind(t *testing.T, h *House) {
	s := h.Open(t)
	anna, bert := user(t, s, "anna"), user(t, s, "bert")
	were := map[chat.RoomID]string{}
	for _, title := range []string{"ops", "tea", "cats"} {
		secret, err := s.MakePrivate(t.Context(), roomName(t, title), anna)
		must(t, err)
		were[room(t, s, title).ID], were[secret.ID] = title, "private "+title
	}
	must(t, h.Redis.Del(t.Context(), "total_rooms").Err())
	for _, title := range []string{"dogs", "birds", "fish"} {
		secret, err := s.MakePrivate(t.Context(), roomName(t, title), bert)
		must(t, err)
		for _, id := range []chat.RoomID{room(t, s, title).ID, secret.ID} {
			if was, taken := were[id]; taken || id == "" {
				t.Errorf("the room %s has the id %q, of %s", title, id, was)
			}
			were[id] = title
		}
	}
	if ops := room(t, s, "ops"); were[ops.ID] != "ops" || ops.Name != "ops" {
		t.Errorf("ops is %+v now", ops)
	}
}

// general must also outlive a Redis that came back empty.
func general(t *testing.T, h *House) {
	s := h.Open(t)
	look := map[string]func() (chat.Room, error){
		"its id":   func() (chat.Room, error) { return s.Room(t.Context(), chat.General) },
		"its name": func() (chat.Room, error) { return s.RoomByName(t.Context(), roomName(t, "General")) },
		"joining": func() (chat.Room, error) {
			r, made, err := s.EnsureRoom(t.Context(), roomName(t, "general"), 1)
			if made {
				t.Error("another general was made")
			}
			return r, err
		},
		"a seat": func() (chat.Room, error) {
			must(t, h.Redis.HSet(t.Context(), "user:{1}", "name", "anna").Err()) // who has been put back
			return seat(t, s, 1, chat.General).Room, nil
		},
	}
	for how, find := range look {
		for range 2 {
			r, err := find()
			must(t, err)
			if r.ID != chat.General || r.Name != "general" {
				t.Errorf("%s finds %+v", how, r)
			}
			h.Flush(t)
		}
	}
	in, err := s.IsMember(t.Context(), chat.General, 99)
	must(t, err)
	added, err := s.AddMember(t.Context(), chat.General, chat.User{ID: 99})
	must(t, err)
	if !in || added {
		t.Errorf("in general: %v, added: %v; everyone is in it", in, added)
	}
}

func joining(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	anna, bert, ops := user(t, s, "anna"), user(t, s, "bert"), room(t, s, "ops")
	steps := []struct {
		do      func() (bool, error)
		changed bool
		version int64
		people  map[chat.UserID]string
	}{
		{func() (bool, error) { return s.AddMember(t.Context(), ops.ID, anna) }, true, 1, map[chat.UserID]string{anna.ID: "anna"}},
		{func() (bool, error) { return s.AddMember(t.Context(), ops.ID, anna) }, false, 1, map[chat.UserID]string{anna.ID: "anna"}},
		{func() (bool, error) { return other.AddMember(t.Context(), ops.ID, bert) }, true, 2, map[chat.UserID]string{anna.ID: "anna", bert.ID: "bert"}},
		{func() (bool, error) { return other.RemoveMember(t.Context(), ops.ID, anna) }, true, 3, map[chat.UserID]string{bert.ID: "bert"}},
		{func() (bool, error) { return s.RemoveMember(t.Context(), ops.ID, anna) }, false, 3, map[chat.UserID]string{bert.ID: "bert"}},
	}
	for i, step := range steps {
		changed, err := step.do()
		must(t, err)
		roll, err := s.Members(t.Context(), ops.ID)
		must(t, err)
		if changed != step.changed || roll.Version != step.version || !cmp.Equal(roll.People, step.people) {
			t.Errorf("step %d: changed %v, roll %+v; want %v, %d, %v", i, changed, roll, step.changed, step.version, step.people)
		}
		for _, u := range []chat.User{anna, bert} {
			in, err := other.IsMember(t.Context(), ops.ID, u.ID)
			must(t, err)
			if _, want := step.people[u.ID]; in != want {
				t.Errorf("step %d: %s in the room: %v, want %v", i, u.Name, in, want)
			}
		}
	}
}

// halfJoined repeats what is left when a replica dies between the user's own
// list and the room's roll.
func halfJoined(t *testing.T, h *House) {
	s := h.Open(t)
	u, ops := user(t, s, "anna"), room(t, s, "ops")
	must(t, h.Redis.SAdd(t.Context(), "user:{"+u.ID.String()+"}:rooms", string(ops.ID)).Err())
	_, err := s.AddMember(t.Context(), ops.ID, u)
	must(t, err)
	roll, err := s.Members(t.Context(), ops.ID)
	must(t, err)
	if roll.People[u.ID] != "anna" {
		t.Errorf("the roll is %+v", roll)
	}
}

// halfLeft has leaving end where the user's own list is: the roll has them no more,
// for whoever is on it may write.
func halfLeft(t *testing.T, h *House) {
	s := h.Open(t)
	u, ops := user(t, s, "anna"), room(t, s, "ops")
	add(t, s, ops, u)
	list := "user:{" + u.ID.String() + "}:rooms"
	must(t, h.Redis.Rename(t.Context(), list, list+":kept").Err())
	must(t, h.Redis.Set(t.Context(), list, "no list", 0).Err())
	if _, err := s.RemoveMember(t.Context(), ops.ID, u); err == nil {
		t.Error("it is not half done")
	}
	roll, err := s.Members(t.Context(), ops.ID)
	must(t, err)
	if len(roll.People) > 0 {
		t.Errorf("the roll is %+v", roll)
	}
	must(t, h.Redis.Rename(t.Context(), list+":kept", list).Err())
	left, err := s.RemoveMember(t.Context(), ops.ID, u)
	must(t, err)
	in, err := s.IsMember(t.Context(), ops.ID, u.ID)
	must(t, err)
	if !left || in {
		t.Errorf("left: %v, in the room: %v", left, in)
	}
}

func directRooms(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t)}
	a, b := user(t, stores[0], "anna"), user(t, stores[0], "bert")
	AtOnce(8, func(i int) {
		me, peer := a, b
		if i%2 == 1 {
			me, peer = b, a
		}
		r, err := stores[i%2].EnsureDirect(t.Context(), me, peer)
		report(t, err)
		if r.ID != chat.Direct(a.ID, b.ID) || r.Name != peer.Name || !r.IsDirect() {
			t.Errorf("%s got the room %+v", me.Name, r)
		}
	})
	id := chat.Direct(a.ID, b.ID)
	roll, err := stores[0].Members(t.Context(), id)
	must(t, err)
	want := chat.Roll{Version: 2, People: map[chat.UserID]string{a.ID: "anna", b.ID: "bert"}}
	if diff := cmp.Diff(want, roll); diff != "" {
		t.Error(diff)
	}
	for me, peer := range map[chat.UserID]string{a.ID: "bert", b.ID: "anna"} {
		if s := seat(t, stores[1], me, id); s.Room.Name != peer {
			t.Errorf("user %d sees the room %+v", me, s.Room)
		}
	}
}

// seat finds a user's seat in a room.
func seat(t *testing.T, s chat.Store, who chat.UserID, in chat.RoomID) chat.Seat {
	t.Helper()
	all := owned(t, s, who).Seats
	i := slices.IndexFunc(all, func(s chat.Seat) bool { return s.Room.ID == in })
	if i < 0 {
		t.Fatalf("user %d has no seat in %s: %+v", who, in, all)
	}
	return all[i]
}

func seats(t *testing.T, h *House) {
	s := h.Open(t)
	u, ops := user(t, s, "anna"), room(t, s, "ops")
	room(t, s, "elsewhere")
	_, err := s.AddMember(t.Context(), ops.ID, u)
	must(t, err)
	must(t, s.SetTopic(t.Context(), ops.ID, "arm64", u))
	m := post(t, s, ops.ID, "hello")
	must(t, s.MarkRead(t.Context(), chat.ReadMark{User: u.ID, Room: ops.ID, ID: 1}))
	all := owned(t, s, u.ID).Seats
	want := map[chat.RoomID]chat.Seat{
		chat.General: {Room: chat.GeneralRoom()},
		ops.ID: {
			Room: chat.Room{ID: ops.ID, Name: "ops", Owner: 1, Topic: "arm64", TopicBy: "anna"},
			Role: chat.RoleOwner,
			Head: end(m), Read: 1,
		},
	}
	got := map[chat.RoomID]chat.Seat{}
	for _, s := range all {
		got[s.Room.ID] = s
	}
	if diff := cmp.Diff(want, got); diff != "" || len(all) != 2 {
		t.Errorf("%d seats: %s", len(all), diff)
	}
}

func readMarks(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t)}
	u := user(t, stores[0], "anna")
	AtOnce(20, func(i int) {
		report(t, stores[i%2].MarkRead(t.Context(), chat.ReadMark{User: u.ID, Room: chat.General, ID: chat.MessageID(20 - i)}))
	})
	if got := seat(t, stores[0], u.ID, chat.General).Read; got != 20 {
		t.Errorf("read up to %d, want 20", got)
	}
	must(t, stores[0].MarkRead(t.Context(), chat.ReadMark{User: u.ID, Room: chat.General, ID: 9}))
	if got := seat(t, stores[0], u.ID, chat.General).Read; got != 20 {
		t.Errorf("read up to %d, want 20: 9 is back", got)
	}
}

func topics(t *testing.T, h *House) {
	s := h.Open(t)
	u, ops := user(t, s, "anna"), room(t, s, "ops")
	for _, topic := range []string{"tea & “cakes”", ""} {
		must(t, s.SetTopic(t.Context(), ops.ID, topic, u))
		r, err := s.Room(t.Context(), ops.ID)
		must(t, err)
		if r.Topic != topic || r.TopicBy != "anna" || r.Name != "ops" {
			t.Errorf("after the topic %q the room is %+v", topic, r)
		}
	}
}

func noRoom(t *testing.T, h *House) {
	s := h.Open(t)
	_, err := s.Room(t.Context(), "99")
	wantCode(t, err, chat.CodeNotFound)
	_, err = s.RoomByName(t.Context(), roomName(t, "nowhere"))
	wantCode(t, err, chat.CodeNotFound)
}

func publicRooms(t *testing.T, h *House) {
	s := h.Open(t)
	a, b, ops := user(t, s, "anna"), user(t, s, "bert"), room(t, s, "ops")
	for _, u := range []chat.User{a, b} {
		_, err := s.AddMember(t.Context(), ops.ID, u)
		must(t, err)
	}
	_, err := s.EnsureDirect(t.Context(), a, b)
	must(t, err)
	m := post(t, s, ops.ID, "hello")
	all, err := s.PublicRooms(t.Context())
	must(t, err)
	slices.SortFunc(all, func(a, b chat.RoomInfo) int { return a.Members - b.Members })
	want := []chat.RoomInfo{
		{Room: chat.GeneralRoom()},
		{Room: ops, Members: 2, Head: end(m), Last: m},
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
}
