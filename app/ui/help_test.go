package ui

import (
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"teahouse/app/command"
	"teahouse/app/ui/composer"
	"teahouse/app/ui/dialog"
	"teahouse/app/ui/theme"
)

// labelOf is a key as the help writes it.
func labelOf(key string) string {
	words := map[string]string{
		"ctrl": "^", "alt": "Alt+", "shift": "Shift+", "enter": "Enter", "tab": "Tab", "esc": "Esc", "pgup": "PgUp", "pgdown": "PgDn",
		"home": "Home", "end": "End", "up": "↑", "down": "↓", "left": "←", "right": "→", "f1": "F1", "backspace": "Bksp",
	}
	if key == "+" || !strings.Contains(key, "+") && words[key] == "" {
		return key
	}
	label := ""
	for part := range strings.SplitSeq(key, "+") {
		word, known := words[part]
		if !known {
			word = strings.ToUpper(part)
		}
		label += word
	}
	return label
}

// labels are all keys that the help tells.
func labels() (all []string) {
	for _, s := range keySections() {
		for _, line := range s.Lines {
			all = append(all, strings.Fields(line[0])...)
		}
	}
	return all
}

func TestHelpTellsEveryBinding(t *testing.T) {
	all := labels()
	for _, b := range slices.Concat(boundKeys(), idleKeys(), pickKeys()) {
		for _, key := range b.keys {
			if !slices.Contains(all, labelOf(key)) {
				t.Errorf("the help lacks %s (%s)", labelOf(key), key)
			}
		}
		if (b.label == "") != (b.does == "") {
			t.Errorf("%v is %q, %q", b.keys, b.label, b.does)
		}
	}
}

// printed are the keys that do what is printed on them, and by which names
// terminals send some keys.
func printed() map[string]string {
	return map[string]string{
		" ": "", "left": "", "right": "", "up": "", "down": "", "home": "", "end": "", "backspace": "", "delete": "",
		"ctrl+h": "", "alt+ctrl+h": "alt+backspace", "alt+delete": "alt+d", "ctrl+_": "ctrl+z",
	}
}

// TestHelpTellsWhatTheComposerKnows tries every key there is in a composer.
func TestHelpTellsWhatTheComposerKnows(t *testing.T) {
	all, tried := labels(), 0
	for key := range keyNames() {
		if !handles(key) {
			continue
		}
		tried++
		name := key.String()
		if other, is := printed()[name]; is && (other == "" || slices.Contains(all, labelOf(other))) {
			continue
		}
		if !slices.Contains(all, labelOf(name)) {
			t.Errorf("the help lacks %s (%s)", labelOf(name), name)
		}
	}
	if tried < 20 {
		t.Errorf("the composer knows %d keys", tried)
	}
}

// keyNames gives every key that is no text, and letters with Alt.
func keyNames() func(yield func(tea.KeyMsg) bool) {
	return func(yield func(tea.KeyMsg) bool) {
		for kind := tea.KeyType(-100); kind < 128; kind++ {
			for _, alt := range []bool{false, true} {
				if key := (tea.KeyMsg{Type: kind, Alt: alt}); kind != tea.KeyRunes && key.String() != "" && !yield(key) {
					return
				}
			}
		}
		for r := 'a'; r <= 'z'; r++ {
			if !yield(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: true}) {
				return
			}
		}
	}
}

// handles tells whether a key does something in the middle of a text.
func handles(key tea.KeyMsg) bool {
	c := composer.New(theme.New(termenv.Ascii, true))
	c.SetValue("one two\nthree four\nfive six")
	for _, kind := range []tea.KeyType{tea.KeyUp, tea.KeyLeft} {
		c.Key(tea.KeyMsg{Type: kind})
	}
	return c.Key(key)
}

func TestHelpTellsEveryCommand(t *testing.T) {
	var all []string
	for _, s := range commandSections() {
		for _, line := range s.Lines {
			all = append(all, strings.Fields(line[0])[0])
		}
	}
	for _, c := range command.Table() {
		if c.Faces&command.Screen != 0 && !slices.Contains(all, "/"+c.Name) {
			t.Errorf("the help lacks /%s", c.Name)
		}
	}
}

// TestHelpFits draws every page where it must fit: all of it is to be seen, and
// nothing is cut.
func TestHelpFits(t *testing.T) {
	pages := helpPages(true)
	help := dialog.NewHelp(theme.New(termenv.Ascii, true), pages...)
	for _, page := range pages {
		rows, _, _, _, _ := help.Rows(80, 24)
		all := strings.Join(rows, "\n")
		for _, s := range page.Sections {
			for _, line := range s.Lines {
				if first, _, _ := strings.Cut(line[0], " ["); !strings.Contains(all, first) {
					t.Errorf("%s: %q is not shown\n%s", page.Title, line[0], all)
				}
			}
		}
		for _, row := range rows {
			if ansi.StringWidth(row) > 80 {
				t.Errorf("%s: %q is too wide", page.Title, row)
			}
		}
		if strings.Contains(all, "scroll ·") {
			t.Errorf("%s scrolls\n%s", page.Title, all)
		}
		help.Key(tea.KeyMsg{Type: tea.KeyTab})
	}
}
