package chat_test

import (
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
