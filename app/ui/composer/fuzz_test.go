package composer

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"teahouse/app/ui/cell"
)

// someKeys are the keys that a fuzzer presses; the rest of a byte types.
func someKeys() []string {
	return strings.Split("left|right|up|down|home|end|ctrl+home|ctrl+end|alt+b|alt+f|backspace|delete|ctrl+d|ctrl+w|"+
		"alt+backspace|alt+d|ctrl+u|ctrl+y|ctrl+z|alt+enter|ctrl+j|tab|shift+tab|esc| |enter", "|")
}

// FuzzComposer presses keys, with the next characters of the text as what is
// typed and pasted, on a screen of some size.
func FuzzComposer(f *testing.F) {
	f.Add([]byte("\x80\x81\x00\x0a\x11\x82"), "tea 東京 e\u0301 "+family, uint8(20), uint8(3))
	f.Add([]byte("\x90\x00\x00\x0a\xf0\x12\x12"), "🇫🇷🇩🇪\t1\ufe0f\u20e3\n\u0600١ क्षि :te @al", uint8(4), uint8(1))
	f.Fuzz(func(t *testing.T, keys []byte, text string, width, height uint8) {
		c, script := newComposer(), &script{text: []rune(strings.ToValidUTF8(text, "?"))}
		w, h := max(4, int(width)), max(1, int(height)%20)
		for _, key := range keys[:min(len(keys), 200)] {
			script.press(c, key)
			checkText(t, c)
			checkRows(t, c, w, h)
		}
	})
}

type script struct{ text []rune }

func (s *script) take(n int) []rune {
	n = min(n, len(s.text))
	taken := s.text[:n]
	s.text = append(s.text[n:], taken...)
	return taken
}

func (s *script) press(c *Composer, key byte) {
	names := someKeys()
	switch {
	case key >= 0xf0:
		c.Key(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: s.take(int(key-0xf0) * 4)})
	case key >= 0x80:
		c.Key(tea.KeyMsg{Type: tea.KeyRunes, Runes: s.take(1 + int(key)%3)})
	case names[int(key)%len(names)] == "tab":
		c.Tab(staticSource{"alice", "東京", family})
	case names[int(key)%len(names)] == "shift+tab":
		c.ShiftTab()
	case names[int(key)%len(names)] == "esc":
		c.Cancel()
	default:
		c.Key(keyOf(names[int(key)%len(names)]))
	}
}

func checkText(t *testing.T, c *Composer) {
	t.Helper()
	if !utf8.ValidString(c.text) || c.cursor < 0 || c.cursor > len(c.text) || len(c.text) > LimitHeld {
		t.Fatalf("%q, cursor at %d", c.text, c.cursor)
	}
	at := strings.LastIndexByte(c.text[:c.cursor], '\n') + 1
	for at < c.cursor {
		size, _ := cell.Next(c.text[at:])
		at += size
	}
	if at != c.cursor {
		t.Fatalf("%q: the cursor is within a character", shown(c))
	}
}

func checkRows(t *testing.T, c *Composer, width, height int) {
	t.Helper()
	rows, x, y := c.Rows(width, height, "message #general", prompt)
	if len(rows) < 1 || len(rows) > height || y < 0 || y >= len(rows) || x < 0 || x >= width {
		t.Fatalf("%q: %d rows of at most %d, cursor at %d, %d of %d", c.text, len(rows), height, x, y, width)
	}
	for _, row := range rows {
		if w := ansi.StringWidth(row); w > width || strings.ContainsAny(row, "\n\t\r\x1b") {
			t.Fatalf("%q: row %q has %d cells of %d", c.text, row, w, width)
		}
	}
	checkLayout(t, c)
	checkColumn(t, c, rows[y], x)
	if w := ansi.StringWidth(c.HintRow(width)); w > width {
		t.Fatalf("the hint has %d cells of %d", w, width)
	}
}

// checkLayout compares the layout with one made anew.
func checkLayout(t *testing.T, c *Composer) {
	t.Helper()
	c.layout()
	fresh := *c
	fresh.spans, fresh.laid, fresh.resume = nil, false, 0
	if !slices.Equal(c.spans, fresh.layout()) {
		t.Fatalf("%q is laid out as %v, anew as %v", shown(c), c.spans, fresh.spans)
	}
}

// checkColumn compares the cursor's column with the width of what a terminal
// has before it.
func checkColumn(t *testing.T, c *Composer, row string, x int) {
	t.Helper()
	text := c.text[c.spans[c.rowAt(c.cursor)].start:c.cursor]
	if strings.Contains(text, "\t") {
		return
	}
	if want := c.indent + ansi.StringWidth(text); x != want {
		t.Fatalf("%q in row %q: cursor in column %d, want %d", shown(c), row, x, want)
	}
}

// benchmark types and deletes a character, with a drawing.
func benchmark(b *testing.B, text string, keys string) {
	c := newComposer()
	c.SetValue(text)
	b.ReportAllocs()
	for b.Loop() {
		press(c, keys)
		c.Rows(80, 6, "", prompt)
		c.Count()
	}
}

func BenchmarkType4000ASCII(b *testing.B) {
	benchmark(b, strings.Repeat("tea for two ", 333), "x|backspace")
}

func BenchmarkType4000Wide(b *testing.B) {
	benchmark(b, strings.Repeat("東京都", 1333), "京|backspace")
}

func BenchmarkTypeAtTheStart(b *testing.B) {
	benchmark(b, strings.Repeat("東京都", 1333), "ctrl+home|京|backspace")
}
