package screen

import (
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestClustersAreWhatTheyAre: the short way through characters that stand alone
// finds what the long one does, whatever comes behind them.
func TestClustersAreWhatTheyAre(t *testing.T) {
	followers := []string{"", "a", " ", "─", "é", "\u0301", "\u200d", "\ufe0f", "\u20e3", "한", "😀", "\x1b[m"}
	check := func(first rune) {
		for _, next := range followers {
			s := string(first) + next
			text, width := cluster(s)
			wantText, wantWidth := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
			if text != wantText || width != wantWidth {
				t.Errorf("%q begins with %q of %d cells, want %q of %d", s, text, width, wantText, wantWidth)
			}
		}
	}
	for r := ' '; r <= '~'; r++ {
		check(r)
	}
	for r := '\u24ff'; r <= '\u2580'; r++ {
		check(r)
	}
}
