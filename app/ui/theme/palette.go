package theme

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// tone is one colour as terminals of three generations know it. The codes are
// chosen by eye and not converted: the nearest of 16 colours is rarely the
// one that reads best. An empty ansi means the faint attribute, since the greys of
// 16-colour palettes vanish on some backgrounds.
type tone struct {
	hex, ansi256, ansi string
	// under underlines it where there are 16 colours, too few of which read well.
	under bool
}

func (t tone) on(p termenv.Profile, s lipgloss.Style) lipgloss.Style {
	switch {
	case p == termenv.TrueColor:
		return s.Foreground(lipgloss.Color(t.hex))
	case p == termenv.ANSI256:
		return s.Foreground(lipgloss.Color(t.ansi256))
	case t.ansi == "":
		return s.Faint(true)
	}
	return s.Foreground(lipgloss.Color(t.ansi)).Underline(t.under)
}

// palette is the colours of one theme. They are chosen for one kind of
// background, and none is painted: a screen that paints its own leaves the
// terminal's margins and what is transparent behind. What people say is in the
// terminal's own foreground, which is readable whatever theme was chosen where.
type palette struct {
	name string
	dark bool // for dark backgrounds
	high bool // high contrast: nothing is faint

	accent, good, warning, fresh, failed tone
	dim, faint, line                     tone

	// authors are the colours of people. Neighbours in the list differ most,
	// since people who come one after the other are neighbours. few take their
	// place where there are 16 colours.
	authors, few []tone
}

// palettes lists the themes in the order in which people choose from them.
func palettes() []palette {
	return []palette{teaDark(), teaLight(), night(), paper(), contrastDark(), contrastLight()}
}

// tones reads colours written as "#8dbfb3 109".
func tones(colours ...string) []tone {
	list := make([]tone, len(colours))
	for i, c := range colours {
		list[i].hex, list[i].ansi256, _ = strings.Cut(c, " ")
	}
	return list
}

// sixteen lists tones of 16-colour palettes.
func sixteen(codes ...string) []tone {
	list := make([]tone, len(codes))
	for i, code := range codes {
		list[i].ansi = code
	}
	return list
}
