package ui

import (
	"slices"
	"strings"

	"teahouse/app/command"
	"teahouse/app/ui/dialog"
)

// Every page of the help fits a screen of 80 columns and 24 rows.

func (m *model) openHelp() {
	m.help = dialog.NewHelp(m.th, helpPages(m.Session.User().Admin)...)
}

// helpPages are those for everybody, and one more for administrators.
func helpPages(admin bool) []dialog.Page {
	pages := []dialog.Page{{Title: "keys", Sections: keySections()}}
	for _, s := range commandSections() {
		if admin || s.Title != forAdmins {
			pages = append(pages, dialog.Page{Title: s.Title, Sections: []dialog.Section{{Lines: s.Lines}}})
		}
	}
	return pages
}

const forAdmins = "commands for administrators"

func keySections() []dialog.Section {
	return []dialog.Section{
		{Title: "Writing", Lines: lines(writingKeys(), idleKeys())},
		{Title: "Editing", Lines: composerKeys()},
		{Title: "Rooms", Lines: lines(roomKeys())},
		{Title: "Reading", Lines: lines(logKeys(), chooseKeys())},
		{Title: "The chosen message", Lines: lines(pickKeys())},
	}
}

// lines are the bindings as the help tells them.
func lines(parts ...[]binding) (all [][2]string) {
	for _, b := range slices.Concat(parts...) {
		if b.label != "" {
			all = append(all, [2]string{b.label, b.does})
		}
	}
	return all
}

// composerKeys tells of the keys that the composer knows by itself, but those
// that do what is printed on them.
func composerKeys() [][2]string {
	return [][2]string{
		{"Alt+Enter ^J", "another line"},
		{"^A ^E", "start, end of the line"},
		{"Alt+B Alt+F", "a word back, on"},
		{"^← ^→", "the same"},
		{"^W ^U", "erase a word, the line"},
		{"Alt+Bksp", "erase the word before"},
		{"Alt+D", "erase the next word"},
		{"^Z ^Y", "undo, put back"},
	}
}

// commandSections are the commands of the screen, by what they are about.
// Those about nothing that is named here are the last section's.
func commandSections() []dialog.Section {
	sections := []dialog.Section{
		{Title: "commands for rooms"}, {Title: "commands for order"}, {Title: "commands for messages"},
		{Title: "more commands"}, {Title: forAdmins},
	}
	for _, c := range command.Table() {
		if c.Faces&command.Screen != 0 {
			line := [2]string{strings.TrimSpace("/" + c.Name + " " + c.Usage), c.Short}
			s := &sections[about(c)]
			s.Lines = append(s.Lines, line)
		}
	}
	return sections
}

// about tells to which section of the help a command belongs.
func about(c command.Command) int {
	if c.Admin {
		return 4
	}
	switch c.Name {
	case "join", "leave", "rooms", "create", "topic", "invite", "uninvite", "invites", "quiet":
		return 0
	case "password", "op", "deop", "rename", "archive", "slow", "kick", "ban", "unban", "mute", "unmute", "bans":
		return 1
	case "msg", "me", "reply", "edit", "delete", "react", "search", "goto", "pin", "unpin", "pins", "drafts":
		return 2
	}
	return 3
}
