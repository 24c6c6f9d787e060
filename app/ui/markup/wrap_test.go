package markup

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"short", 10, []string{"short"}},
		{"exactly 10", 10, []string{"exactly 10"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one two  three", 7, []string{"one two", "three"}},
		{"one   two", 4, []string{"one", "two"}},
		{"  indented words", 10, []string{"  indented", "words"}},
		{"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"a abcdefghij", 4, []string{"a", "abcd", "efgh", "ij"}},
		{"a\n\nb", 4, []string{"a", "", "b"}},
		{"日本語テキスト", 5, []string{"日本", "語テ", "キス", "ト"}},
		{"e\u0301e\u0301e\u0301", 2, []string{"e\u0301e\u0301", "e\u0301"}},
		{"👨‍👩‍👧👨‍👩‍👧", 3, []string{"👨‍👩‍👧", "👨‍👩‍👧"}},
		{"a\tb\n\tc", 10, []string{"a   b", "    c"}},
		{"          ", 4, []string{"    ", "    ", "  "}},
	} {
		if diff := cmp.Diff(c.want, Wrap(c.text, c.width)); diff != "" {
			t.Errorf("%q at %d: %s", c.text, c.width, diff)
		}
	}
}

// Whatever the text: lines fit, no character is split, and only blanks go.
func FuzzWrap(f *testing.F) {
	for _, s := range []string{"one two three", "日本 語", "a\tb", "👨‍👩‍👧 x", "\x1b[31mred", "e\u0301\u0301 \u0301", " a  b ", "🇫🇷🇩🇪🇫", "\u0601    "} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		width = 2 + max(width, -width)%40
		lines := Wrap(s, width)
		for _, line := range lines {
			if w := ansi.StringWidth(line); w > width {
				t.Fatalf("%q has %d cells of %d", line, w, width)
			}
		}
		var cleaned []string
		for line := range strings.SplitSeq(s, "\n") {
			cleaned = append(cleaned, clean(line))
		}
		if got, want := squeeze(lines), squeeze(cleaned); got != want {
			t.Fatalf("%q became %q", want, got)
		}
	})
}

func squeeze(lines []string) string { return strings.ReplaceAll(strings.Join(lines, ""), " ", "") }
