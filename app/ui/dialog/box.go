// Package dialog holds what is laid over the timeline for a while: the room
// finder and the help.
//
// Dialogs draw themselves into an area, by Rows: their rows, the cell of the
// area where the first of them begins, and the cell where the cursor belongs,
// also counted from the area's corner (-1, -1: the dialog has no cursor). All
// rows of one drawing are equally wide and fit into the area. Overlay puts them
// there.
package dialog

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"teahouse/app/ui/cell"
	"teahouse/app/ui/theme"
)

// Below this size of the area there is no timeline to be seen around a box
// anyway, and it takes the whole of it.
const (
	leastWidth  = 40
	leastHeight = 13
)

// leastRim is how many cells beside a box are worth showing: fewer are but the
// ends of words.
const leastRim = 6

// border is what a box has on both sides of its rows together, and above and
// below them.
const border = 2

// box is where a dialog stands in its area.
type box struct{ x, y, width, height int }

// place fits a box around so many cells and rows, at most, into the area: in
// the middle, and a little above it.
func place(width, height, innerWidth, innerHeight int) box {
	if width < leastWidth || height < leastHeight {
		return box{width: width, height: height}
	}
	w := innerWidth + border
	if width-w < leastRim {
		w = width
	}
	h := min(innerHeight+border, height)
	return box{x: (width - w) / 2, y: (height - h) / 3, width: w, height: h}
}

func (b box) innerWidth() int  { return max(0, b.width-border) }
func (b box) innerHeight() int { return max(0, b.height-border) }

// frame draws the border around rows that fit into it, with a title in the line
// above and a note in the line below. Missing rows are blank.
func (b box) frame(th *theme.Theme, title, note string, rows []string) []string {
	if b.width < border || b.height < border {
		return nil
	}
	line := lipgloss.RoundedBorder()
	side := th.Rule.Paint(line.Left)
	drawn := []string{b.edge(th, line.TopLeft, line.TopRight, th.Strong, title, true)}
	for i := range b.innerHeight() {
		row := ""
		if i < len(rows) {
			row = rows[i]
		}
		drawn = append(drawn, side+cell.Pad(row, b.innerWidth())+side)
	}
	return append(drawn, b.edge(th, line.BottomLeft, line.BottomRight, th.Dim, note, false))
}

// edge draws a horizontal line with words in it, at its left or right end.
func (b box) edge(th *theme.Theme, left, right string, pen theme.Pen, words string, atLeft bool) string {
	rest := b.innerWidth()
	words = cell.Clip(words, rest-4)
	if words == "" {
		return th.Rule.Paint(left + strings.Repeat("─", rest) + right)
	}
	words = " " + words + " "
	rest -= ansi.StringWidth(words) + 1
	before, behind := 1, rest
	if !atLeft {
		before, behind = rest, 1
	}
	return th.Rule.Paint(left+strings.Repeat("─", before)) + pen.Paint(words) +
		th.Rule.Paint(strings.Repeat("─", behind)+right)
}

// keyName returns the name of a key that is not text: what is typed may spell
// the name of a key.
func keyName(msg tea.KeyMsg) string {
	if msg.Type == tea.KeyRunes && !msg.Alt {
		return ""
	}
	return msg.String()
}
