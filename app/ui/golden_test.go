package ui_test

import (
	"context"
	"flag"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
	"teahouse/app/ui"
	"teahouse/e2e/house"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The terminals of the goldens.
var (
	trueColour = ui.Terminal{Term: "xterm-256color", ColorTerm: "truecolor"}
	colours256 = ui.Terminal{Term: "xterm-256color"}
	colours16  = ui.Terminal{Term: "xterm"}
	noColours  = ui.Terminal{Term: "xterm-256color", NoColor: true}
	noStyles   = ui.Terminal{Term: "unknown"}
)

// scene is a screen, and what leads to it.
type scene struct {
	name  string
	size  string
	term  ui.Terminal
	theme string
	act   func(st *stage, s *seat)
}

func scenes() []scene {
	return []scene{
		{"chat-120x40-dark", "120x40", trueColour, "tea-dark", nil},
		{"chat-120x40-light-16", "120x40", colours16, "tea-light", nil},
		{"chat-80x24-light", "80x24", trueColour, "tea-light", nil},
		{"chat-80x24-256", "80x24", colours256, "tea-dark", nil},
		{"chat-80x24-16", "80x24", colours16, "tea-dark", nil},
		{"chat-80x24-no-colours", "80x24", noColours, "auto", nil},
		{"chat-80x24-no-styles", "80x24", noStyles, "auto", nil},
		{"chat-40x12-night", "40x12", colours256, "night", nil},
		{"chat-40x12-no-styles", "40x12", noStyles, "auto", nil},
		{"chat-20x6-paper", "20x6", trueColour, "paper", nil},
		{"chat-20x6-no-colours", "20x6", noColours, "auto", nil},
		{"older-80x24-contrast", "80x24", trueColour, "contrast-dark", toTheTop},
		{"ops-120x40-roster", "120x40", trueColour, "tea-light", inOps},
		{"private-80x24", "80x24", colours256, "tea-dark", inBoard},
		{"direct-80x24-no-colours", "80x24", noColours, "auto", withBob},
		{"chosen-80x24", "80x24", colours256, "tea-dark", choose},
		{"chosen-80x24-no-styles", "80x24", noStyles, "auto", choose},
		{"reply-80x24-light", "80x24", colours256, "tea-light", answer},
		{"react-80x24", "80x24", colours256, "tea-dark", react},
		{"notices-80x24", "80x24", colours256, "tea-dark", comeAndGo},
		{"pending-80x24-light", "80x24", trueColour, "tea-light", wait},
		{"pending-40x12-no-styles", "40x12", noStyles, "auto", wait},
		{"finder-80x24", "80x24", trueColour, "tea-dark", find},
		{"finder-40x12-no-styles", "40x12", noStyles, "auto", find},
		{"help-keys-80x24", "80x24", colours256, "tea-dark", helpKeys},
		{"help-commands-80x24-light", "80x24", trueColour, "tea-light", helpCommands},
		{"help-order-80x24", "80x24", colours256, "tea-dark", helpOrder},
		{"help-keys-120x40", "120x40", trueColour, "tea-dark", helpKeys},
		{"help-keys-20x6", "20x6", noStyles, "auto", helpKeys},
	}
}

// TestGolden compares whole screens with what somebody has looked at and found
// good.
func TestGolden(t *testing.T) {
	for _, c := range scenes() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			size, err := house.ParseSize(c.size)
			must(t, err)
			st := newStage(t)
			dora := st.user("dora")
			_, err = st.Set(t.Context(), dora, "theme", c.theme)
			must(t, err)
			s := sit(t, st.Service, dora, size.Columns, size.Rows, func(o *ui.Options) { o.Terminal = c.term })
			if c.act != nil {
				c.act(st, s)
			}
			s.looks(c.name)
		})
	}
}

func toTheTop(_ *stage, s *seat) {
	s.sees("message #general", "out for lunch")
	s.keys(pageUp)
	s.sees("the beginning of #general")
}

func inOps(_ *stage, s *seat) {
	s.sees("message #general")
	s.keys("/join ops", enter)
	s.sees("message #ops", "on call")
}

func inBoard(_ *stage, s *seat) {
	s.sees("message #general")
	s.keys("/join &board", enter)
	s.sees("message &board", "cake")
}

func withBob(_ *stage, s *seat) {
	s.sees("message #general")
	s.keys("/msg bob", enter)
	s.sees("message @bob")
	s.keys("one it is. *the usual place*?", enter)
	s.sees("you     one it is", "message @bob")
}

func choose(_ *stage, s *seat) {
	s.sees("message #general", "out for lunch")
	s.keys(altUp, altUp)
	s.sees("r reply")
}

func answer(st *stage, s *seat) {
	choose(st, s)
	s.keys("r", "of course, ", newline, "give me a minute")
	s.sees("↪ to carol", "a minute")
}

func react(st *stage, s *seat) {
	choose(st, s)
	s.keys("+", "te")
	s.sees("react", "tea")
}

func comeAndGo(st *stage, s *seat) {
	s.sees("message #general", "out for lunch")
	ctx := st.t.Context()
	st.comes("erin")
	st.comes("花子")
	s.sees("erin and 花子")
	st.here["花子"].Close(ctx)
	s.sees("erin", "花子")
	_, err := st.Rename(ctx, st.user("erin"), "eryn")
	must(st.t, err)
	s.sees("now called eryn")
	must(st.t, st.SetTopic(ctx, st.user("alice"), chat.Room{ID: chat.General}, "tea, and what we build while it steeps"))
	s.sees("set the topic")
	s.keys("/kettle", enter)
	s.sees("no command /kettle")
	s.keys(ctrlC, "/topic", enter)
	s.sees("message #general")
}

func wait(_ *stage, s *seat) {
	s.sees("message #general", "new")
	s.keys("no biscuits?", enter)
	s.sees("message #general", "no biscuits?")
	s.keys(never, enter)
	s.sees("not sent")
	s.keys(later, enter)
	s.sees("message #general", "two")
}

func find(_ *stage, s *seat) {
	s.sees("message #general", "new")
	s.keys(ctrlK)
	s.sees("─ rooms ─", "#tea")
	s.keys("o")
	s.sees("make #o")
}

func helpKeys(_ *stage, s *seat) {
	s.sees("message #general", "new")
	s.keys(ctrlG)
	s.sees("help: keys")
}

func helpCommands(st *stage, s *seat) {
	helpKeys(st, s)
	s.keys("\t")
	s.sees("help: commands")
}

func helpOrder(st *stage, s *seat) {
	helpCommands(st, s)
	s.keys("\t")
	s.sees("help: commands for order")
}

// looks waits for the screen to be as the golden file says.
func (s *seat) looks(name string) {
	s.t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		must(s.t, os.WriteFile(path, []byte(s.still()), 0o644))
	}
	want, err := os.ReadFile(path)
	must(s.t, err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if house.Await(ctx, s.done, 0, func() bool { return picture(s.term) == string(want) }) != nil {
		s.t.Errorf("%s (-want +got; -update writes it anew):\n%s", path, cmp.Diff(string(want), picture(s.term)))
	}
}

// still is the screen's picture when it changes no more.
func (s *seat) still() (last string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	must(s.t, house.Await(ctx, s.done, time.Second, func() bool {
		was := last
		last = picture(s.term)
		return was == last
	}))
	return last
}

// picture writes a screen down: its text; how the cells look, each look a
// letter; and what the letters mean.
func picture(s *house.Screen) string {
	l := legend{letters: map[string]byte{}}
	x, y := s.Cursor()
	var text, looks strings.Builder
	for i, row := range s.Rows() {
		fmt.Fprintf(&text, "%2d│%s\n", i, row.Text)
	}
	for i, row := range s.Cells() {
		fmt.Fprintf(&looks, "%2d│%s\n", i, l.row(row))
	}
	cursor := fmt.Sprintf("cursor in row %d, column %d", y, x)
	if s.CursorHidden() {
		cursor = "no cursor"
	}
	all := s.Title() + "\n" + cursor + "\n\n" + text.String()
	if len(l.all) > 0 {
		all += "\n" + looks.String() + "\n" + strings.Join(l.all, "\n") + "\n"
	}
	return all
}

// legend gives looks letters as they come.
type legend struct {
	letters map[string]byte
	all     []string
}

// row has a letter for each cell that looks like something.
func (l *legend) row(cells []house.Cell) string {
	var b strings.Builder
	for _, c := range cells {
		letter := l.letter(c)
		for range c.Width {
			b.WriteByte(letter)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

func (l *legend) letter(c house.Cell) byte {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	name := look(c)
	if name == "" {
		return ' '
	}
	letter, known := l.letters[name]
	if !known {
		letter = letters[len(l.all)]
		l.letters[name] = letter
		l.all = append(l.all, string(letter)+"  "+name)
	}
	return letter
}

// look says what a cell looks like; "" for plain text, and where nothing is.
func look(c house.Cell) string {
	if strings.TrimSpace(c.Text) == "" && !c.Reverse && !c.Under {
		return ""
	}
	words := []string{colour(c.Ink)}
	for _, one := range []struct {
		is   bool
		word string
	}{
		{c.Bold, "bold"}, {c.Faint, "faint"}, {c.Italic, "italic"}, {c.Under, "underlined"},
		{c.Struck, "struck"}, {c.Reverse, "reverse"}, {c.Link != "", "to " + c.Link},
	} {
		if one.is {
			words = append(words, one.word)
		}
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

func colour(c color.Color) string {
	switch c := c.(type) {
	case nil:
		return ""
	case ansi.BasicColor:
		return fmt.Sprint("colour ", int(c), " of 16")
	case ansi.IndexedColor:
		return fmt.Sprint("colour ", int(c), " of 256")
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
