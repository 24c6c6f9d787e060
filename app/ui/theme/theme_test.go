package theme

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/lucasb-eyer/go-colorful"
	"github.com/muesli/termenv"

	"teahouse/app/chat"
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

func TestAuthorsDiffer(t *testing.T) {
	for _, p := range []termenv.Profile{termenv.TrueColor, termenv.ANSI256, termenv.ANSI} {
		for _, dark := range []bool{true, false} {
			th := New(p, dark)
			seen := map[string]bool{}
			for id := range chat.UserID(6) {
				seen[th.Author(id).Render("x")] = true
			}
			if len(seen) != 6 {
				t.Errorf("profile %v, dark %v: six people in a row have %d colours", p, dark, len(seen))
			}
			if a, b := th.Author(7).Render("x"), New(p, dark).Author(7).Render("x"); a != b {
				t.Errorf("profile %v: the colour of one person is %q and %q", p, a, b)
			}
		}
	}
}

// On a background that is not quite black or white, as most are not.
func TestInksAreReadable(t *testing.T) {
	house := houseInks()
	text := append(authorInks(termenv.TrueColor), house.tea, house.leaf, house.amber, house.rust, house.brick, house.dim)
	for _, i := range text {
		for _, c := range []struct{ fg, bg string }{
			{i.dark.hex, "#1e1e1e"}, {hex(t, i.dark.ansi256), "#1e1e1e"},
			{i.light.hex, "#fafafa"}, {hex(t, i.light.ansi256), "#fafafa"},
		} {
			if got := contrast(t, c.fg, c.bg); got < 4.5 {
				t.Errorf("%s (of %v) on %s has a contrast of %.1f", c.fg, i, c.bg, got)
			}
		}
	}
}

func TestNothingButStylesChanges(t *testing.T) {
	for p := termenv.TrueColor; p <= Monochrome; p++ {
		th := New(p, true)
		for _, pen := range []Pen{PenOf(th.Text), PenOf(th.Mention), PenOf(th.Selected), PenOf(th.Author(1))} {
			got := pen.Paint("a  b")
			if !strings.Contains(got, "a  b") || (p == termenv.Ascii && got != "a  b") {
				t.Errorf("profile %v paints %q", p, got)
			}
		}
		if p == Monochrome && strings.Contains(PenOf(th.Error).Paint("x"), "3") {
			t.Errorf("there is a colour in %q", PenOf(th.Error).Paint("x"))
		}
	}
}

func hex(t *testing.T, ansi256 string) string {
	t.Helper()
	n, err := strconv.Atoi(ansi256)
	if err != nil {
		t.Fatal(err)
	}
	return termenv.ConvertToRGB(termenv.ANSI256Color(n)).Hex()
}

// contrast is the ratio of WCAG 2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(t *testing.T, s string) float64 {
	t.Helper()
	c, err := colorful.Hex(s)
	if err != nil {
		t.Fatal(err)
	}
	r, g, b := c.LinearRgb()
	return 0.2126*r + 0.7152*g + 0.0722*b
}
