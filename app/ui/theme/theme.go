// Package theme holds the colours and styles of the screen, for each kind of
// terminal, and knows nothing of what is drawn with them.
package theme

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"teahouse/app/chat"
)

// Theme is a set of styles for one kind of terminal. It never changes once it
// is made, so that sessions may share it. None of its styles has margins,
// padding or a width: a style changes how text looks and never how much room it
// takes.
type Theme struct {
	Text   lipgloss.Style // what people say: the terminal's own foreground
	Dim    lipgloss.Style // beside the matter: times, notices, hints
	Faint  lipgloss.Style // hardly there: people who are away, folded lines
	Strong lipgloss.Style // headings

	Accent  lipgloss.Style // the colour of the house; one's own name
	Good    lipgloss.Style
	Warning lipgloss.Style
	Error   lipgloss.Style
	Mention lipgloss.Style // one's own name in what others say
	NewLine lipgloss.Style // the rule above what is unread

	Bar        lipgloss.Style // the top and bottom bars
	BarRoom    lipgloss.Style // a room in the top bar
	BarCurrent lipgloss.Style // the room that is open
	BarUnread  lipgloss.Style // a room with something unread, and its count
	Rule       lipgloss.Style // lines between the parts
	Selected   lipgloss.Style // the chosen entry of a list
	Prompt     lipgloss.Style // the mark before what is typed

	// Name is of Names, never Auto.
	Name string
	Markup

	// Dark says for which background the colours were chosen.
	Dark bool
	// Plain says that the terminal has no styles at all, so that what is
	// chosen or current must be told by characters.
	Plain bool

	authors []lipgloss.Style
	pens    []Pen // of the authors
}

// New makes the theme Auto, as Named does.
func New(p termenv.Profile, dark bool) *Theme { return Named(Auto, p, dark) }

func build(colours palette, p termenv.Profile) *Theme {
	t := &Theme{Name: colours.name, Dark: colours.dark, Plain: p == termenv.Ascii}
	kit := newKit(colours, p)
	kit.words(t)
	kit.bars(t)
	t.Markup = kit.markup(t)
	t.authors = kit.people()
	for _, style := range t.authors {
		t.pens = append(t.pens, PenOf(style))
	}
	return t
}

// Author gives a person's colour, the same on every screen of one kind. People
// who came one after the other have different ones.
func (t *Theme) Author(id chat.UserID) lipgloss.Style {
	return t.authors[uint64(id)%uint64(len(t.authors))]
}

// Authors is how many colours there are for people.
func (t *Theme) Authors() int { return len(t.pens) }

// AuthorPen is the pen of Author.
func (t *Theme) AuthorPen(id chat.UserID) Pen {
	return t.pens[uint64(id)%uint64(len(t.pens))]
}

// kit makes the styles of one theme.
type kit struct {
	palette
	profile  termenv.Profile
	renderer *lipgloss.Renderer
}

func newKit(colours palette, p termenv.Profile) kit {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetHasDarkBackground(colours.dark)
	if p == Monochrome {
		r.SetColorProfile(termenv.ANSI)
	} else {
		r.SetColorProfile(p)
	}
	return kit{palette: colours, profile: p, renderer: r}
}

func (k kit) hasColours() bool { return k.profile < termenv.Ascii }

func (k kit) plain() lipgloss.Style { return k.renderer.NewStyle() }

// in gives a style of the tone's colour, where the terminal has colours.
func (k kit) in(t tone) lipgloss.Style {
	if !k.hasColours() {
		return k.plain()
	}
	return t.on(k.profile, k.plain())
}

// words sets the styles of text.
func (k kit) words(t *Theme) {
	t.Text, t.Strong = k.plain(), k.plain().Bold(true)
	t.Dim, t.Faint = k.in(k.dim), k.in(k.faint)
	t.Accent, t.Good = k.in(k.accent), k.in(k.good)
	t.Warning, t.Error = k.in(k.warning), k.in(k.failed)
	t.Mention, t.NewLine = k.in(k.warning).Bold(true), k.in(k.fresh)
	if k.profile == Monochrome {
		bold, faint := k.plain().Bold(true), k.plain().Faint(!k.high)
		t.Dim, t.Faint = faint, faint
		t.Accent, t.Warning, t.Error, t.NewLine = bold, bold, bold, bold
		t.Mention = k.plain().Reverse(true)
	}
}

// bars sets the styles of what stands around the text; words come first.
func (k kit) bars(t *Theme) {
	t.Bar, t.BarRoom, t.Rule = k.plain(), t.Dim, k.in(k.line)
	t.BarCurrent, t.Prompt = t.Accent.Bold(true), t.Accent.Bold(true)
	t.BarUnread = t.Warning.Bold(true)
	t.Selected = t.Accent.Bold(true).Reverse(true)
	if k.profile == Monochrome {
		t.BarCurrent, t.Rule = k.plain().Reverse(true), t.Faint
	}
}

// people makes the styles for authors; always at least one.
func (k kit) people() []lipgloss.Style {
	if !k.hasColours() {
		return []lipgloss.Style{k.plain().Bold(true)}
	}
	inks := k.authors
	if k.profile == termenv.ANSI {
		inks = k.few
	}
	styles := make([]lipgloss.Style, len(inks))
	for i, ink := range inks {
		styles[i] = k.in(ink)
	}
	return styles
}
