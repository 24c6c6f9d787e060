// Package roster draws the list of people beside a room.
package roster

import (
	"fmt"
	"slices"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
	"teahouse/app/ui/cell"
	"teahouse/app/ui/theme"
)

const you = " (you)"

// Rows draws the people, in the order in which they come, as height rows of at
// most width cells: a head with how many are here, then one a row, and how many
// more there are when not all fit. Where there are more people than colours,
// which then tell nobody apart, their names are plain: whatever scrolls beside
// them costs a fraction. It keeps nothing and changes nothing.
func Rows(th *theme.Theme, people []chat.Person, me chat.UserID, width, height int) []string {
	if width < 1 || height < 1 {
		return nil
	}
	pens := newPens(th)
	pens.crowd = len(people) > th.Authors()
	rows := append(make([]string, 0, height), head(th, people, width))
	shown := fit(people, height)
	for _, p := range shown {
		rows = append(rows, pens.row(p, p.ID == me, width))
	}
	if over := len(people) - len(shown); over > 0 && len(rows) < height {
		rows = append(rows, paint(th.Faint, fmt.Sprintf("  +%d more", over), width))
	}
	for len(rows) < height {
		rows = append(rows, "")
	}
	return rows
}

// Shows tells whether Rows of a height has a row for somebody.
func Shows(people []chat.Person, who chat.UserID, height int) bool {
	return slices.ContainsFunc(fit(people, height), func(p chat.Person) bool { return p.ID == who })
}

// fit gives those of the people who have a row: below the head, and above how
// many more there are.
func fit(people []chat.Person, height int) []chat.Person {
	if len(people) < height {
		return people
	}
	return people[:max(height-2, 0)]
}

func head(th *theme.Theme, people []chat.Person, width int) string {
	here := 0
	for _, p := range people {
		if p.Here {
			here++
		}
	}
	return paint(th.Strong, fmt.Sprintf("here %d", here), width)
}

// pens are the theme as the roster uses it.
type pens struct {
	theme                           *theme.Theme
	good, faint, dim, mine, initial theme.Pen
	crowd                           bool
}

func newPens(th *theme.Theme) pens {
	return pens{
		theme: th, good: theme.PenOf(th.Good), faint: theme.PenOf(th.Faint), dim: theme.PenOf(th.Dim),
		mine: theme.PenOf(th.Accent), initial: theme.PenOf(th.Initial),
	}
}

// row marks who is here with a full dot, and who is away with half a one, so
// that it can be told without colours too.
func (p pens) row(person chat.Person, isMe bool, width int) string {
	if width <= 2 {
		return ""
	}
	name, most := chat.Printable(person.Name), width-2
	if isMe {
		most = max(width-2-len(you), 2)
	}
	name = ansi.Truncate(ansi.Truncate(name, most, "…"), width-2, "…")
	switch {
	case !person.Here && !isMe:
		return p.faint.Paint("○ " + name)
	case !person.Here:
		return p.faint.Paint("○ "+name) + p.you(name, width)
	case person.Away && !isMe:
		return p.dim.Paint("◐ " + name)
	case person.Away:
		return p.dim.Paint("◐ "+name) + p.you(name, width)
	case isMe:
		return p.good.Paint("● ") + p.named(name, p.mine) + p.you(name, width)
	}
	if p.crowd {
		return p.good.Paint("● ") + name
	}
	return p.good.Paint("● ") + p.named(name, p.theme.AuthorPen(person.ID))
}

// named paints a name, its first letter as a tile of the person's colour.
func (p pens) named(name string, pen theme.Pen) string {
	size, _ := cell.Next(name)
	return pen.With(p.initial).Paint(name[:size]) + pen.Paint(name[size:])
}

func (p pens) you(name string, width int) string {
	return p.dim.Paint(ansi.Truncate(you, width-2-ansi.StringWidth(name), "…"))
}

func paint(style lipgloss.Style, s string, width int) string {
	return theme.PenOf(style).Paint(ansi.Truncate(s, width, "…"))
}
