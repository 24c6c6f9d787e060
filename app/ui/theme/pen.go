package theme

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Pen is a style made ready for rows that are drawn often: what a style writes
// before and after text is worked out once and not for every word.
type Pen struct{ on, off string }

// PenOf makes the pen of a style of this package.
func PenOf(s lipgloss.Style) Pen {
	on, _, _ := strings.Cut(s.Render("x"), "x")
	if on == "" {
		return Pen{}
	}
	return Pen{on: on, off: "\x1b[m"}
}

// Paint styles one line of text. The text must be free of escape sequences.
func (p Pen) Paint(s string) string {
	if p.on == "" || s == "" {
		return s
	}
	return p.on + s + p.off
}

// Write paints into a builder.
func (p Pen) Write(b *strings.Builder, s string) {
	if s == "" {
		return
	}
	b.WriteString(p.on)
	b.WriteString(s)
	b.WriteString(p.off)
}
