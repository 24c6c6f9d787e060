package theme

import (
	"strings"

	"github.com/muesli/termenv"
)

// Monochrome is a profile of our own beside termenv's: no colours, but bold,
// faint, reverse and underline. It is what NO_COLOR asks for, while
// termenv.Ascii has no styles at all.
const Monochrome = termenv.Ascii + 1

// Detect tells what a terminal can show from its TERM and COLORTERM and from
// whether NO_COLOR is set, without asking it: a terminal that does not answer
// would keep its owner waiting for the first frame.
func Detect(term, colorterm string, noColor bool) termenv.Profile {
	term, colorterm = strings.ToLower(term), strings.ToLower(colorterm)
	switch {
	case term == "" || term == "dumb" || term == "unknown":
		return termenv.Ascii
	case noColor || isMonochrome(term):
		return Monochrome
	case colorterm == "truecolor" || colorterm == "24bit" || hasTrueColor(term):
		return termenv.TrueColor
	case strings.Contains(term, "256color") || has256(term):
		return termenv.ANSI256
	}
	return termenv.ANSI
}

func isMonochrome(term string) bool {
	return strings.HasPrefix(term, "vt1") || strings.HasPrefix(term, "vt2") ||
		strings.HasSuffix(term, "-m") || strings.HasSuffix(term, "-mono")
}

// hasTrueColor knows the terminals that have all colours and say so in TERM
// only: ssh passes TERM on, COLORTERM as a rule not.
func hasTrueColor(term string) bool {
	switch term {
	case "xterm-kitty", "xterm-ghostty", "ghostty", "wezterm", "alacritty", "contour", "foot", "foot-extra", "rio":
		return true
	}
	return strings.HasSuffix(term, "-direct") || strings.HasSuffix(term, "-truecolor")
}

func has256(term string) bool {
	return strings.HasPrefix(term, "tmux") || strings.HasPrefix(term, "konsole") || strings.HasPrefix(term, "st-")
}
