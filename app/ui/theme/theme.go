// Package theme holds the colours and styles of the screen, for each kind of
// terminal, and knows nothing of what is drawn with them.
package theme

import (
	"github.com/muesli/termenv"

	"teahouse/app/chat"
)

// Theme is a set of pens for one kind of terminal. It never changes once it is
// made, so that sessions may share it. A pen changes how text looks and never
// how much room it takes.
type Theme struct {
	Text   Pen // what people say: the terminal's own foreground
	Dim    Pen // beside the matter: times, notices, hints
	Faint  Pen // hardly there: people who are away, folded lines
	Strong Pen // headings

	Accent  Pen // the colour of the house; one's own name
	Good    Pen
	Warning Pen
	Error   Pen
	Mention Pen // one's own name in what others say
	NewLine Pen // the rule above what is unread

	BarRoom     Pen // a room in the top bar
	BarCurrent  Pen // the room that is open
	BarUnread   Pen // a room with something unread, and its count
	Rule        Pen // lines between the parts
	Hit         Pen // what was looked for, in an entry of a list
	Selected    Pen // the chosen entry of a list
	SelectedHit Pen // what was looked for in that one
	Prompt      Pen // the mark before what is typed

	// Name is of Names, never Auto.
	Name string
	Markup

	// Dark says for which background the colours were chosen.
	Dark bool
	// Plain says that the terminal has no styles at all, so that what is
	// chosen or current must be told by characters.
	Plain bool

	authors []Pen
}

// New makes the theme Auto, as Named does.
func New(p termenv.Profile, dark bool) *Theme { return Named(Auto, p, dark) }

func build(colours palette, p termenv.Profile) *Theme {
	s := newKit(colours, p).styles()
	t := &Theme{
		Name: colours.name, Dark: colours.dark, Plain: p == termenv.Ascii,
		Text: penOf(s.text), Dim: penOf(s.dim), Faint: penOf(s.faint), Strong: penOf(s.strong),
		Accent: penOf(s.accent), Good: penOf(s.good), Warning: penOf(s.warning), Error: penOf(s.failed),
		Mention: penOf(s.mention), NewLine: penOf(s.fresh),
		BarRoom: penOf(s.dim), BarCurrent: penOf(s.current), BarUnread: penOf(s.unread), Rule: penOf(s.line),
		Hit: penOf(s.accent.Underline(true)), Selected: penOf(s.selected), SelectedHit: penOf(s.selected.Underline(true)),
		Prompt: penOf(s.prompt), Markup: s.markup(),
	}
	for _, style := range s.authors {
		t.authors = append(t.authors, penOf(style))
	}
	return t
}

// Author gives a person's colour, the same on every screen of one kind. People
// who came one after the other have different ones.
func (t *Theme) Author(id chat.UserID) Pen {
	return t.authors[uint64(id)%uint64(len(t.authors))]
}

// Authors is how many colours there are for people.
func (t *Theme) Authors() int { return len(t.authors) }
