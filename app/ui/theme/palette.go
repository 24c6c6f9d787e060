package theme

import (
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// tone is one colour as terminals of three generations know it. The codes are
// chosen by eye and not converted: the nearest of 16 colours is rarely the
// one that reads best. An empty ansi means the faint attribute, since the greys of
// 16-colour palettes vanish on some backgrounds.
type tone struct{ hex, ansi256, ansi string }

func (t tone) on(p termenv.Profile, s lipgloss.Style) lipgloss.Style {
	switch {
	case p == termenv.TrueColor:
		return s.Foreground(lipgloss.Color(t.hex))
	case p == termenv.ANSI256:
		return s.Foreground(lipgloss.Color(t.ansi256))
	case t.ansi == "":
		return s.Faint(true)
	}
	return s.Foreground(lipgloss.Color(t.ansi))
}

// ink is a colour with a tone for each background.
type ink struct{ dark, light tone }

// inks are the house's own: the greens of tea leaves, the ambers of what is in
// the cup, the brick of the stove, and greys.
type inks struct{ tea, leaf, amber, rust, brick, dim, faint, line ink }

func houseInks() inks {
	return inks{
		tea:   ink{dark: tone{"#a9c27e", "150", "2"}, light: tone{"#4f6f2a", "58", "2"}},
		leaf:  ink{dark: tone{"#8fbf7f", "114", "2"}, light: tone{"#3f7030", "22", "2"}},
		amber: ink{dark: tone{"#e3b566", "179", "3"}, light: tone{"#8a5a00", "94", "5"}},
		rust:  ink{dark: tone{"#d9936a", "173", "3"}, light: tone{"#a0452c", "130", "1"}},
		brick: ink{dark: tone{"#e5806f", "203", "9"}, light: tone{"#b03028", "124", "1"}},
		dim:   ink{dark: tone{"#9a9a8c", "246", ""}, light: tone{"#6a6a60", "241", ""}},
		faint: ink{dark: tone{"#77776c", "243", ""}, light: tone{"#85857a", "244", ""}},
		line:  ink{dark: tone{"#4a4a44", "239", ""}, light: tone{"#c4c4b8", "250", ""}},
	}
}
