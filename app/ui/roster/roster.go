// Package roster draws the list of people beside a room.
package roster

import (
	"fmt"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
	"teahouse/app/ui/theme"
)

const you = " (you)"

// Rows draws the people, in the order in which they come, as height rows of at
// most width cells: a head with how many are here, then one a row, and how many
// more there are when not all fit. It keeps nothing and changes nothing.
func Rows(th *theme.Theme, people []chat.Person, me chat.UserID, width, height int) []string {
	if width < 1 || height < 1 {
		return nil
	}
	rows := append(make([]string, 0, height), head(th, people, width))
	fit := min(len(people), height-1)
	if fit < len(people) {
		fit = max(fit-1, 0)
	}
	for _, p := range people[:fit] {
		rows = append(rows, row(th, p, p.ID == me, width))
	}
	if over := len(people) - fit; over > 0 && len(rows) < height {
		rows = append(rows, paint(th.Faint, fmt.Sprintf("  +%d more", over), width))
	}
	for len(rows) < height {
		rows = append(rows, "")
	}
	return rows
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

// row marks who is here with a full dot, so that it can be told without
// colours too.
func row(th *theme.Theme, p chat.Person, isMe bool, width int) string {
	if width <= 2 {
		return ""
	}
	mark, dot, pen := "● ", theme.PenOf(th.Good), th.AuthorPen(p.ID)
	switch {
	case !p.Here:
		mark, dot, pen = "○ ", theme.PenOf(th.Faint), theme.PenOf(th.Faint)
	case isMe:
		pen = theme.PenOf(th.Accent)
	}
	name := chat.Printable(p.Name)
	if !isMe {
		return dot.Paint(mark) + pen.Paint(ansi.Truncate(name, width-2, "…"))
	}
	name = ansi.Truncate(name, max(width-2-len(you), 2), "…")
	return dot.Paint(mark) + pen.Paint(ansi.Truncate(name, width-2, "…")) +
		paint(th.Dim, you, width-2-ansi.StringWidth(name))
}

func paint(style lipgloss.Style, s string, width int) string {
	return theme.PenOf(style).Paint(ansi.Truncate(s, width, "…"))
}
