package theme

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/lucasb-eyer/go-colorful"
	"github.com/muesli/termenv"

	"teahouse/app/chat"
)

func TestNamed(t *testing.T) {
	want := []string{"auto", "tea-dark", "tea-light", "night", "paper", "contrast-dark", "contrast-light"}
	if got := Names(); !slices.Equal(got, want) {
		t.Fatalf("the themes are %v, want %v", got, want)
	}
	for _, name := range want[1:] {
		dark := name != "paper" && !strings.HasSuffix(name, "-light")
		for _, background := range []bool{true, false} {
			if th := Named(name, termenv.TrueColor, background); th.Name != name || th.Dark != dark {
				t.Errorf("%s on a background that is dark: %v, gives %s, dark: %v", name, background, th.Name, th.Dark)
			}
		}
	}
	for _, name := range []string{Auto, "", "no-such-theme"} {
		if dark, light := Named(name, termenv.ANSI, true), Named(name, termenv.ANSI, false); dark.Name != "tea-dark" || light.Name != "tea-light" {
			t.Errorf("%q gives %s and %s", name, dark.Name, light.Name)
		}
	}
}

// Each person has a colour of their own, as far as the palette goes, and the
// same one on all screens.
func TestAuthorsDiffer(t *testing.T) {
	least := map[termenv.Profile]int{termenv.TrueColor: 12, termenv.ANSI256: 12, termenv.ANSI: 4}
	for _, name := range Names() {
		for p, n := range least {
			th := Named(name, p, true)
			seen := map[string]bool{}
			for id := range chat.UserID(n) {
				seen[th.Author(id).Paint("x")] = true
			}
			if len(seen) != n {
				t.Errorf("%s, profile %v: %d people have %d colours", name, p, n, len(seen))
			}
			if a, b := th.Author(7), Named(name, p, true).Author(7); a != b {
				t.Errorf("%s, profile %v: the colour of one person is %q and %q", name, p, a.Paint("x"), b.Paint("x"))
			}
		}
	}
}

// By CIEDE2000, 0.05 is a difference that is seen when two words stand side by
// side, and 0.2 one that is seen across the screen.
func TestAuthorsAreToldApart(t *testing.T) {
	for _, p := range palettes() {
		for i, a := range p.authors {
			for j, b := range p.authors[:i] {
				least := 0.05
				if i == j+1 || i-j == len(p.authors)-1 {
					least = 0.2
				}
				if d := colour(t, a.hex).DistanceCIEDE2000(colour(t, b.hex)); d < least {
					t.Errorf("%s: authors %d and %d, %s and %s, differ by %.2f", p.name, j, i, b.hex, a.hex, d)
				}
			}
		}
	}
}

// backgrounds are what a theme is for: not quite black or white, as most are
// not, and what people take who choose such colours.
func backgrounds(p palette) []string {
	switch {
	case p.name == "night":
		return []string{"#1e1e1e", "#000000", "#1a1b26"}
	case p.name == "paper":
		return []string{"#fafafa", "#fdf6e3"}
	case p.dark:
		return []string{"#1e1e1e", "#000000"}
	}
	return []string{"#fafafa", "#ffffff"}
}

func TestColoursAreReadable(t *testing.T) {
	for _, p := range palettes() {
		least := 4.5
		if p.high {
			least = 7
		}
		for _, background := range backgrounds(p) {
			for _, ink := range p.text() {
				for _, fg := range []string{ink.hex, hex(t, ink.ansi256)} {
					if got := contrast(t, fg, background); got < least {
						t.Errorf("%s: %s (of %v) on %s has a contrast of %.1f", p.name, fg, ink, background, got)
					}
				}
			}
			rule := 1.5
			if p.high {
				rule = least
			}
			for _, fg := range []string{p.line.hex, hex(t, p.line.ansi256)} {
				if got := contrast(t, fg, background); got < rule {
					t.Errorf("%s: lines of %s on %s have a contrast of %.1f", p.name, fg, background, got)
				}
			}
		}
	}
}

// Terminals that say no more than that they have 16 colours are xterm with its
// own palette and consoles with that of VGA, most of the time.
func TestSixteenColoursAreReadable(t *testing.T) {
	xterm := strings.Fields("#000000 #cd0000 #00cd00 #cdcd00 #0000ee #cd00cd #00cdcd #e5e5e5 #7f7f7f #ff0000 #00ff00 #ffff00 #5c5cff #ff00ff #00ffff #ffffff")
	vga := strings.Fields("#000000 #aa0000 #00aa00 #aa5500 #0000aa #aa00aa #00aaaa #aaaaaa #555555 #ff5555 #55ff55 #ffff55 #5555ff #ff55ff #55ffff #ffffff")
	for _, p := range palettes() {
		background, least := "#ffffff", 4.5
		if p.dark {
			background = "#000000"
		}
		if p.high {
			least = 7
		}
		for _, ink := range append(p.few, p.accent, p.good, p.warning, p.fresh, p.failed, p.dim, p.faint) {
			n, err := strconv.Atoi(ink.ansi)
			if ink.ansi == "" && !p.high {
				continue // the terminal decides what is faint
			}
			if err != nil {
				t.Errorf("%s: %v has no colour of 16", p.name, ink)
				continue
			}
			for _, fg := range []string{xterm[n], vga[n]} {
				if got := contrast(t, fg, background); got < least {
					t.Errorf("%s: colour %d, %s, on %s has a contrast of %.1f", p.name, n, fg, background, got)
				}
			}
		}
	}
}

// What people say keeps the terminal's own colour, no theme paints what is
// behind, and high contrast has nothing faint.
func TestNoThemePaintsBackgrounds(t *testing.T) {
	for _, p := range palettes() {
		for profile := termenv.TrueColor; profile <= Monochrome; profile++ {
			if got := Named(p.name, profile, true).Text.Paint("x"); got != "x" {
				t.Errorf("%s, profile %v: text is painted %q", p.name, profile, got)
			}
			for _, style := range newKit(p, profile).styles().all() {
				_, none := style.GetBackground().(lipgloss.NoColor)
				_, colourless := style.GetForeground().(lipgloss.NoColor)
				if !none || p.high && style.GetFaint() || profile >= termenv.Ascii && !colourless {
					t.Errorf("%s, profile %v: a style of %q", p.name, profile, style.Render("x"))
				}
			}
		}
	}
}

func BenchmarkNamed(b *testing.B) {
	for b.Loop() {
		Named("night", termenv.TrueColor, true)
	}
}

// text lists the tones of what is read.
func (p palette) text() []tone {
	return append(slices.Clone(p.authors), p.accent, p.good, p.warning, p.fresh, p.failed, p.dim, p.faint)
}

// all lists the styles of a theme.
func (s *styles) all() []lipgloss.Style {
	return append(slices.Clone(s.authors),
		s.text, s.dim, s.faint, s.strong, s.accent, s.good, s.warning, s.failed, s.mention, s.fresh,
		s.current, s.unread, s.line, s.selected, s.prompt)
}

func colour(t *testing.T, s string) colorful.Color {
	t.Helper()
	c, err := colorful.Hex(s)
	if err != nil {
		t.Fatal(fmt.Errorf("reading %q: %w", s, err))
	}
	return c
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
	r, g, b := colour(t, s).LinearRgb()
	return 0.2126*r + 0.7152*g + 0.0722*b
}
