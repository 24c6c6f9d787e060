package ui

import (
	"slices"
	"strings"

	"teahouse/app/command"
	"teahouse/app/ui/dialog"
)

// Every page of the help fits a screen of 80 columns and 24 rows.

func (m *model) openHelp() { m.help = dialog.NewHelp(m.th, helpPages()...) }

func helpPages() []dialog.Page {
	pages := []dialog.Page{{Title: "keys", Sections: keySections()}}
	for _, s := range commandSections() {
		pages = append(pages, dialog.Page{Title: s.Title, Sections: []dialog.Section{{Lines: s.Lines}}})
	}
	return pages
}

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
	sections := []dialog.Section{{Title: "commands for rooms"}, {Title: "commands for messages"}, {Title: "more commands"}}
	for _, c := range command.Table() {
		if c.Faces&command.Screen != 0 {
			line := [2]string{strings.TrimSpace("/" + c.Name + " " + c.Usage), c.Short}
			s := &sections[about(c.Name)]
			s.Lines = append(s.Lines, line)
		}
	}
	return sections
}

// about tells to which section of the help a command belongs.
func about(name string) int {
	switch name {
	case "join", "leave", "rooms", "create", "topic", "invite", "uninvite", "invites", "password",
		"op", "deop", "rename", "archive", "slow", "quiet":
		return 0
	case "msg", "me", "reply", "edit", "delete", "react", "search", "goto", "pin", "unpin", "pins", "drafts":
		return 1
	}
	return 2
}
