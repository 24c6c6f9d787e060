package ui_test

import (
	"strings"
	"testing"

	"teahouse/app/chat"
	"teahouse/e2e/house"
)

// widths are texts and how many cells they take.
var widths = []struct {
	what, text string
	cells      int
}{
	{"plain", "tea", 3},
	{"wide", "日本語", 6},
	{"full width", "ｔｅａ", 6},
	{"half width", "ﾃｨｰ", 3},
	{"Hangul", "한글", 4},
	{"combining", "e\u0323\u0302 cafe\u0301", 6},
	{"Thai", "ชาไทยที่นี่", 7},
	{"emoji", "☕🍵", 4},
	{"ZWJ", "👨\u200d👩\u200d👧\u200d👦 👩🏽\u200d💻", 5},
	{"flags", "🇫🇷🇯🇵 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 7},
	{"rainbow", "🏳\ufe0f\u200d🌈", 2},
	{"skin tones", "👍🏽👋🏿", 4},
	{"variation", "❤\ufe0f ☎\ufe0f", 5},
	{"keycap", "1\ufe0f\u20e3 2", 4},
	{"tab", "a\tb", 5},
	{"Hebrew", "שלום עולם", 9},
	{"Arabic", "مرحبا بالعالم", 13},
	{"both ways", "abc שלום 12 def", 15},
	{"marked", "**日本** `e\u0301` _👍🏽_", 9},
	{"codes", ":tea: :heart:", 5},
}

// What stands behind a text stands in the column where it belongs, on the same
// row up to the roster's rule, whatever the text: when it comes, when a row
// changes beside it, and when it scrolls.
func TestWidths(t *testing.T) {
	svc := newChat(t)
	alice := userOf(t, svc, "alice")
	s := sit(t, svc, userOf(t, svc, "bob"), 120, 40)
	s.sees("message #general")
	for _, c := range widths {
		post(t, svc, alice, chat.General, c.text+"¶"+c.what)
		s.sees("¶" + c.what)
		s.columns(c.what, c.cells)
	}
	resting := sit(t, svc, userOf(t, svc, "carol"), 120, 60)
	for _, c := range widths {
		resting.sees("¶" + c.what)
		resting.columns(c.what, c.cells)
		if c.what != "plain" {
			s.columns(c.what, c.cells)
		}
	}
}

// columns checks the row of one of the widths.
func (s *seat) columns(what string, cells int) {
	s.t.Helper()
	const body, rule = 16, 96
	row, ok := s.find("¶" + what)
	if !ok {
		return // it has been scrolled away
	}
	if got := row.Column(strings.Index(row.Text, "¶")); got != body+cells {
		s.t.Errorf("%s: what follows stands in column %d, want %d: %q", what, got, body+cells, row.Text)
	}
	if i := strings.LastIndex(row.Text, "│"); i < 0 || row.Column(i) != rule {
		s.t.Errorf("%s: the roster's rule is not in column %d: %q", what, rule, row.Text)
	}
}

func (s *seat) find(words string) (house.Row, bool) {
	for _, row := range s.term.Rows() {
		if strings.Contains(row.Text, words) {
			return row, true
		}
	}
	return house.Row{}, false
}

// The cursor stands behind what is typed, whatever that is.
func TestWidthsOfWhatIsTyped(t *testing.T) {
	svc := newChat(t)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.sees("message #general")
	for _, c := range widths {
		if c.what == "marked" || c.what == "codes" || c.what == "tab" {
			continue // it is typed as it is, or completes
		}
		s.keys(c.text)
		s.until(c.what, func() bool {
			column, _ := s.term.Cursor()
			return column == 3+c.cells
		})
		s.keys(ctrlC)
		s.sees("message #general")
	}
}
