package chat_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"teahouse/app/chat"
)

func TestParseSetting(t *testing.T) {
	for _, tt := range []struct{ name, value, want, wrong string }{
		{name: "theme", value: "night", want: "night"},
		{name: "Theme", value: " NIGHT ", want: "night"},
		{name: "theme", value: "pink", wrong: "theme cannot be \"pink\"; it can be auto, tea-dark, tea-light, night, paper, contrast-dark or contrast-light"},
		{name: "clock", value: "12", want: "12"},
		{name: "clock", value: "13", wrong: "it can be 24 or 12"},
		{name: "bell", value: "", wrong: "it can be mentions, all or off"},
		{name: "colour", value: "red", wrong: "there are theme, zone, clock, bell, notify, notices and typing"},
		{name: "zone", value: "Europe/Berlin", want: "Europe/Berlin"},
		{name: "zone", value: "europe/berlin", want: "Europe/Berlin"},
		{name: "zone", value: "berlin", want: "Europe/Berlin"},
		{name: "zone", value: "new york", want: "America/New_York"},
		{name: "zone", value: "utc", want: "UTC"},
		{name: "zone", value: "etc/gmt+2", want: "Etc/GMT+2"},
		{name: "zone", value: "gmt+2", wrong: "such as Europe/Berlin"},
		{name: "zone", value: "Europe/Berln", wrong: "is it Europe/Berlin"},
		{name: "zone", value: "indianapolis", wrong: "is it America/Indiana/Indianapolis or America/Indianapolis?"},
		{name: "zone", value: "moon", wrong: "such as Europe/Berlin"},
		{name: "zone", value: "Local", wrong: "there is no time zone"},
		{name: "zone", value: "../../etc/passwd", wrong: "such as Europe/Berlin"},
		{name: "zone", value: "", wrong: "such as Europe/Berlin"},
		{name: "zone", value: strings.Repeat("x", 1000), wrong: "such as Europe/Berlin"},
	} {
		_, got, err := chat.ParseSetting(tt.name, tt.value)
		switch {
		case tt.wrong == "" && (err != nil || got != tt.want):
			t.Errorf("%s %q is %q, %v; want %q", tt.name, tt.value, got, err, tt.want)
		case tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)):
			t.Errorf("%s %.40q: %q %v, want %q", tt.name, tt.value, got, err, tt.wrong)
		case err != nil && len(err.Error()) > 300:
			t.Errorf("%s %.40q: %q is long", tt.name, tt.value, err)
		}
	}
}

func TestDefaults(t *testing.T) {
	s := chat.ReadSettings(func(string) string { return "" })
	if s != (chat.Settings{Theme: "auto", Zone: "UTC", Clock: "24", Bell: "mentions", Notify: "off", Notices: "on", Typing: "on"}) {
		t.Errorf("defaults: %+v", s)
	}
	if s != chat.ReadSettings(func(string) string { return "from-a-later-version" }) {
		t.Error("words that nobody knows are no defaults")
	}
	for _, d := range chat.SettingsTable() {
		if _, word, err := chat.ParseSetting(d.Name, d.Default); err != nil || word != d.Default {
			t.Errorf("%s cannot be set to its default: %v", d.Name, err)
		}
		if d.Help == "" || d.Words != nil && !slices.Contains(d.Words, d.Default) {
			t.Errorf("%s is not complete", d.Name)
		}
	}
}

// All zones that can be set are there on every machine, in winter and summer.
func TestZones(t *testing.T) {
	t.Setenv("ZONEINFO", t.TempDir())
	for _, name := range chat.Zones() {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
	}
	if n := len(chat.Zones()); n < 500 {
		t.Errorf("%d zones", n)
	}
	summer := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	if at := (chat.Settings{Zone: "Europe/Berlin"}).Location(); summer.In(at).Hour() != 14 {
		t.Errorf("noon in Berlin is at %s", summer.In(at))
	}
	for _, zone := range []string{"", "Local", "../x", "Europe", "Europe/Berlin\nUTC"} {
		if at := (chat.Settings{Zone: zone}).Location(); at != time.UTC {
			t.Errorf("%q is the zone %s", zone, at)
		}
	}
}

// Whatever is typed, it is refused in words or taken, and what was taken is
// taken again as it is.
func FuzzParseSetting(f *testing.F) {
	f.Add("theme", "night")
	f.Add("zone", "new york")
	f.Add("zone", "Europe/Berlin\nUTC")
	f.Add("clock", "\x1b[31m")
	f.Fuzz(func(t *testing.T, name, value string) {
		d, word, err := chat.ParseSetting(name, value)
		if err != nil {
			if code := chat.ErrorCode(err); code != chat.CodeInvalid && code != chat.CodeNotFound || len(err.Error()) > 600 {
				t.Errorf("%q %q: %v", name, value, err)
			}
			return
		}
		_, again, err := chat.ParseSetting(d.Name, word)
		if err != nil || again != word || word == "" || strings.ContainsAny(word, " \n") {
			t.Errorf("%q %q is %q, and then %q, %v", name, value, word, again, err)
		}
	})
}
