package cell

import (
	"testing"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
)

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"tea", 5, "tea  "},
		{"tea", 3, "tea"},
		{"teahouse", 4, "tea…"},
		{"東京都", 4, "東… "},
		{"東京都", 5, "東京…"},
		{"1\ufe0f\u20e32\ufe0f\u20e3", 3, "1\ufe0f\u20e3…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"tea", 1, "…"},
		{"tea", 0, ""},
		{"tea", -1, ""},
	} {
		if got := Fit(c.in, c.width); got != c.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

// The sum over clusters must be the width of the row, or columns drift.
func FuzzNext(f *testing.F) {
	for _, s := range []string{"tea 東京 e\u0301", "👨\u200d👩\u200d👧\u200d👦", "1\ufe0f\u20e3", "🇫🇷🇩🇪", "क्षि", "\u0600١"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = chat.Printable(s)
		sum := 0
		for rest := s; rest != ""; {
			size, width := Next(rest)
			if size <= 0 || size > len(rest) || width > 2 {
				t.Fatalf("Next(%q) has %d bytes and %d cells", rest, size, width)
			}
			sum, rest = sum+width, rest[size:]
		}
		if want := ansi.StringWidth(s); sum != want {
			t.Fatalf("%q: %d cells, x/ansi says %d", s, sum, want)
		}
		for width := range 6 {
			if w := ansi.StringWidth(Fit(s, width)); w != width {
				t.Fatalf("Fit(%q, %d) has %d cells", s, width, w)
			}
		}
	})
}
