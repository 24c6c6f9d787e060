// Package roster draws the list of people beside a room.
package roster

import (
	"fmt"
	"slices"

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
	l := list{Theme: th, crowd: len(people) > th.Authors()}
	rows := append(make([]string, 0, height), head(th, people, width))
	shown := fit(people, height)
	for _, p := range shown {
		rows = append(rows, l.row(p, p.ID == me, width))
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

// list is the people in a theme.
type list struct {
	*theme.Theme
	crowd bool // more than there are colours
}

// row marks who is here with a full dot, and who is away with half a one, so
// that it can be told without colours too.
func (l list) row(person chat.Person, isMe bool, width int) string {
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
		return l.Faint.Paint("○ " + name)
	case !person.Here:
		return l.Faint.Paint("○ "+name) + l.you(name, width)
	case person.Away && !isMe:
		return l.Dim.Paint("◐ " + name)
	case person.Away:
		return l.Dim.Paint("◐ "+name) + l.you(name, width)
	case isMe:
		return l.Good.Paint("● ") + l.named(name, l.Accent) + l.you(name, width)
	}
	if l.crowd {
		return l.Good.Paint("● ") + name
	}
	return l.Good.Paint("● ") + l.named(name, l.Author(person.ID))
}

// named paints a name, its first letter as a tile of the person's colour.
func (l list) named(name string, pen theme.Pen) string {
	size, _ := cell.Next(name)
	return pen.With(l.Initial).Paint(name[:size]) + pen.Paint(name[size:])
}

func (l list) you(name string, width int) string {
	return l.Dim.Paint(ansi.Truncate(you, width-2-ansi.StringWidth(name), "…"))
}

func paint(pen theme.Pen, s string, width int) string {
	return pen.Paint(ansi.Truncate(s, width, "…"))
}
