package chat_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

// join puts the person into the room, which may make it.
func (h house) join(s *chat.Service, name, ref string) chat.Room {
	h.t.Helper()
	room, err := s.Join(h.t.Context(), h.user(s, name), ref)
	must(h.t, err)
	return room
}

// secret makes a private room of the person's.
func (h house) secret(s *chat.Service, name, ref string) chat.Room {
	h.t.Helper()
	room, err := s.MakeRoom(h.t.Context(), h.user(s, name), ref, true)
	must(h.t, err)
	return room
}

// heard waits until somebody listens to the room's news: what was done before
// is there to be seen, and not told.
func (h house) heard(room chat.Room) {
	h.t.Helper()
	feed := "room:{" + string(room.ID) + "}:feed"
	storagetest.Until(h.t, "somebody listens to "+room.Title(), func() bool {
		n, err := h.Redis.PubSubNumSub(h.t.Context(), feed).Result()
		must(h.t, err)
		return n[feed] > 0
	})
}

// did waits until the screen was told what somebody did.
func (v *screen) did(what string) {
	v.t.Helper()
	v.until(what, func() bool {
		return slices.ContainsFunc(v.notices, func(n chat.Notice) bool { return n.Name+" "+n.Text == what })
	})
}

// invitedTo lists the rooms that the session knows it is invited to.
func (v *screen) invitedTo() (titles []string) {
	for _, i := range v.Invites() {
		titles = append(titles, i.Room.Title()+" by "+i.By)
	}
	return titles
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	board := h.secret(a, "anna", "board")
	anna, bert := h.user(a, "anna"), h.connect(b, "bert")
	must(t, a.Invite(t.Context(), anna, board, "bert"))
	bert.until("the invitation", func() bool { return slices.Equal(bert.invitedTo(), []string{"&board by anna"}) })
	must(t, a.Uninvite(t.Context(), anna, board, "bert"))
	bert.until("it is taken back", func() bool { return len(bert.Invites()) == 0 })
	_, err := b.Join(t.Context(), bert.User(), "&board")
	wantCode(t, err, chat.CodeNotFound)

	must(t, a.Invite(t.Context(), anna, board, "@bert"))
	again := h.connect(a, "bert")
	if got := again.invitedTo(); !slices.Equal(got, []string{"&board by anna"}) {
		t.Errorf("a new session knows of %v", got)
	}
	if got := h.join(b, "bert", "board"); got != board {
		t.Errorf("bert is in %+v", got)
	}
	for _, v := range []*screen{bert, again} {
		v.until("bert is in", func() bool { return v.lists("&board") && len(v.Invites()) == 0 })
	}
	wantCode(t, a.Invite(t.Context(), anna, board, "bert"), chat.CodeTaken)
	wantCode(t, b.Invite(t.Context(), bert.User(), board, "cleo"), chat.CodeRefused) // a plain member
	wantCode(t, a.Invite(t.Context(), h.user(a, "cleo"), board, "dora"), chat.CodeNotFound)
}

func TestDecline(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.replica()
	bert := h.user(s, "bert")
	for _, ref := range []string{"board", "&board", "#board"} {
		room := h.secret(s, "anna", "board")
		if ref == "#board" {
			room = h.join(s, "anna", ref)
		}
		anna := h.user(s, "anna")
		must(t, s.Invite(t.Context(), anna, room, "bert"))
		must(t, s.Decline(t.Context(), bert, ref))
		wantCode(t, s.Decline(t.Context(), bert, ref), chat.CodeNotFound)
		if all, err := s.Invitations(t.Context(), bert); err != nil || len(all) > 0 {
			t.Errorf("after %s was declined there are %v, %v", ref, all, err)
		}
		must(t, s.Leave(t.Context(), anna, room))
	}
}

// TestNames: what a name means, and that a user is in one private room of it.
func TestNames(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.replica()
	mine, theirs := h.secret(s, "anna", "board"), h.secret(s, "bert", "&board")
	public := h.join(s, "cleo", "board")
	anna, bert := h.user(s, "anna"), h.user(s, "bert")
	for ref, want := range map[string]chat.Room{"board": mine, "&board": mine, "#board": public, " BOARD ": mine} {
		got, err := s.FindRoom(t.Context(), anna, ref)
		must(t, err)
		if got != want {
			t.Errorf("%s means %+v", ref, got)
		}
	}
	_, err := s.MakeRoom(t.Context(), anna, "board", true)
	wantCode(t, err, chat.CodeTaken)
	must(t, s.Invite(t.Context(), bert, theirs, "anna"))
	_, err = s.Join(t.Context(), anna, "&board")
	wantCode(t, err, chat.CodeTaken)
	if got := h.join(s, "anna", "board"); got != mine {
		t.Errorf("who goes to their own room comes to %+v", got)
	}
	den := h.secret(s, "anna", "den")
	_, err = s.RenameRoom(t.Context(), anna, den, "board")
	wantCode(t, err, chat.CodeTaken)
	must(t, s.Leave(t.Context(), anna, mine))
	if got := h.join(s, "anna", "board"); got != theirs {
		t.Errorf("the invitation leads to %+v", got)
	}
}

// TestRuling has what an owner does be seen at once at another replica.
func TestRuling(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	ops := h.join(a, "anna", "ops")
	h.join(b, "bert", "ops")
	anna, bert := h.user(a, "anna"), h.connect(b, "bert")
	bert.look(ops.ID)
	h.heard(ops)
	must(t, a.SetModerator(t.Context(), anna, ops, "bert", true))
	bert.did("anna made bert a moderator")
	role := func(want chat.Role) {
		t.Helper()
		bert.until("bert's role is "+want.String(), func() bool { v, ok := bert.Room(ops.ID); return ok && v.Role == want })
	}
	role(chat.RoleModerator)
	_, err := a.RenameRoom(t.Context(), anna, ops, "kitchen")
	must(t, err)
	bert.did("anna renamed the room to #kitchen")
	bert.until("the new name", func() bool { return bert.lists("#kitchen") })
	must(t, a.Archive(t.Context(), anna, ops, true))
	bert.did("anna archived the room")
	bert.until("it is listed last", func() bool { rooms := bert.Rooms(); return rooms[len(rooms)-1].Archived })
	bert.send("too late")
	bert.until("it is refused", func() bool {
		p := bert.Pending(ops.ID)
		return len(p) == 1 && strings.Contains(chat.ErrorText(p[0].Refused), "archived")
	})
	must(t, a.Leave(t.Context(), anna, ops))
	bert.did("bert inherited the room")
	role(chat.RoleOwner)
	must(t, b.Archive(t.Context(), bert.User(), ops, false))
}

// TestSlowMode: the outbox keeps what comes too early, in order, and holds up
// no other room.
func TestSlowMode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.replica()
	ops := h.join(s, "anna", "ops")
	h.join(s, "bert", "ops")
	const every = time.Second
	must(t, s.SetSlow(t.Context(), h.user(s, "anna"), ops, every))
	bert, watch := h.connect(s, "bert"), h.connect(s, "anna")
	watch.look(ops.ID)
	for _, body := range []string{"one", "two", "three"} {
		must(t, bert.Send(ops.ID, chat.KindText, body))
	}
	bert.until("the second waits", func() bool {
		p := bert.Pending(ops.ID)
		return slices.ContainsFunc(p, func(p chat.Pending) bool {
			return p.Body == "two" && p.Refused == nil && time.Until(p.Due) <= every && !p.Due.IsZero()
		})
	})
	bert.send("elsewhere")
	bert.until("another room is not held up", func() bool { return slices.Contains(bodies(bert.seen), "elsewhere") })
	watch.await(3)
	if got := bodies(watch.seen); !slices.Equal(got, []string{"one", "two", "three"}) {
		t.Errorf("said was %v", got)
	}
	for i, m := range watch.seen[1:] {
		if gap := m.At.Sub(watch.seen[i].At); gap < every {
			t.Errorf("%q came %s after the one before", m.Body, gap)
		}
	}
}

// TestSlowModeLifted: what waits comes first, though it need not wait any more.
func TestSlowModeLifted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.replica()
	ops := h.join(s, "anna", "ops")
	h.join(s, "bert", "ops")
	must(t, s.SetSlow(t.Context(), h.user(s, "anna"), ops, time.Hour))
	bert := h.connect(s, "bert")
	bert.look(ops.ID)
	bert.send("one")
	bert.send("two")
	bert.until("the second waits", func() bool {
		return slices.ContainsFunc(bert.Pending(ops.ID), func(p chat.Pending) bool { return !p.Due.IsZero() })
	})
	must(t, s.SetSlow(t.Context(), h.user(s, "anna"), ops, 0))
	bert.send("three")
	bert.await(3)
	if got := bodies(bert.seen); !slices.Equal(got, []string{"one", "two", "three"}) {
		t.Errorf("said was %v", got)
	}
}

// TestSlowModeAtTheEnd: a session that ends does not wait for slow mode.
func TestSlowModeAtTheEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.replica()
	ops := h.join(s, "anna", "ops")
	h.join(s, "bert", "ops")
	must(t, s.SetSlow(t.Context(), h.user(s, "anna"), ops, time.Hour))
	bert := h.connect(s, "bert")
	for _, body := range []string{"one", "two"} {
		must(t, bert.Send(ops.ID, chat.KindText, body))
	}
	bert.until("the second waits", func() bool {
		p := bert.Pending(ops.ID)
		return len(p) > 0 && !p[len(p)-1].Due.IsZero()
	})
	began := time.Now()
	bert.Close(t.Context())
	if took := time.Since(began); took > patience/3 {
		t.Errorf("ending took %s", took)
	}
}

// TestPasswordIsKeptNowhere: what Redis holds does not have it.
func TestPasswordIsKeptNowhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.replica()
	board := h.secret(s, "anna", "board")
	must(t, s.SetPassword(t.Context(), h.user(s, "anna"), board, "0pen-s3same!"))
	if got, err := s.JoinWithPassword(t.Context(), h.user(s, "bert"), "board", " 0pen-s3same!\n"); err != nil || got.ID != board.ID {
		t.Errorf("bert is in %+v, %v", got, err)
	}
	all, err := h.Redis.Keys(t.Context(), "*").Result()
	must(t, err)
	doors := 0
	for _, key := range all {
		dump, err := h.Redis.Dump(t.Context(), key).Result()
		must(t, err)
		if strings.Contains(key+dump, "s3same") {
			t.Errorf("the key %s has the password", key)
		}
		if strings.HasPrefix(key, "door:") {
			doors++
		}
	}
	if doors != 1 {
		t.Errorf("there are %d doors among %v", doors, all)
	}
}

// TestPasswordsWaitTheirTurn: however many come at once, each is answered, and
// who goes away is not waited for.
func TestPasswordsWaitTheirTurn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.replica()
	board := h.secret(s, "anna", "board")
	must(t, s.SetPassword(t.Context(), h.user(s, "anna"), board, "open sesame"))
	people := make([]chat.User, 12)
	for i := range people {
		people[i] = h.user(s, "guest"+string(rune('a'+i)))
	}
	storagetest.AtOnce(len(people), func(i int) {
		password, want := "open sesame", chat.Code("")
		if i%2 == 1 {
			password, want = "open barley", chat.CodeNotFound
		}
		if _, err := s.JoinWithPassword(t.Context(), people[i], "board", password); chat.ErrorCode(err) != want {
			t.Errorf("%d is answered by %v", i, err)
		}
	})
	roll, err := h.store().Members(t.Context(), board.ID)
	must(t, err)
	if len(roll.People) != 1+len(people)/2 {
		t.Errorf("in the room are %v", roll.People)
	}
}
