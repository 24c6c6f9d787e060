package theme

// Markup is how the markup of messages looks.
type Markup struct {
	Bold, Italic, Struck Pen

	Code      Pen // words of code in a text
	CodeBlock Pen // lines of code in no language that is known
	Quote     Pen // what is quoted
	QuoteBar  Pen // the bar beside it
	Link      Pen
	Address   Pen // where a link leads, behind its text
	Person    Pen // somebody's name behind an @

	Syntax Syntax

	Initial Pen // over a person's colour, of the first letter of a name

	// KeepsTicks says that code differs from text by its backticks only.
	KeepsTicks bool
}

// Syntax is how the words of a programming language look; all others look like
// text.
type Syntax struct {
	Keyword, Type, Literal, Number, Comment Pen
	Inserted, Deleted                       Pen // lines of a difference
}

// markup makes the pens of markup.
func (s *styles) markup() Markup {
	m := Markup{
		Bold: penOf(s.plain().Bold(true)), Italic: penOf(s.plain().Italic(true)), Struck: penOf(s.plain().Strikethrough(true)),
		Code: penOf(s.fresh), CodeBlock: penOf(s.fresh), Quote: penOf(s.dim), QuoteBar: penOf(s.accent),
		Link: penOf(s.plain().Underline(true)), Address: penOf(s.dim), Person: penOf(s.dim.Bold(true)),
		Syntax: s.syntax(), Initial: penOf(s.plain().Reverse(true)),
		KeepsTicks: !s.hasColours(),
	}
	if m.KeepsTicks {
		m.Code, m.CodeBlock = Pen{}, Pen{}
	}
	return m
}

func (s *styles) syntax() Syntax {
	x := Syntax{
		Keyword: penOf(s.accent), Type: penOf(s.accent), Literal: penOf(s.warning), Number: penOf(s.fresh), Comment: penOf(s.dim),
		Inserted: penOf(s.good), Deleted: penOf(s.failed),
	}
	if !s.hasColours() {
		x.Type, x.Literal, x.Number, x.Inserted = Pen{}, Pen{}, Pen{}, Pen{}
	}
	return x
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
