package dialog

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"teahouse/app/ui/cell"
)

func TestOverlay(t *testing.T) {
	const red, off, link = "\x1b[31m", "\x1b[m", "\x1b]8;;https://tea.example\x1b\\"
	for _, tt := range []struct {
		base, row string
		x         int
		want      string
	}{
		{"abcdef", "XY", 2, "abXYef"},
		{"abcdef", "XY", 0, "XYcdef"},
		{"abcdef", "XY", 4, "abcdXY"},
		{"ab", "XY", 4, "ab  XY"},
		{"", "XY", 1, " XY"},
		{"abcdef", "XYZ", 5, "abcdeXYZ"},
		{"東京都", "XY", 2, "東XY都"},
		{"東京都", "XY", 1, " XY 都"},
		{"東京都", "X", 1, " X京都"},
		{"東京都", "X", 2, "東X 都"},
		{"ae\u0301b", "X", 1, "aXb"},
		{"ae\u0301b", "X", 2, "ae\u0301X"},
		{"1\ufe0f\u20e3b", "X", 1, " Xb"},
		{red + "abcdef" + off, "XY", 2, red + "ab" + off + "XY" + red + "ef" + off},
		{red + "ab" + off + "cdef", red + "XY" + off, 2, red + "ab" + off + red + "XY" + off + "ef"},
		{"ab" + red + "cd" + off + "ef", "XY", 2, "abXYef"},
		{"a\x1b[1m\x1b[31mbcd" + off, "X", 2, "a\x1b[1m\x1b[31mb" + off + "X\x1b[1m\x1b[31md" + off},
		{link + "abcdef" + closeLink, "XY", 2, link + "ab" + closeLink + "XY" + link + "ef" + closeLink},
		{link + red + "ab" + closeLink + off + "cd", "X", 2, link + red + "ab" + off + closeLink + "Xd"},
		{red + "東京" + off, "XX", 1, " XX" + red + " " + off},
	} {
		got := Overlay([]string{tt.base}, []string{tt.row}, tt.x, 0)[0]
		// How much is styled where nothing is to be seen does not matter.
		if normal(got) != normal(tt.want) {
			t.Errorf("%q under %q at %d: %q, want %q", tt.base, tt.row, tt.x, got, tt.want)
		}
	}
}

// normal leaves out styles that apply to nothing.
func normal(s string) string {
	for {
		n := strings.ReplaceAll(s, "\x1b[31m\x1b[m", "")
		n = strings.ReplaceAll(n, "\x1b[m\x1b[m", "\x1b[m")
		if n == s {
			return n
		}
		s = n
	}
}

func TestOverlayStaysInside(t *testing.T) {
	base := []string{"aaa", "bbb", "ccc"}
	if diff := cmp.Diff([]string{"aaa", "bXb", "cYc"}, Overlay(base, []string{"X", "Y", "Z"}, 1, 1)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"aZa", "bbb", "ccc"}, Overlay(base, []string{"X", "Y", "Z"}, 1, -2)); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(base, []string{"aaa", "bbb", "ccc"}) {
		t.Errorf("the base was changed: %q", base)
	}
}

func FuzzOverlay(f *testing.F) {
	f.Add("tea 東京 e\u0301", "\u256d\u2500\u256e", uint8(3))
	f.Add("👨\u200d👩\u200d👧\u200d👦🇫🇷🇩🇪", "x", uint8(1))
	f.Add("1\ufe0f\u20e3 क्षि", "ab", uint8(1))
	f.Fuzz(func(t *testing.T, under, over string, x uint8) {
		base, row, at := styled(under), styled(over), int(x)
		got := Overlay([]string{base}, []string{row}, at, 0)[0]
		if w, want := ansi.StringWidth(got), max(ansi.StringWidth(base), at+ansi.StringWidth(row)); w != want {
			t.Fatalf("%q under %q at %d: %q has %d cells, want %d", base, row, at, got, w, want)
		}
		if !strings.Contains(got, row) {
			t.Fatalf("%q under %q at %d: %q", base, row, at, got)
		}
	})
}

// styled makes a row of any text: without controls, each cluster in a style.
func styled(s string) string {
	var b strings.Builder
	for s = strings.ToValidUTF8(s, "?"); s != ""; {
		size, width := cell.Next(s)
		if width > 0 && s[0] >= ' ' {
			b.WriteString("\x1b[1m\x1b[3" + string('0'+byte(size%8)) + "m" + s[:size] + "\x1b[m")
		}
		s = s[size:]
	}
	return b.String()
}
