package theme

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// styles are what the pens of a theme are made from. None of them has margins,
// padding or a width.
type styles struct {
	kit

	text, dim, faint, strong, accent, good, warning, failed, mention, fresh lipgloss.Style

	current, unread, line, selected, prompt lipgloss.Style

	authors []lipgloss.Style // at least one
}

// kit makes styles out of the colours of one theme.
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

func (k kit) styles() *styles {
	s := &styles{kit: k, authors: k.people()}
	s.words()
	s.bars()
	return s
}

// words sets the styles of text.
func (s *styles) words() {
	k := s.kit
	s.text, s.strong = k.plain(), k.plain().Bold(true)
	s.dim, s.faint = k.in(k.dim), k.in(k.faint)
	s.accent, s.good = k.in(k.accent), k.in(k.good)
	s.warning, s.failed = k.in(k.warning), k.in(k.failed)
	s.mention, s.fresh = k.in(k.warning).Bold(true), k.in(k.fresh)
	if k.profile == Monochrome {
		bold, faint := k.plain().Bold(true), k.plain().Faint(!k.high)
		s.dim, s.faint = faint, faint
		s.accent, s.warning, s.failed, s.fresh = bold, bold, bold, bold
		s.mention = k.plain().Reverse(true)
	}
}

// bars sets the styles of what stands around the text; words come first.
func (s *styles) bars() {
	s.line = s.in(s.kit.line)
	s.current, s.prompt = s.accent.Bold(true), s.accent.Bold(true)
	s.unread = s.warning.Bold(true)
	s.selected = s.accent.Bold(true).Reverse(true)
	if s.profile == Monochrome {
		s.current, s.line = s.plain().Reverse(true), s.faint
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
	list := make([]lipgloss.Style, len(inks))
	for i, ink := range inks {
		list[i] = k.in(ink)
	}
	return list
}
