package theme

import "github.com/charmbracelet/lipgloss"

// Markup is how the markup of messages looks.
type Markup struct {
	Bold, Italic, Struck lipgloss.Style

	Code      lipgloss.Style // words of code in a text
	CodeBlock lipgloss.Style // lines of code in no language that is known
	Quote     lipgloss.Style // what is quoted
	QuoteBar  lipgloss.Style // the bar beside it
	Link      lipgloss.Style
	Address   lipgloss.Style // where a link leads, behind its text
	Person    lipgloss.Style // somebody's name behind an @

	Syntax Syntax

	Initial lipgloss.Style // over a person's colour, of the first letter of a name

	// KeepsTicks says that code differs from text by its backticks only.
	KeepsTicks bool
}

// Syntax is how the words of a programming language look; all others look like
// text.
type Syntax struct {
	Keyword, Type, Literal, Number, Comment lipgloss.Style
	Inserted, Deleted                       lipgloss.Style // lines of a difference
}

// markup makes the styles of markup out of those of words, which come first.
func (k kit) markup(t *Theme) Markup {
	m := Markup{
		Bold: k.plain().Bold(true), Italic: k.plain().Italic(true), Struck: k.plain().Strikethrough(true),
		Code: t.NewLine, CodeBlock: t.NewLine, Quote: t.Dim, QuoteBar: t.Accent,
		Link: k.plain().Underline(true), Address: t.Dim, Person: t.Dim.Bold(true),
		Syntax: k.syntax(t), Initial: k.plain().Reverse(true),
		KeepsTicks: !k.hasColours(),
	}
	if m.KeepsTicks {
		m.Code, m.CodeBlock = k.plain(), k.plain()
	}
	return m
}

func (k kit) syntax(t *Theme) Syntax {
	s := Syntax{
		Keyword: t.Accent, Type: t.Accent, Literal: t.Warning, Number: t.NewLine, Comment: t.Dim,
		Inserted: t.Good, Deleted: t.Error,
	}
	if !k.hasColours() {
		s.Type, s.Literal, s.Number, s.Inserted = k.plain(), k.plain(), k.plain(), k.plain()
	}
	return s
}

// With gives the pen with another one's style added.
func (p Pen) With(q Pen) Pen {
	switch {
	case q.on == "":
		return p
	case p.on == "":
		return q
	}
	return Pen{on: p.on + q.on, off: q.off}
}
