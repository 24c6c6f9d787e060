// Package cell counts the cells of a terminal that text takes up. The whole UI
// counts by one rule, that of charmbracelet/x/ansi: a grapheme cluster stands
// in one or two cells, never apart.
package cell

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Next returns how many bytes the first cluster of s has and how many cells it
// takes. Only the empty string has a cluster of no bytes.
func Next(s string) (size, width int) {
	if len(s) == 0 {
		return 0, 0
	}
	// A character of ASCII that no other byte of a cluster can follow: most
	// text is that, and the tables of Unicode are slow beside it.
	if isPrintable(s[0]) && (len(s) == 1 || s[1] < 0x80) {
		return 1, 1
	}
	cluster, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return len(cluster), width
}

func isPrintable(b byte) bool { return b >= ' ' && b <= '~' }

// Clip shortens text without escape sequences to so many cells; what was cut
// ends in "…".
func Clip(s string, width int) string {
	if ansi.StringWidth(s) <= width {
		return s
	}
	if width <= 0 {
		return ""
	}
	end := 0
	for left := width - 1; end < len(s); {
		size, w := Next(s[end:])
		if left -= w; left < 0 {
			break
		}
		end += size
	}
	return s[:end] + "…"
}

// Pad fills a row, styled or not, with spaces to so many cells.
func Pad(s string, width int) string {
	padded := s + spaces(width-ansi.StringWidth(s))
	if s == "" || s[len(s)-1] < 0x80 {
		return padded
	}
	// The number signs of Arabic take the space behind them into their cluster.
	return padded + spaces(width-ansi.StringWidth(padded))
}

func spaces(n int) string { return strings.Repeat(" ", max(0, n)) }

// Fit clips and pads text without escape sequences to exactly so many cells.
func Fit(s string, width int) string { return Pad(Clip(s, width), width) }
