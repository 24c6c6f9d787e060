package roster

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"teahouse/app/chat"
	"teahouse/app/ui/theme"
)

func people() []chat.Person {
	return []chat.Person{
		{ID: 1, Name: "alice", Here: true},
		{ID: 2, Name: "bob", Here: true},
		{ID: 3, Name: "日本語の名前はとても長い", Here: true},
		{ID: 4, Name: "a-name-of-twenty-four-ch", Here: true},
		{ID: 5, Name: "dave"},
	}
}

func TestRows(t *testing.T) {
	plain := theme.New(termenv.Ascii, true)
	for _, c := range []struct {
		me            chat.UserID
		width, height int
		want          []string
	}{
		{2, 20, 7, []string{"here 4", "● alice", "● bob (you)", "● 日本語の名前はと…", "● a-name-of-twenty-…", "○ dave", ""}},
		{4, 14, 4, []string{"here 4", "● alice", "● bob", "  +3 more"}},
		{4, 14, 5, []string{"here 4", "● alice", "● bob", "● 日本語の名…", "  +2 more"}},
		{4, 14, 6, []string{"here 4", "● alice", "● bob", "● 日本語の名…", "● a-nam… (you)", "○ dave"}},
		{1, 6, 2, []string{"here 4", "  +5 …"}},
		{1, 6, 1, []string{"here 4"}},
		{1, 0, 5, nil},
	} {
		if diff := cmp.Diff(c.want, Rows(plain, people(), c.me, c.width, c.height)); diff != "" {
			t.Errorf("%d by %d: %s", c.width, c.height, diff)
		}
	}
}

func TestRowsFit(t *testing.T) {
	for p := termenv.TrueColor; p <= theme.Monochrome; p++ {
		th := theme.New(p, false)
		for width := 1; width < 30; width++ {
			for me := range chat.UserID(6) {
				for _, row := range Rows(th, people(), me, width, 6) {
					if ansi.StringWidth(row) > width || strings.Contains(row, "\n") {
						t.Fatalf("%q is wider than %d", row, width)
					}
				}
			}
		}
	}
}

// Who is here has the first letter on a tile of their colour; a letter is all
// of a character.
func TestInitials(t *testing.T) {
	th := theme.New(termenv.ANSI256, true)
	people := []chat.Person{{ID: 1, Name: "e\u0301mile", Here: true}, {ID: 2, Name: "bob"}}
	rows := Rows(th, people, 9, 20, 3)
	if want := th.Author(1).With(th.Initial).Paint("e\u0301") + th.Author(1).Paint("mile"); !strings.HasSuffix(rows[1], want) {
		t.Errorf("%q, want %q", rows[1], want)
	}
	if strings.Contains(rows[2], "\x1b[7m") {
		t.Errorf("who is away has a tile: %q", rows[2])
	}
}

// Colours are for as many people as there are colours.
func TestACrowdIsPlain(t *testing.T) {
	th := theme.New(termenv.ANSI256, true)
	var people []chat.Person
	for id := range th.Authors() {
		people = append(people, chat.Person{ID: chat.UserID(id), Name: "someone", Here: true})
	}
	few := Rows(th, people, 99, 20, 40)
	many := Rows(th, append(people, chat.Person{ID: 50, Name: "late"}), 99, 20, 40)
	if !strings.HasSuffix(many[1], "someone") || strings.HasSuffix(few[1], "someone") {
		t.Errorf("among few %q, among many %q", few[1], many[1])
	}
}
