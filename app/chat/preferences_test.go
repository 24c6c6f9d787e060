package chat_test

import (
	"strings"
	"testing"

	"teahouse/app/chat"
)

// another is a word that the setting can be and is not by itself.
func another(d chat.Setting) string {
	for _, word := range append(d.Words, "Asia/Tokyo") {
		if word != d.Default {
			return word
		}
	}
	return ""
}

// Every setting is there on the person's other screens at once, and again when
// they come back, on whichever replica.
func TestSettingsStay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	desk, sofa := h.connect(a, "anna"), h.connect(b, "anna")
	want := desk.Preferences().Settings
	for _, d := range chat.SettingsTable() {
		got, err := a.Set(t.Context(), desk.User(), d.Name, another(d))
		must(t, err)
		if d.Of(got) != another(d) || d.Of(got) == d.Of(want) {
			t.Errorf("%s was %q, is set to %q and is %q", d.Name, d.Of(want), another(d), d.Of(got))
		}
		for _, v := range []*screen{desk, sofa} {
			v.until(d.Name, func() bool { return v.Preferences().Settings == got })
		}
		want = got
		back, err := b.Connect(t.Context(), h.user(b, "anna"))
		must(t, err)
		if now := back.Preferences().Settings; now != want {
			t.Errorf("after setting %s, a new session has %+v", d.Name, now)
		}
		back.Close(t.Context())
	}
	if other := h.connect(b, "bert").Preferences().Settings; other != chat.ReadSettings(func(string) string { return "" }) {
		t.Errorf("bert has %+v", other)
	}
}

// Drafts and the open room are there again on whichever replica.
func TestComingBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna := h.user(a, "anna")
	ops, err := a.Join(t.Context(), anna, "ops")
	must(t, err)
	must(t, a.KeepDraft(t.Context(), anna, ops.ID, "half a thou\xff"))
	must(t, a.KeepPlace(t.Context(), anna, ops.ID))
	drafts, err := b.Drafts(t.Context(), anna)
	must(t, err)
	if len(drafts) != 1 || drafts[ops.ID] != "half a thou\uFFFD" {
		t.Errorf("drafts: %q", drafts)
	}
	if at := h.connect(b, "anna").Preferences().Room; at != ops.ID {
		t.Errorf("the open room is %q", at)
	}
	must(t, a.KeepDraft(t.Context(), anna, ops.ID, strings.Repeat("x", chat.LimitDraft)))
	wantCode(t, a.KeepDraft(t.Context(), anna, ops.ID, strings.Repeat("x", chat.LimitDraft+1)), chat.CodeInvalid)
}

// Whom somebody ignores does not come to their notice; nobody else is told.
func TestIgnore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, bert := h.connect(a, "anna"), h.connect(b, "bert")
	direct, err := b.FindRoom(t.Context(), bert.User(), "@anna")
	must(t, err)
	bert.look(direct.ID)
	bert.send("hello")
	anna.until("bert's message", func() bool { return anna.unread(direct.ID) == 1 && anna.lists("@bert") })

	must(t, b.Ignore(t.Context(), anna.User(), "@Bert", true))
	anna.until("bert is out of sight", func() bool { return anna.unread(direct.ID) == 0 && !anna.lists("@bert") })
	bert.send("hello?")
	bert.look(chat.General)
	bert.send("anna? @anna, @here")
	anna.await(1)
	if v, _ := anna.Room(chat.General); v.Mentions != 0 || v.Unread != 1 {
		t.Errorf("anna sees %+v", v)
	}
	h.finds(a, anna.User(), "anna")
	h.finds(b, bert.User(), "anna", "#general anna? @anna, @here")
	if p := anna.Preferences(); !p.Ignores(anna.seen[0]) || p.Ignores(&chat.Message{From: anna.User().ID}) {
		t.Errorf("anna ignores %v", p.Ignored)
	}
	if anna.unread(direct.ID) != 0 || anna.lists("@bert") || !bert.lists("@anna") {
		t.Error("anna hears of bert, or bert does not of anna")
	}
	rooms, err := a.Rooms(t.Context(), anna.User())
	must(t, err)
	if len(rooms) != 1 {
		t.Errorf("anna's rooms are %+v", rooms)
	}
	if len(bert.Preferences().Ignored) > 0 {
		t.Error("bert ignores somebody")
	}

	// By the name that he had then, too.
	_, err = b.Rename(t.Context(), bert.User(), "robert")
	must(t, err)
	must(t, a.Ignore(t.Context(), anna.User(), "bert", false))
	anna.until("bert is back", func() bool { return anna.unread(direct.ID) == 2 && anna.lists("@robert") })
	if v, _ := anna.Room(chat.General); v.Mentions != 1 {
		t.Errorf("anna sees %+v", v)
	}
	wantCode(t, a.Ignore(t.Context(), anna.User(), "robert", false), chat.CodeNotFound)
	wantCode(t, a.Ignore(t.Context(), anna.User(), "anna", true), chat.CodeRefused)
	wantCode(t, a.Ignore(t.Context(), anna.User(), "nobody2", true), chat.CodeNotFound)
	wantCode(t, a.Ignore(t.Context(), anna.User(), "nobody2", false), chat.CodeNotFound)
}

func TestMute(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna := h.connect(a, "anna")
	ops, err := b.Join(t.Context(), anna.User(), "ops")
	must(t, err)
	muted := func() bool { v, _ := anna.Room(ops.ID); return v.Muted }
	must(t, b.Mute(t.Context(), anna.User(), ops, true))
	anna.until("the room is quiet", muted)
	rooms, err := b.Rooms(t.Context(), anna.User())
	must(t, err)
	for _, v := range rooms {
		if v.Muted != (v.ID == ops.ID) {
			t.Errorf("%s is quiet: %v", v.Title(), v.Muted)
		}
	}
	must(t, b.Mute(t.Context(), anna.User(), ops, false))
	anna.until("the room is loud", func() bool { return !muted() })
	wantCode(t, a.Mute(t.Context(), h.user(a, "bert"), ops, true), chat.CodeRefused)
}
