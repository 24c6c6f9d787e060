package line

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"teahouse/app/chat"
	"teahouse/e2e/house"
)

const family = "👨‍👩‍👧"

// played is what came of some input.
type played struct {
	lines []string // those of actEnter
	acts  []act    // all others
	echo  string
}

// play gives an editor input in pieces.
func play(e *editor, pieces ...string) (p played) {
	for _, piece := range pieces {
		for rest := []byte(piece); len(rest) > 0; {
			var a act
			rest, a = e.take(rest)
			if a == actEnter {
				p.lines = append(p.lines, e.line)
			} else if a != actNone {
				p.acts = append(p.acts, a)
			}
			p.echo += e.echoed()
		}
	}
	return p
}

func TestLinesOfATerminal(t *testing.T) {
	for _, c := range []struct {
		what  string
		input []string
		lines []string
	}{
		{"words", []string{"h", "i", "\r"}, []string{"hi"}},
		{"two at once", []string{"one\rtwo\rthr"}, []string{"one", "two"}},
		{"line ends of Windows", []string{"one\r\n", "two\r", "\nthree\r"}, []string{"one", "two", "three"}},
		{"Ctrl+J", []string{"one\ntwo\r"}, []string{"one\ntwo"}},
		{"a line end of Unicode's", []string{"one\u2028two\r"}, []string{"one\ntwo"}},
		{"a tab", []string{"\tx\r"}, []string{"    x"}},
		{"Backspace", []string{"teh\x7f\x7fhe\b\b\bea\r"}, []string{"ea"}},
		{"Backspace over clusters", []string{"a東" + family + "e\u0301\x7f\x7f\x7f.\r"}, []string{"a."}},
		{"Backspace over a line end", []string{"one\n\x7f\x7f\r"}, []string{"on"}},
		{"Backspace at the start", []string{"\x7f\x7fa\r"}, []string{"a"}},
		{"Ctrl+W", []string{"one two  \x17three\r", "one\x17\x17\r"}, []string{"one three", ""}},
		{"Ctrl+U", []string{"one\ntwo\x15three\r"}, []string{"three"}},
		{"arrows and function keys", []string{"a\x1b[Ab\x1b[1;5Cc\x1bOPd\x1b[200~e\x1b", "[", "3", "~f\r"}, []string{"abcdef"}},
		{"an answer nobody asked for", []string{"a\x1b]11;rgb:0/0/0\x1b\\b\x1b]0;title\ac\x1bPq\rd\r"}, []string{"abc", "d"}},
		{"Escape", []string{"a\x1b", "b\x1b\rc\r"}, []string{"ab", "c"}},
		{"characters in pieces", []string{"\xe6\x9d", "\xb1\xf0", "\x9f", "\x8d\xb5\r"}, []string{"東🍵"}},
		{"bad bytes", []string{"a\xe6\rb\xffc\r", "\xc3", "\r"}, []string{"a\ufffd", "b\ufffdc", "\ufffd"}},
		{"what cannot be seen", []string{"a\u202eb\u200b\u009bc\x00\x01\x1f\r"}, []string{"ab"}},
	} {
		if got := play(&editor{terminal: true}, c.input...); !slices.Equal(got.lines, c.lines) || got.acts != nil {
			t.Errorf("%s: %q gives %q and %v, want %q", c.what, c.input, got.lines, got.acts, c.lines)
		}
	}
}

func TestLinesOfAPipe(t *testing.T) {
	for _, c := range []struct {
		what  string
		input []string
		lines []string
	}{
		{"lines", []string{"one\ntw", "o\nthree"}, []string{"one", "two"}},
		{"line ends of Windows", []string{"one\r", "\ntwo\r\n\r\nthree\r\n"}, []string{"one", "two", "", "three"}},
		{"a progress bar", []string{"10%\r20%\n"}, []string{"10%", "20%"}},
		{"tabs", []string{"\ta\tb\n"}, []string{"\ta\tb"}},
		{"colours", []string{"\x1b[31mred\x1b[m\n"}, []string{"red"}},
		{"no keys", []string{"a\x7f\b\x03\x04\x15\x17\x0c\n"}, []string{"a"}},
	} {
		got := play(&editor{}, c.input...)
		if !slices.Equal(got.lines, c.lines) || got.acts != nil || got.echo != "" {
			t.Errorf("%s: %q gives %+v, want %q", c.what, c.input, got, c.lines)
		}
	}
	e := &editor{}
	play(e, "no line end\xe6")
	if a := e.end(); a != actEnter || e.line != "no line end\ufffd" || e.end() != actNone {
		t.Errorf("the end of the input gives %d, %q", a, e.line)
	}
}

func TestActs(t *testing.T) {
	e := &editor{terminal: true}
	if got := play(e, "\x03a\x04\x03\x7f\x04"); !slices.Equal(got.acts, []act{actInterrupt, actInterrupt, actLeave}) {
		t.Errorf("the keys gave %v", got.acts)
	}
	// Ctrl+D where something is typed does nothing but ring.
	if got := play(e, "a\x04\r"); got.echo != "a\a\r\n" || !slices.Equal(got.lines, []string{"a"}) {
		t.Errorf("Ctrl+D after a letter: %+v", got)
	}
}

// Nothing is cut without a word, and what is held is bounded.
func TestTooLongALine(t *testing.T) {
	for _, terminal := range []bool{true, false} {
		e := &editor{terminal: terminal}
		got := play(e, strings.Repeat("東", chat.LimitBody), "\r", strings.Repeat("é", chat.LimitBody-1)+"123\r", "after\r")
		if len(got.lines) != 2 || utf8.RuneCountInString(got.lines[0]) != chat.LimitBody || got.lines[1] != "after" {
			t.Errorf("terminal %v: %d lines", terminal, len(got.lines))
		}
		if !slices.Equal(got.acts, []act{actTooLong}) {
			t.Errorf("terminal %v: acts %v", terminal, got.acts)
		}
		play(e, strings.Repeat("x", 10*chat.LimitBody))
		if len(e.text) != chat.LimitBody {
			t.Errorf("terminal %v: %d bytes are held", terminal, len(e.text))
		}
	}
	// A line end needs room as well, and Backspace makes some.
	e := &editor{terminal: true}
	got := play(e, strings.Repeat("x", chat.LimitBody), "\x7f\x7f\n\nz\r")
	if !slices.Equal(got.acts, []act{actTooLong}) || e.line != strings.Repeat("x", chat.LimitBody-2)+"\n\n" {
		t.Errorf("%v, and a line that ends in %q", got.acts, e.line[chat.LimitBody-4:])
	}
}

// What is echoed shows on a terminal what the editor holds.
func TestEcho(t *testing.T) {
	for _, c := range []struct{ input, rows string }{
		{"hello", "hello"},
		{"hello\x7f\x7fp!", "help!"},
		{"a東京" + family + "\x7f\x7fb", "a東b"},
		{"one two three\x17\x17", "one"},
		{"one\ntwo\x7f\x7f\x7f\x7f!", "one|one!"},
		{"one\x15two", "one|two"},
		{"one\x0c", "one|one"},
		{"one\u2029two", "one|two"},
		{"é\u0301x\x7f\x7fy", "y"},
	} {
		screen := house.NewScreen(house.Size{Columns: 40, Rows: 6})
		// What ends with a control is shown without a pause.
		if _, err := screen.Write([]byte(play(&editor{terminal: true}, c.input).echo + "\r")); err != nil {
			t.Fatal(err)
		}
		var rows []string
		for _, row := range screen.Rows() {
			if text := strings.TrimRight(row.Text, " "); text != "" {
				rows = append(rows, text)
			}
		}
		screen.Close()
		if got := strings.Join(rows, "|"); got != c.rows {
			t.Errorf("%q shows %q, want %q", c.input, got, c.rows)
		}
	}
}

// FuzzEditor gives an editor any bytes, in pieces and at once.
func FuzzEditor(f *testing.F) {
	f.Add([]byte("hi\r/join ops\nx\x7f\x17\x15\x03\x04\x1b[A\x1bOPé東"+family+"\r\n"), uint8(3), true)
	f.Add([]byte("\x1b]0;t\x1b\\\xe6\x9d\xb1\xff\t\x0c\x1b[31m"), uint8(1), false)
	f.Fuzz(func(t *testing.T, input []byte, size uint8, terminal bool) {
		var pieces []string
		for piece := range slices.Chunk(input, max(1, int(size))) {
			pieces = append(pieces, string(piece))
		}
		e := &editor{terminal: terminal}
		got := play(e, pieces...)
		for _, line := range append(got.lines, e.text) {
			if utf8.RuneCountInString(line) > chat.LimitBody || chat.CleanDraft("", line) != line {
				t.Fatalf("a line is %q", line)
			}
		}
		if e.count != utf8.RuneCountInString(e.text) || len(e.held) >= utf8.UTFMax {
			t.Fatalf("%d characters counted in %q, %q held", e.count, e.text, e.held)
		}
		checkEcho(t, got.echo, terminal)
		// C1 controls are text to the pieces they are cut into.
		if !strings.ContainsFunc(string(input), func(r rune) bool { return r >= 0x80 && r < 0xa0 }) {
			whole := &editor{terminal: terminal}
			if once := play(whole, string(input)); !slices.Equal(once.lines, got.lines) || whole.text != e.text {
				t.Fatalf("in pieces %q and %q, at once %q and %q", got.lines, e.text, once.lines, whole.text)
			}
		}
	})
}

// checkEcho looks for anything that moves the cursor other than by a line's
// end or by one cell to the left.
func checkEcho(t *testing.T, echo string, terminal bool) {
	t.Helper()
	if echo != "" && !terminal {
		t.Fatalf("no terminal, and an echo: %q", echo)
	}
	text := strings.NewReplacer(crlf, "", wipe, "", bell, "").Replace(echo)
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
		t.Fatalf("the echo is %q", echo)
	}
}
