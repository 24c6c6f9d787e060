package storagetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
)

func personal() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"settings are kept one by one":   settingsOneByOne,
		"settings are told":              settingsTold,
		"nobody's settings are defaults": settingsOfNobody,
	}
}

func defaults() chat.Settings { return chat.ReadSettings(func(string) string { return "" }) }

// prefs reads a user's preferences.
func prefs(t *testing.T, s chat.Store, id chat.UserID) chat.Preferences {
	t.Helper()
	p, err := s.Preferences(t.Context(), id)
	must(t, err)
	return p
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

func settingsOfNobody(t *testing.T, h *House) {
	s := h.Open(t)
	if diff := cmp.Diff(chat.Preferences{Settings: defaults()}, prefs(t, s, 99)); diff != "" {
		t.Error(diff)
	}
	// Words of a later version, or of nobody, are as if nothing were set.
	must(t, h.Redis.HSet(t.Context(), "user:{99}", "theme", "pink", "zone", "Moon/Base", "clock", "12").Err())
	want := defaults()
	want.Clock = "12"
	if got := prefs(t, s, 99).Settings; got != want {
		t.Errorf("read as %+v", got)
	}
}
