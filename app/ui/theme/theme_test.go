package theme

import (
	"strings"
	"testing"

	"github.com/muesli/termenv"
)

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		term, colorterm string
		noColor         bool
		want            termenv.Profile
	}{
		{"", "", false, termenv.Ascii},
		{"dumb", "truecolor", false, termenv.Ascii},
		{"dumb", "", true, termenv.Ascii},
		{"xterm-256color", "truecolor", true, Monochrome},
		{"vt100", "", false, Monochrome},
		{"xterm", "", false, termenv.ANSI},
		{"linux", "", false, termenv.ANSI},
		{"screen", "", false, termenv.ANSI},
		{"xterm-256color", "", false, termenv.ANSI256},
		{"tmux-256color", "", false, termenv.ANSI256},
		{"tmux", "", false, termenv.ANSI256},
		{"xterm-256color", "TrueColor", false, termenv.TrueColor},
		{"xterm", "24bit", false, termenv.TrueColor},
		{"xterm-kitty", "", false, termenv.TrueColor},
		{"xterm-direct", "", false, termenv.TrueColor},
	} {
		if got := Detect(c.term, c.colorterm, c.noColor); got != c.want {
			t.Errorf("Detect(%q, %q, %v) = %v, want %v", c.term, c.colorterm, c.noColor, got, c.want)
		}
	}
}

func TestNothingButStylesChanges(t *testing.T) {
	for p := termenv.TrueColor; p <= Monochrome; p++ {
		th := New(p, true)
		for _, pen := range []Pen{th.Text, th.Mention, th.Selected, th.Author(1)} {
			got := pen.Paint("a  b")
			if !strings.Contains(got, "a  b") || (p == termenv.Ascii && got != "a  b") {
				t.Errorf("profile %v paints %q", p, got)
			}
		}
		if p == Monochrome && strings.Contains(th.Error.Paint("x"), "3") {
			t.Errorf("there is a colour in %q", th.Error.Paint("x"))
		}
	}
}
