package chat

import (
	"slices"
	"strings"
)

// Settings are what a person chose for their screens, each one of the words
// that SettingsTable allows.
type Settings struct {
	Theme   string
	Zone    string
	Clock   string
	Bell    string
	Notify  string
	Notices string
	Typing  string
}

// Setting is an entry of the table of settings.
type Setting struct {
	Name    string
	Words   []string // what it can be; nil: the name of a time zone
	Default string
	Help    string

	at func(*Settings) *string
}

// settings are all, in the order in which they are listed.
var settings = []Setting{
	{
		Name: "theme", Words: []string{"auto", "tea-dark", "tea-light", "night", "paper", "contrast-dark", "contrast-light"},
		Default: "auto", Help: "the colours; auto goes by the terminal's background",
		at: func(s *Settings) *string { return &s.Theme },
	},
	{
		Name: "zone", Default: "UTC", Help: "the time zone, by its IANA name, such as Europe/Berlin",
		at: func(s *Settings) *string { return &s.Zone },
	},
	{
		Name: "clock", Words: []string{"24", "12"}, Default: "24", Help: "hours as 21:14 or as 9:14 pm",
		at: func(s *Settings) *string { return &s.Clock },
	},
	{
		Name: "bell", Words: []string{"mentions", "all", "off"}, Default: "mentions", Help: "what rings the terminal's bell",
		at: func(s *Settings) *string { return &s.Bell },
	},
	onOff("notify", "off", "notifications on the desktop, where the terminal can", func(s *Settings) *string { return &s.Notify }),
	onOff("notices", "on", "lines about who comes and goes", func(s *Settings) *string { return &s.Notices }),
	onOff("typing", "on", "let others see that you are typing", func(s *Settings) *string { return &s.Typing }),
}

// SettingsTable gives all settings, in the order in which they are listed.
func SettingsTable() []Setting { return slices.Clone(settings) }

func onOff(name, otherwise, help string, at func(*Settings) *string) Setting {
	return Setting{Name: name, Words: []string{"on", "off"}, Default: otherwise, Help: help, at: at}
}

// Of gives what is set, or the default where that is nothing, or a word that
// this version does not know.
func (d Setting) Of(s Settings) string { return d.orDefault(*d.at(&s)) }

func (d Setting) orDefault(word string) string {
	if d.allows(word) {
		return word
	}
	return d.Default
}

func (d Setting) allows(word string) bool {
	if d.Words == nil {
		return isZone(word)
	}
	return slices.Contains(d.Words, word)
}

// ReadSettings makes settings of what is stored under their names; what is
// not, or is no word of theirs, is the default.
func ReadSettings(stored func(name string) string) Settings {
	var s Settings
	for _, d := range settings {
		*d.at(&s) = d.orDefault(stored(d.Name))
	}
	return s
}

// ParseSetting finds the setting of a name and the word that the value stands
// for, in any case. CodeNotFound and CodeInvalid say what there is to choose
// from.
func ParseSetting(name, value string) (Setting, string, error) {
	d, err := FindSetting(name)
	if err != nil {
		return d, "", err
	}
	if d.Words == nil {
		word, err := parseZone(value)
		return d, word, err
	}
	if word := strings.ToLower(strings.TrimSpace(value)); d.allows(word) {
		return d, word, nil
	}
	return d, "", Errorf(CodeInvalid, "%s cannot be %q; it can be %s", d.Name, cutText(value), orList(d.Words))
}

// FindSetting gives the setting of a name, in any case. CodeNotFound.
func FindSetting(name string) (Setting, error) {
	names := make([]string, len(settings))
	for i, d := range settings {
		if d.Name == strings.ToLower(name) {
			return d, nil
		}
		names[i] = d.Name
	}
	return Setting{}, Errorf(CodeNotFound, "there is no setting %q; there are %s", cutText(name), andList(names))
}

// cutText keeps what somebody typed short enough to be told back.
func cutText(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

func orList(words []string) string  { return listed(words, " or ") }
func andList(words []string) string { return listed(words, " and ") }

func listed(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	end := len(words) - 1
	return strings.Join(words[:end], ", ") + last + words[end]
}
