package theme

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Pen is how text looks: what is written before it and after it. The zero Pen
// leaves it as the terminal has it.
type Pen struct{ on, off string }

// penOf makes the pen of a style of this package: rows are drawn too often for
// it to be worked out for every word.
func penOf(s lipgloss.Style) Pen {
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
