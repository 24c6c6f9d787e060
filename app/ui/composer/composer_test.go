package composer

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"teahouse/app/chat"
	"teahouse/app/ui/theme"
)

const (
	family = "👨\u200d👩\u200d👧\u200d👦"
	prompt = " › "
)

func newComposer() *Composer { return New(theme.New(termenv.Ascii, true)) }

// keyOf is the key that Bubble Tea names so, or one that types text.
func keyOf(name string) tea.KeyMsg {
	name, alt := strings.CutPrefix(name, "alt+")
	for t := tea.KeyF20; t <= 127; t++ {
		if msg := (tea.KeyMsg{Type: t, Alt: alt}); t != tea.KeyRunes && t.String() == name {
			return msg
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name), Alt: alt}
}

// press presses keys, of which "|" parts the names.
func press(c *Composer, keys string) {
	for name := range strings.SplitSeq(keys, "|") {
		if name != "" {
			c.Key(keyOf(name))
		}
	}
}

// shown is the text with the cursor in it.
func shown(c *Composer) string { return c.text[:c.cursor] + "^" + c.text[c.cursor:] }

func TestKeys(t *testing.T) {
	for _, tt := range []struct{ text, keys, want string }{
		{"", "h|i", "hi^"},
		{"", "a| |b|alt+enter|c|ctrl+j", "a b\nc\n^"},

		{"abc", "left|left|x", "ax^bc"},
		{"abc", "home|right|x", "ax^bc"},
		{"ab\ncd", "ctrl+a|x|end|y", "ab\nxcdy^"},
		{"ab\ncd", "ctrl+home|ctrl+e|x", "abx^\ncd"},
		{"one two_2, drei", "alt+b|alt+b|x", "one x^two_2, drei"},
		{"one two, drei", "ctrl+home|alt+f|ctrl+right|x", "one twox^, drei"},

		{"ab", "backspace|backspace|backspace", "^"},
		{"ab", "home|delete|ctrl+d|ctrl+d", "^"},
		{"ab\n", "ctrl+h", "ab^"},
		{"a" + family, "backspace", "a^"},
		{"ae\u0323\u0301", "backspace", "a^"},
		{"🇫🇷🇩🇪", "backspace|left|x", "x^🇫🇷"},
		{"1\ufe0f\u20e3x", "home|delete", "^x"},
		{"नमस्ते", "backspace", "नम^"},
		{family + "x", "home|right|delete", family + "^"},
		{"e", "\u0301", "e\u0301^"},
		{"x", "home|\u0301", "^x"}, // a mark needs a letter to stand on
		{"\U0001F1F7x", "home|\U0001F1EB|y", "🇫🇷y^x"},

		{"a b-c d", "ctrl+w|ctrl+w", "a ^"},
		{"a b-c d", "alt+backspace|alt+backspace", "a b-^"},
		{"a b c", "home|alt+d|alt+d", "^ c"},
		{"ab\ncd", "left|ctrl+u|ctrl+u|ctrl+u", "^d"},
		{"a b c", "ctrl+w|ctrl+w|ctrl+y|ctrl+y", "a b cb c^"},
		{"a b c", "home|alt+d|alt+d|end|ctrl+y", " ca b^"},
		{"a b c", "ctrl+w|left|ctrl+w|ctrl+y", "a b^ "},

		{"", "o|n|e| |t|w|o|ctrl+z", "one^"},
		{"", "o|n|e| |t|w|o|ctrl+z|ctrl+_|ctrl+z", "^"},
		{"abc", "backspace|backspace|ctrl+z", "abc^"},
		{"abc", "backspace|left|x|ctrl+z|ctrl+z", "abc^"},
		{"a b", "ctrl+u|ctrl+z", "a b^"},

		{"abc\nd\nefg", "up|up|x", "abcx^\nd\nefg"},
		{"abc\nd\nefg", "ctrl+home|down|down|x", "abc\nd\nx^efg"},
		{"東京\nabc", "up|x", "東x^京\nabc"},
	} {
		c := newComposer()
		c.SetValue(tt.text)
		press(c, tt.keys)
		if got := shown(c); got != tt.want {
			t.Errorf("%q and %s: %q, want %q", tt.text, tt.keys, got, tt.want)
		}
	}
}

func TestKeyIsNotHandled(t *testing.T) {
	for text, keys := range map[string]string{
		"":      "up|down|left|home|end|ctrl+d|backspace|ctrl+u|enter|tab|esc|ctrl+k|pgup|f1|alt+1",
		"a":     "up|down|enter|tab|shift+tab|esc|ctrl+k|ctrl+g|ctrl+c|pgup|pgdown|alt+x",
		"a\nb":  "down",
		"a b\n": "down",
	} {
		for name := range strings.SplitSeq(keys, "|") {
			c := newComposer()
			c.SetValue(text)
			if c.Key(keyOf(name)) || c.Value() != text {
				t.Errorf("%q: %s was handled, now %q", text, name, c.Value())
			}
		}
	}
}

// Characters that are read together come as one key.
func TestTextMaySpellAKey(t *testing.T) {
	c := newComposer()
	for _, text := range []string{"up", "left", "ctrl+u"} {
		c.Key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)})
	}
	if c.Value() != "upleftctrl+u" {
		t.Errorf("typed %q", c.Value())
	}
}

func TestUpAndDownKeepTheColumn(t *testing.T) {
	c := newComposer()
	c.SetWidth(14) // ten cells of text
	c.SetValue("0123456789 abc\n東京東京東\nxy\n0123456")
	var at []int
	for c.Key(keyOf("up")) {
		at = append(at, c.cursor-strings.LastIndexByte(c.text[:c.cursor], '\n')-1)
	}
	// Column 7 is within a wide character, and past the end of "xy" and " abc".
	if want := []int{2, 9, 14, 7}; !slices.Equal(at, want) {
		t.Errorf("went through %v of the lines, want %v", at, want)
	}
}

func TestPasteIsOneStep(t *testing.T) {
	c := newComposer()
	press(c, "a|b|left")
	c.Key(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: []rune("  1\r\n2\r3\tx\x1b[31m\a\n")})
	if got, want := shown(c), "a  1\n2\n3\tx\n^b"; got != want {
		t.Errorf("pasted: %q, want %q", got, want)
	}
	if press(c, "ctrl+z"); shown(c) != "a^b" {
		t.Errorf("taken back: %q", shown(c))
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	c := newComposer()
	if err := c.Paste(strings.Repeat("x", LimitHeld)); err != nil {
		t.Fatal(err)
	}
	err := c.Paste("y")
	if chat.ErrorCode(err) != chat.CodeInvalid || len(c.Value()) != LimitHeld || c.Err() != err {
		t.Errorf("%v, %d bytes held", err, len(c.Value()))
	}
	if c.Key(keyOf("z")); c.Err() == nil || len(c.Value()) != LimitHeld {
		t.Errorf("typed past the end: %v", c.Err())
	}
	press(c, "backspace|z")
	if c.Err() != nil || !strings.HasSuffix(c.Value(), "xz") {
		t.Errorf("after making room: %v", c.Err())
	}
	c.SetValue(strings.Repeat("東", LimitHeld))
	if n := len(c.Value()); n > LimitHeld || n < LimitHeld-3 || !utf8.ValidString(c.Value()) {
		t.Errorf("set: %d bytes held", n)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	c := newComposer()
	c.SetValue(strings.Repeat("x", LimitHeld/2))
	for range 300 {
		press(c, "y|left")
	}
	if n := c.past.bytes; n > maxMomentsBytes || n == 0 {
		t.Errorf("%d bytes kept", n)
	}
	c.Clear()
	for range 300 {
		press(c, "y|left")
	}
	if n := len(c.past.moments); n != maxMoments {
		t.Errorf("%d moments kept", n)
	}
	for range 300 {
		press(c, "ctrl+z")
	}
	if n, bytes := len(c.Value()), c.past.bytes; n != 200 || bytes != 0 {
		t.Errorf("%d characters are left, %d bytes kept", n, bytes)
	}
}

func TestCount(t *testing.T) {
	for text, want := range map[string]int{"": 0, "tea": 3, "e\u0301": 1, "東\n京": 3, family: 7} {
		c := newComposer()
		c.SetValue(text)
		if n, limit := c.Count(); n != want || limit != chat.LimitBody {
			t.Errorf("Count of %q = %d, %d; want %d", text, n, limit, want)
		}
	}
}

// drawn is what Rows gives, the cursor's cell marked by what stands there.
type drawn struct {
	Rows []string
	X, Y int
}

func TestRows(t *testing.T) {
	for name, tt := range map[string]struct {
		text, keys    string
		width, height int
		want          drawn
	}{
		"empty":            {"", "", 20, 3, drawn{[]string{" › message #general"}, 3, 0}},
		"empty and narrow": {"", "", 12, 3, drawn{[]string{" › message …"}, 3, 0}},
		"no room at all":   {"", "", 6, 3, drawn{[]string{"messa…"}, 0, 0}},
		"one row":          {"tea", "", 20, 3, drawn{[]string{" › tea"}, 6, 0}},
		"lines":            {"a\n\nb\n", "", 20, 9, drawn{[]string{" › a", "   ", "   b", "   "}, 3, 3}},
		"exactly full":     {"0123456789", "", 14, 3, drawn{[]string{" › 0123456789"}, 13, 0}},
		"one too many":     {"0123456789x", "", 14, 3, drawn{[]string{" › 0123456789", "   x"}, 4, 1}},
		"words":            {"one two three", "", 14, 3, drawn{[]string{" › one two ", "   three"}, 8, 1}},
		"a space hangs":    {"123456 890 x", "", 14, 3, drawn{[]string{" › 123456 890 ", "   x"}, 4, 1}},
		"before the hanging space": {"123456 890 x", "left|left", 14, 3,
			drawn{[]string{" › 123456 890 ", "   x"}, 13, 0}},
		"behind the hanging space": {"123456 890 x", "left", 14, 3,
			drawn{[]string{" › 123456 890 ", "   x"}, 3, 1}},
		"the last space does not hang": {"123456 890 ", "", 14, 3,
			drawn{[]string{" › 123456 ", "   890 "}, 7, 1}},
		"wide": {"東京都東京都", "", 14, 3, drawn{[]string{" › 東京都東京", "   都"}, 5, 1}},
		"wide does not fit the last cell": {"a東京都東京", "", 14, 3,
			drawn{[]string{" › a東京都東", "   京"}, 5, 1}},
		"wide breaks without spaces": {"tea東京", "", 9, 3, drawn{[]string{" › tea東", "   京"}, 5, 1}},
		"a family is one": {"ab" + family + "c", "left", 14, 3,
			drawn{[]string{" › ab" + family + "c"}, 7, 0}},
		"marks take nothing": {"e\u0323\u0301x", "", 14, 3, drawn{[]string{" › e\u0323\u0301x"}, 5, 0}},
		"keycaps":            {"1\ufe0f\u20e32\ufe0f\u20e3", "left", 14, 3, drawn{[]string{" › 1\ufe0f\u20e32\ufe0f\u20e3"}, 5, 0}},
		"tabs":               {"a\tb\t", "left", 14, 3, drawn{[]string{" › a   b   "}, 8, 0}},
		"scrolled to the end": {"a\nb\nc\nd", "", 14, 2,
			drawn{[]string{"   c", "   d"}, 4, 1}},
		"scrolled back": {"a\nb\nc\nd", "up|up|up", 14, 2, drawn{[]string{" › a", "   b"}, 4, 0}},
	} {
		c := newComposer()
		c.SetValue(tt.text)
		c.Rows(tt.width, tt.height, "", prompt)
		press(c, tt.keys)
		var got drawn
		got.Rows, got.X, got.Y = c.Rows(tt.width, tt.height, "message #general", prompt)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Rows that were drawn stay where they are until the cursor leaves them.
func TestRowsScrollNoMoreThanTheyMust(t *testing.T) {
	c := newComposer()
	c.SetValue("a\nb\nc\nd\ne")
	c.Rows(20, 3, "", prompt)
	press(c, "up|up")
	if rows, _, y := c.Rows(20, 3, "", prompt); rows[0] != "   c" || y != 0 {
		t.Errorf("%q, cursor in row %d", rows, y)
	}
	press(c, "down")
	if rows, _, y := c.Rows(20, 3, "", prompt); rows[0] != "   c" || y != 1 {
		t.Errorf("%q, cursor in row %d", rows, y)
	}
	press(c, "ctrl+end|ctrl+h|ctrl+h")
	if rows, _, y := c.Rows(20, 3, "", prompt); rows[0] != "   b" || y != 2 {
		t.Errorf("%q, cursor in row %d", rows, y)
	}
}

func TestRowsAreStyledAndAsWide(t *testing.T) {
	c := New(theme.New(termenv.TrueColor, true))
	rows, _, _ := c.Rows(20, 3, "message #general", prompt)
	if !strings.Contains(rows[0], "\x1b[") || ansi.StringWidth(rows[0]) != 19 {
		t.Errorf("%q", rows[0])
	}
}
