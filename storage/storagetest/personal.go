package storagetest

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
)

func personal() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"settings are kept one by one":      settingsOneByOne,
		"settings are told":                 settingsTold,
		"settings that nobody knows":        unknownSettings,
		"nobody owns anything":              nobodyOwns,
		"another device changes the rooms":  roomsChangeElsewhere,
		"who comes takes few trips":         comesAgain,
		"drafts":                            drafts,
		"only so many drafts":               tooManyDrafts,
		"drafts and quiet go with the room": draftsGo,
		"the open room":                     place,
		"who is ignored":                    ignoring,
		"who is away shows to all":          awayShows,
		"which rooms are quiet":             muting,
	}
}

func defaults() chat.Settings { return chat.ReadSettings(func(string) string { return "" }) }

// owned reads what is kept of a user.
func owned(t *testing.T, s chat.Store, id chat.UserID) chat.Belongings {
	t.Helper()
	all, err := s.Belongings(t.Context(), id)
	must(t, err)
	return all
}

// prefs reads a user's preferences.
func prefs(t *testing.T, s chat.Store, id chat.UserID) chat.Preferences {
	t.Helper()
	return owned(t, s, id).Preferences
}

// settingsOneByOne has two devices set different things at once.
func settingsOneByOne(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t)}
	u := user(t, stores[0], "anna")
	words := []struct{ name, word string }{
		{"theme", "night"}, {"zone", "Asia/Tokyo"}, {"clock", "12"}, {"bell", "off"},
		{"notify", "on"}, {"notices", "off"}, {"typing", "off"},
	}
	AtOnce(len(words), func(i int) {
		report(t, stores[i%2].Set(t.Context(), u.ID, words[i].name, words[i].word))
	})
	want := chat.Settings{
		Theme: "night", Zone: "Asia/Tokyo", Clock: "12", Bell: "off", Notify: "on", Notices: "off", Typing: "off",
	}
	for _, s := range stores {
		if diff := cmp.Diff(chat.Preferences{Settings: want}, prefs(t, s, u.ID)); diff != "" {
			t.Error(diff)
		}
	}
	must(t, stores[0].Set(t.Context(), u.ID, "theme", "auto"))
	want.Theme = "auto"
	if got := prefs(t, stores[1], u.ID).Settings; got != want {
		t.Errorf("after another theme: %+v", got)
	}
	again, err := stores[1].User(t.Context(), u.ID)
	must(t, err)
	if again != u {
		t.Errorf("the user is %+v, was %+v", again, u)
	}
}

func settingsTold(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	u := user(t, s, "anna")
	e := listenTo(t, s, chat.UserTopic(u.ID))
	must(t, other.Set(t.Context(), u.ID, "clock", "12"))
	told := e.await("the news", 1, isKind(chat.NewsSeats))
	if told[0].Topic != chat.UserTopic(u.ID) {
		t.Errorf("told of %s", told[0].Topic)
	}
}

// listenTo listens to one topic from now on.
func listenTo(t *testing.T, s chat.Store, topic chat.Topic) *ear {
	t.Helper()
	e := listen(t, s)
	s.Subscribe(topic)
	e.await(string(topic), 1, isSubscribed(topic))
	return e
}

// unknownSettings has words of a later version be as if nothing were set.
func unknownSettings(t *testing.T, h *House) {
	s := h.Open(t)
	u := user(t, s, "anna")
	if diff := cmp.Diff(chat.Preferences{Settings: defaults()}, prefs(t, s, u.ID)); diff != "" {
		t.Error(diff)
	}
	must(t, h.Redis.HSet(t.Context(), "user:{"+u.ID.String()+"}", "theme", "pink", "zone", "Moon/Base", "clock", "12").Err())
	want := defaults()
	want.Clock = "12"
	if got := prefs(t, s, u.ID).Settings; got != want {
		t.Errorf("read as %+v", got)
	}
}

func nobodyOwns(t *testing.T, h *House) {
	_, err := h.Open(t).Belongings(t.Context(), 99)
	wantCode(t, err, chat.CodeNotFound)
}

// roomsChangeElsewhere has a store that knows a user's rooms, and asks for those
// first, find others.
func roomsChangeElsewhere(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	u := user(t, s, "anna")
	finds := func(want ...string) {
		t.Helper()
		var got []string
		for _, seat := range owned(t, s, u.ID).Seats {
			got = append(got, seat.Room.Name+": "+seat.Room.Topic)
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("their rooms (-want +got):\n%s", diff)
		}
	}
	finds("general: ")
	ops := member(t, other, u, "ops")
	finds("general: ", "ops: ")
	member(t, other, u, "tea")
	must(t, other.SetTopic(t.Context(), ops.ID, "arm64", u))
	finds("general: ", "ops: arm64", "tea: ")
	_, err := other.RemoveMember(t.Context(), ops.ID, u)
	must(t, err)
	finds("general: ", "tea: ")
}

// draftsOf reads a user's drafts.
func draftsOf(t *testing.T, s chat.Store, id chat.UserID) map[chat.RoomID]string {
	t.Helper()
	return owned(t, s, id).Drafts
}

// member puts the user into a room of the name.
func member(t *testing.T, s chat.Store, u chat.User, title string) chat.Room {
	t.Helper()
	r := room(t, s, title)
	_, err := s.AddMember(t.Context(), r.ID, u)
	must(t, err)
	return r
}

func drafts(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	u := user(t, s, "anna")
	ops, elsewhere := member(t, s, u, "ops"), room(t, s, "elsewhere")
	const hard = "two\nlines, \"quoted\" \\ 茶 {} %d\t"
	must(t, s.KeepDraft(t.Context(), u.ID, chat.General, "half a thou"))
	must(t, s.KeepDraft(t.Context(), u.ID, chat.General, hard))
	must(t, other.KeepDraft(t.Context(), u.ID, ops.ID, "more"))
	wantCode(t, s.KeepDraft(t.Context(), u.ID, elsewhere.ID, "x"), chat.CodeRefused)
	if diff := cmp.Diff(map[chat.RoomID]string{chat.General: hard, ops.ID: "more"}, draftsOf(t, other, u.ID)); diff != "" {
		t.Error(diff)
	}
	must(t, s.KeepDraft(t.Context(), u.ID, ops.ID, ""))
	must(t, s.KeepDraft(t.Context(), u.ID, ops.ID, ""))
	if diff := cmp.Diff(map[chat.RoomID]string{chat.General: hard}, draftsOf(t, other, u.ID)); diff != "" {
		t.Error(diff)
	}
}

func tooManyDrafts(t *testing.T, h *House) {
	s := h.Open(t)
	u := user(t, s, "anna")
	for n := range chat.LimitDrafts + 1 {
		must(t, h.Redis.SAdd(t.Context(), "user:{"+u.ID.String()+"}:rooms", n+100).Err())
	}
	at := func(n int) chat.RoomID { return chat.RoomID(strconv.Itoa(n + 100)) }
	for n := range chat.LimitDrafts {
		must(t, s.KeepDraft(t.Context(), u.ID, at(n), "x"))
	}
	wantCode(t, s.KeepDraft(t.Context(), u.ID, at(chat.LimitDrafts), "x"), chat.CodeRefused)
	must(t, s.KeepDraft(t.Context(), u.ID, at(0), "y")) // which is there
	must(t, s.KeepDraft(t.Context(), u.ID, at(1), ""))
	must(t, s.KeepDraft(t.Context(), u.ID, at(chat.LimitDrafts), "x"))
	if n := len(draftsOf(t, s, u.ID)); n != chat.LimitDrafts {
		t.Errorf("%d drafts", n)
	}
}

func draftsGo(t *testing.T, h *House) {
	s := h.Open(t)
	u := user(t, s, "anna")
	ops := member(t, s, u, "ops")
	must(t, s.KeepDraft(t.Context(), u.ID, ops.ID, "x"))
	must(t, s.Mute(t.Context(), u.ID, ops.ID, true))
	_, err := s.RemoveMember(t.Context(), ops.ID, u)
	must(t, err)
	if n := len(draftsOf(t, s, u.ID)) + len(prefs(t, s, u.ID).Muted); n > 0 {
		t.Errorf("%d are left", n)
	}
}

func place(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	u := user(t, s, "anna")
	for _, at := range []chat.RoomID{"7", "1:2"} {
		must(t, s.KeepPlace(t.Context(), u.ID, at))
		if got := prefs(t, other, u.ID).Room; got != at {
			t.Errorf("the open room is %q, want %q", got, at)
		}
	}
}

func ignoring(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	u := user(t, s, "anna")
	e := listenTo(t, s, chat.UserTopic(u.ID))
	for n := range chat.LimitIgnored {
		must(t, other.Ignore(t.Context(), u.ID, chat.User{ID: chat.UserID(n + 10), Name: "bert"}, true))
	}
	e.await("the news", chat.LimitIgnored, isKind(chat.NewsSeats))
	wantCode(t, s.Ignore(t.Context(), u.ID, chat.User{ID: 9, Name: "cleo"}, true), chat.CodeRefused)
	must(t, s.Ignore(t.Context(), u.ID, chat.User{ID: 10, Name: "bert"}, true)) // again
	must(t, s.Ignore(t.Context(), u.ID, chat.User{ID: 10}, false))
	must(t, s.Ignore(t.Context(), u.ID, chat.User{ID: 10}, false)) // again
	must(t, s.Ignore(t.Context(), u.ID, chat.User{ID: 9, Name: "cleo"}, true))
	got := prefs(t, other, u.ID).Ignored
	if len(got) != chat.LimitIgnored || got[9] != "cleo" || got[10] != "" || got[11] != "bert" {
		t.Errorf("%d are ignored: %v", len(got), got)
	}
}

func muting(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	u := user(t, s, "anna")
	ops, elsewhere := member(t, s, u, "ops"), room(t, s, "elsewhere")
	e := listenTo(t, s, chat.UserTopic(u.ID))
	must(t, other.Mute(t.Context(), u.ID, ops.ID, true))
	must(t, other.Mute(t.Context(), u.ID, chat.General, true))
	e.await("the news", 2, isKind(chat.NewsSeats))
	wantCode(t, s.Mute(t.Context(), u.ID, elsewhere.ID, true), chat.CodeRefused)
	if diff := cmp.Diff(map[chat.RoomID]bool{ops.ID: true, chat.General: true}, prefs(t, s, u.ID).Muted); diff != "" {
		t.Error(diff)
	}
	must(t, s.Mute(t.Context(), u.ID, ops.ID, false))
	if diff := cmp.Diff(map[chat.RoomID]bool{chat.General: true}, prefs(t, other, u.ID).Muted); diff != "" {
		t.Error(diff)
	}
}

func awayShows(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	u := user(t, s, "anna")
	arrive(t, s, "r1", at("s1", 2, "bert"))
	e := listenTo(t, s, chat.RoomTopic(chat.General))
	for _, step := range []struct {
		text    string
		version int64
		away    map[chat.UserID]bool
	}{
		{"lunch “茶”", 2, map[chat.UserID]bool{u.ID: true}},
		{"dinner", 2, map[chat.UserID]bool{u.ID: true}},
		{"", 3, nil},
		{"", 3, nil},
	} {
		before := time.Now().Add(-time.Second)
		must(t, other.Away(t.Context(), u, step.text))
		roll, err := s.Members(t.Context(), chat.General)
		must(t, err)
		want := chat.Roll{Version: step.version, People: names{2: "bert"}, Away: step.away}
		if diff := cmp.Diff(want, roll); diff != "" {
			t.Errorf("away for %q: %s", step.text, diff)
		}
		p := prefs(t, s, u.ID)
		if p.Away != step.text || p.AwaySince.After(before) != (step.text != "") {
			t.Errorf("away for %q: %q, since %s", step.text, p.Away, p.AwaySince)
		}
		known := profile(t, s, u.ID)
		if known.Away != step.text || !known.AwaySince.Equal(p.AwaySince) {
			t.Errorf("away for %q: the profile is %+v", step.text, known)
		}
	}
	told := e.await("both news", 2, isKind(chat.NewsRoll))
	want := []chat.Change{{Version: 2, Turn: chat.TurnAway, User: u.ID, Name: "anna"}, {Version: 3, Turn: chat.TurnBack, User: u.ID, Name: "anna"}}
	for i, n := range told {
		if n.Change != want[i] {
			t.Errorf("told %+v, want %+v", n.Change, want[i])
		}
	}
}

// profile reads a user's.
func profile(t *testing.T, s chat.Store, id chat.UserID) chat.Profile {
	t.Helper()
	all, err := s.Profiles(t.Context(), []chat.UserID{id, 99})
	must(t, err)
	if _, found := all[99]; found || len(all) != 1 {
		t.Errorf("profiles: %+v", all)
	}
	return all[id]
}
