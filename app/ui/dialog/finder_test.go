package dialog

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"teahouse/app/ui/theme"
)

func plain() *theme.Theme { return theme.New(termenv.Ascii, true) }

func someItems() []Item {
	return []Item{
		{ID: "0", Title: "#general", Detail: "the big table"},
		{ID: "1", Title: "#ops", Unread: 2},
		{ID: "2", Title: "#books"},
		{ID: "1:2", Title: "@bob", Unread: 1},
		{ID: "3", Title: "#東京", Detail: "日本語で"},
	}
}

// keyOf is the key that Bubble Tea names so, or one that types text.
func keyOf(name string) tea.KeyMsg {
	for t := tea.KeyF20; t <= 127; t++ {
		if msg := (tea.KeyMsg{Type: t}); t != tea.KeyRunes && t.String() == name {
			return msg
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

func press(f interface{ Key(tea.KeyMsg) Result }, keys string) (last Result) {
	for name := range strings.SplitSeq(keys, "|") {
		last = f.Key(keyOf(name))
	}
	return last
}

func titles(f *Finder) (found string) {
	for _, e := range f.found {
		if e.make != "" {
			e.Title = "+" + e.make
		}
		found += e.Title + " "
	}
	return strings.TrimSpace(found)
}

func TestFinderSearches(t *testing.T) {
	for query, want := range map[string]string{
		"x|backspace": "#ops @bob #general #books #東京",
		"bo":          "@bob #books +bo",
		"#bo":         "#books +bo",
		"@bo":         "@bob",
		"OPS":         "#ops",
		"tea":         "+tea",
		"t| |e":       "+te",
		"京":           "#東京 +京",
		"!":           "",
		"7":           "",
	} {
		f := NewFinder(plain(), someItems())
		if press(f, query); titles(f) != want {
			t.Errorf("%s finds %s, want %s", query, titles(f), want)
		}
	}
}

func TestFinderKeys(t *testing.T) {
	for keys, want := range map[string]Result{
		"enter":                    {Action: Open, ID: "1"},
		"down|enter":               {Action: Open, ID: "1:2"},
		"ctrl+n|tab|ctrl+p|enter":  {Action: Open, ID: "1:2"},
		"up|enter":                 {Action: Open, ID: "1"},
		"pgdown|pgdown|enter":      {Action: Open, ID: "0"},
		"pgdown|pgdown|pgup|enter": {Action: Open, ID: "1:2"},
		"down|b|enter":             {Action: Open, ID: "1:2"},
		"te|enter":                 {Action: Create, Name: "te"},
		"Te|a|backspace|enter":     {Action: Create, Name: "te"},
		"bo|down|down|enter":       {Action: Create, Name: "bo"},
		"!|enter":                  {},
		"ctrl+j|enter":             {Action: Open, ID: "1"},
		"esc":                      {Action: Close},
		"ctrl+k":                   {Action: Close},
		"up":                       {}, "enter|a": {},
	} {
		f := NewFinder(plain(), someItems())
		if got := press(f, keys); got != want {
			t.Errorf("%s: %+v, want %+v", keys, got, want)
		}
	}
}

func TestFinderKeepsTheChoice(t *testing.T) {
	f := NewFinder(plain(), someItems())
	press(f, "down|down") // #general
	items := someItems()
	items[2].Unread = 5
	f.SetItems(items)
	if got := press(f, "enter"); got.ID != "0" {
		t.Errorf("chose %+v", got)
	}
	f.SetItems(nil)
	if got := press(f, "enter"); got != (Result{}) {
		t.Errorf("chose %+v of nothing", got)
	}
}

func TestFinderPastesOneLine(t *testing.T) {
	f := NewFinder(plain(), someItems())
	runes := []rune("\nbo\tb\n")
	f.Key(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: runes})
	if f.query.Value() != " bo b " || titles(f) != "@bob +bob" || string(runes) != "\nbo\tb\n" {
		t.Errorf("%q finds %s", f.query.Value(), titles(f))
	}
	f.Key(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: []rune(strings.Repeat("x", 1000))})
	if len(f.query.Value()) > maxQuery {
		t.Errorf("%d bytes of query", len(f.query.Value()))
	}
}

func TestFinderRows(t *testing.T) {
	f := NewFinder(plain(), someItems())
	press(f, "o")
	rows, x, y, cx, cy := f.Rows(44, 16)
	want := []string{
		"╭─ rooms ──────────────────────────────────╮",
		"│ › o                                      │",
		"│──────────────────────────────────────────│",
		"│ › #ops                                 2 │",
		"│   @bob                                 1 │",
		"│   #books                                 │",
		"│   make #o                                │",
		"│                                          │",
		"│                                          │",
		"╰─────────────── enter opens · esc closes ─╯",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if x != 0 || y != 2 || cx != 5 || cy != 3 {
		t.Errorf("at %d, %d, cursor at %d, %d", x, y, cx, cy)
	}
}

func TestFinderTakesASmallScreen(t *testing.T) {
	f := NewFinder(plain(), someItems())
	press(f, "down|down")
	rows, x, y, cx, cy := f.Rows(20, 6)
	want := []string{
		"╭─ rooms ──────────╮",
		"│ › find a room or…│",
		"│   #ops         2 │",
		"│   @bob         1 │",
		"│ › #general       │",
		"╰─ enter opens ·… ─╯",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if x != 0 || y != 0 || cx != 4 || cy != 1 {
		t.Errorf("at %d, %d, cursor at %d, %d", x, y, cx, cy)
	}
}

func TestFinderShowsWhatMatched(t *testing.T) {
	th := theme.New(termenv.TrueColor, true)
	f := NewFinder(th, someItems())
	press(f, "g|n")
	rows, _, _, _, _ := f.Rows(80, 24)
	for _, hit := range []string{"g", "n"} {
		if marked := f.th.SelectedHit.Paint(hit); !strings.Contains(rows[3], marked) {
			t.Errorf("%q is not in %q", marked, rows[3])
		}
	}
}

// Whatever the size, dialogs stay inside and their rows are equally wide.
func TestDialogsFit(t *testing.T) {
	th := theme.New(termenv.TrueColor, false)
	f, h := NewFinder(th, someItems()), NewHelp(th, Page{Title: "keys", Sections: someHelp()})
	for i := range 300 {
		f.items = append(f.items, Item{ID: fmt.Sprint(i), Title: "#room-" + strings.Repeat("東", i%30), Detail: strings.Repeat("d", i%99), Unread: i})
	}
	press(f, "o|"+strings.Repeat("down|", 20)+strings.Repeat("東", 20)+"|ctrl+u")
	for width := 20; width <= 140; width++ {
		for height := 6; height <= 50; height += 3 {
			rows, x, y, cx, cy := f.Rows(width, height)
			checkFits(t, rows, x, y, width, height)
			if cx <= x || cy != y+1 || cx >= x+ansi.StringWidth(rows[0]) {
				t.Fatalf("the cursor is at %d, %d", cx, cy)
			}
			rows, x, y, _, _ = h.Rows(width, height)
			checkFits(t, rows, x, y, width, height)
		}
	}
}

func checkFits(t *testing.T, rows []string, x, y, width, height int) {
	t.Helper()
	if x < 0 || y < 0 || len(rows) < 3 || y+len(rows) > height {
		t.Fatalf("%d rows at %d, %d of %d x %d", len(rows), x, y, width, height)
	}
	for i, row := range rows {
		if w := ansi.StringWidth(row); w != ansi.StringWidth(rows[0]) || x+w > width || strings.Contains(row, "\n") {
			t.Fatalf("row %d of %d x %d has %d cells, at %d: %q", i, width, height, w, x, row)
		}
	}
	if width == 20 && height == 6 && (len(rows) != 6 || ansi.StringWidth(rows[0]) != 20) {
		t.Fatalf("%d rows: %q", len(rows), rows)
	}
}
