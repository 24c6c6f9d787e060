package dialog

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

// someHelp is as much as the program has to say.
func someHelp() []Section {
	return []Section{
		{"Keys", [][2]string{
			{"Enter", "send"}, {"Alt+Enter ^J", "a new line"}, {"Up", "edit your last message"},
			{"Tab", "complete @name #room /command :emoji:"}, {"PgUp PgDn", "scroll"}, {"End", "back to the newest message"},
			{"^K", "find a room"}, {"^N ^P", "next and previous room"}, {"^U ^W", "delete the line, a word"},
			{"^Z", "undo"}, {"^Y", "bring back what was deleted"}, {"^G", "this help"}, {"Esc", "close what is open"}, {"^D", "leave"},
		}},
		{"Commands", [][2]string{
			{"/join ROOM", "go to a room, or make it"}, {"/leave", "leave this room"}, {"/rooms", "all rooms"},
			{"/who [ROOM]", "who is here"}, {"/msg NAME TEXT", "write to one person"}, {"/me TEXT", "say what you do"},
			{"/nick NAME", "take another name"}, {"/topic TEXT", "set the topic of this room"}, {"/invite NAME", "let somebody in"},
			{"/search WORDS", "find messages"}, {"/keys", "your keys"}, {"/link [CODE]", "join another device to you"},
			{"/help", "this help"}, {"/quit", "leave"},
		}},
	}
}

func TestHelpFits80x24(t *testing.T) {
	h := NewHelp(plain(), Page{Title: "keys", Sections: someHelp()})
	rows, _, _, x, y := h.Rows(80, 24)
	all := strings.Join(rows, "\n")
	for _, s := range someHelp() {
		for _, line := range append(s.Lines, [2]string{s.Title, ""}) {
			if !strings.Contains(all, line[0]) {
				t.Errorf("%q is not shown", line[0])
			}
		}
	}
	if h.most != 0 || x >= 0 || y >= 0 || strings.Contains(all, "…") {
		t.Errorf("%d rows hidden, cursor at %d, %d:\n%s", h.most, x, y, all)
	}
	for _, height := range []int{20, 24} {
		if rows, _, _, _, _ := h.Rows(100, height); h.most != 0 {
			t.Errorf("%d rows hidden of 100 x %d:\n%s", h.most, height, strings.Join(rows, "\n"))
		}
	}
}

func TestHelpScrolls(t *testing.T) {
	h := NewHelp(plain(), Page{"keys", []Section{{"Keys", [][2]string{{"Enter", "send the message"}, {"^K", "find a room"}}}}})
	rows, _, _, _, _ := h.Rows(20, 6)
	want := []string{
		"╭─ help: keys ─────╮",
		"│  Keys            │",
		"│  Enter           │",
		"│    send the      │",
		"│    message       │",
		"╰───── esc closes ─╯",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	for _, tt := range []struct {
		key string
		top int
	}{{"down", 1}, {"j", 2}, {"down", 2}, {"up", 1}, {"pgup", 0}, {" ", 2}, {"home", 0}, {"end", 2}} {
		h.Key(keyOf(tt.key))
		if h.Rows(20, 6); h.top != tt.top {
			t.Errorf("%s: row %d is the first, want %d", tt.key, h.top, tt.top)
		}
	}
	if h.Rows(80, 24); h.top != 0 {
		t.Errorf("all fits, and row %d is the first", h.top)
	}
}

func TestHelpCloses(t *testing.T) {
	h := NewHelp(plain(), Page{Title: "keys", Sections: someHelp()})
	for key, want := range map[string]bool{"esc": true, "q": true, "ctrl+g": true, "f1": true, "x": false, "enter": false, "up": false} {
		if got := h.Key(keyOf(key)); got != want {
			t.Errorf("%s closes: %t", key, got)
		}
	}
}

func TestHelpStandsInColumnsWhereItCan(t *testing.T) {
	h := NewHelp(plain(), Page{Title: "keys", Sections: someHelp()})
	for width, columns := range map[int]bool{40: false, 79: true, 120: true} {
		rows, _, _, _, _ := h.Rows(width, 60)
		if got := strings.Contains(rows[1], "Commands"); got != columns {
			t.Errorf("%d: %q", width, rows[1])
		}
		if ansi.StringWidth(rows[0]) > width {
			t.Errorf("%d: %q", width, rows[0])
		}
	}
}
