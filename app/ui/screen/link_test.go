package screen

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
)

const (
	toTea  = "\x1b]8;;https://tea.example\x1b\\"
	toCake = "\x1b]8;id=1;https://cake.example/a\x1b\\"
)

// leads shows a screen, with the letter of each cell's link below it: t and c,
// and a dot for none.
func leads(e *vt.Emulator, width, height int) string {
	var b strings.Builder
	for y := range height {
		var text, links strings.Builder
		for x := range width {
			c := e.CellAt(x, y)
			switch {
			case c == nil:
				text.WriteByte(' ')
				links.WriteByte('.')
				continue
			case c.Link.URL == "":
				links.WriteByte('.')
			default:
				links.WriteString(strings.TrimPrefix(c.Link.URL, "https://")[:1])
			}
			fmt.Fprintf(&text, "%s%v", c.Content, c.Style.Attrs)
		}
		fmt.Fprintf(&b, "%s\n%s\n", text.String(), links.String())
	}
	return b.String()
}

func shown(t *testing.T, frames ...Frame) string {
	t.Helper()
	e := vt.NewEmulator(12, 3)
	s := New(e, 12, 3)
	err := s.Start("")
	for _, f := range frames {
		err = errors.Join(err, s.Draw(f))
	}
	if err != nil {
		t.Fatal(err)
	}
	return leads(e, 12, 3)
}

func linksOf(t *testing.T, rows ...string) string {
	t.Helper()
	lines := strings.Split(shown(t, Frame{Rows: rows}), "\n")
	return lines[1] + " " + lines[3]
}

func TestLinks(t *testing.T) {
	for row, want := range map[string]string{
		"a " + toTea + "tea" + linkCloses + " b":         "..ttt.......",
		toTea + "te" + toCake + "a" + linkCloses:         "ttc.........",
		toTea + "tea":                                    "ttt.........", // it ends with the row
		toTea + "\x1b[1mte\x1b[ma" + linkCloses + "x":    "ttt.........",
		"\x1b[1m" + toTea + "tea\x1b[m  " + linkCloses:   "ttttt.......",
		toTea + "twelve cells" + linkCloses:              "tttttttttttt",
		"\x1b]8;;https://tea.example\a" + "tea":          "............",
		"\x1b]8;https://tea.example\x1b\\tea":            "............",
		"\x1b]8;;https://tea.example\n\x1b\\tea":         "............",
		"\x1b]8;;https://tea.example\x1b[31mtea":         "............",
		"\x1b]8;;https://tea.example" + "\u009c" + "tea": "............",
		"\x1b]8;;":     "............",
		"\x1b]8;;\x1b": "............",
	} {
		if got := linksOf(t, row, "next"); got != want+" ............" {
			t.Errorf("%q leads\n%s, want\n%s", row, got, want)
		}
	}
}

// Whatever rows follow whatever others, links are where they would be if
// the last ones had been drawn alone.
func TestLinksStayInTheirPlaces(t *testing.T) {
	words := []string{"tea", " ", "a", toTea, toCake, linkCloses, "\x1b[1m", "\x1b[m", "       ", "日"}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 9))
		var frames []Frame
		rows := make([]string, 3)
		for range 8 {
			rows = append([]string(nil), rows...)
			if r.IntN(3) == 0 {
				shift(rows, 1)
			}
			var b strings.Builder
			for range r.IntN(8) {
				b.WriteString(words[r.IntN(len(words))])
			}
			rows[r.IntN(3)] = b.String()
			frames = append(frames, Frame{Rows: rows})
		}
		if got, want := shown(t, frames...), shown(t, frames[len(frames)-1]); got != want {
			t.Fatalf("seed %d: %+v shows\n%s, want\n%s", seed, frames, got, want)
		}
	}
}
