package chat

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

const (
	family = "👨\u200d👩\u200d👧\u200d👦"
	wales  = "🏴\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F"
)

func TestCleanBody(t *testing.T) {
	for in, want := range map[string]string{
		// spaces and lines
		"hi":                                "hi",
		"a\r\nb\rc\nd\u0085e\u2028f\u2029g": "a\nb\nc\nd\ne\nf\ng",
		"\n\n \t\n  a  \n\n b\t\n \n":       "  a\n\n b",
		"a\tb":                              "a\tb",
		"a\u00a0\u3000":                     "a",
		// controls
		"a\x00\x07\x08\x0b\x7f\u0080b": "ab",
		"a\xff\xfeb":                   "a\ufffd\ufffdb",
		// escape sequences
		"\x1b[31mred\x1b[0m":                        "red",
		"\x1b[38;2;1;2;3mx\x1b[?25l":                "x",
		"\x1b]0;title\x07x":                         "x",
		"\x1b]0;title\x1b\\x":                       "x",
		"\x1b]8;;http://a/\x1b\\link\x1b]8;;\x1b\\": "link",
		"\x1bP1$r0m\x1b\\x":                         "x",
		"\x1b_Gf=100;AAAA\x1b\\x":                   "x",
		"\x1b^pm\x1b\\x\x1bXsos\x1b\\y":             "xy",
		"\x1bkname\x1b\\x":                          "x",
		"\x1b(Bx\x1b#8y\x1bcz":                      "xyz",
		"\x1bOPx\u008fQy":                           "xy",
		"\u009b31mx\u009d0;t\u009cy":                "xy",
		"\x1b[31\nx":                                "x",
		"\x1b]0;cut\nx":                             "x",
		"a\x1b]0;cut\x18x":                          "ax",
		"\x1b[3\x1b[31mx":                           "x",
		"\x1b\x1b[31mx":                             "x",
		"x\x1b":                                     "x",
		"x\x1b[":                                    "x",
		"\x1béx":                                    "éx",
		"[31m":                                      "[31m",
		// direction
		"a\u202eb\u202ac\u2066d\u2069e\u200ef\u200fg\u061ch": "abcdefgh",
		"שלום עולם": "שלום עולם",
		"\u0600١٢":  "\u0600١٢",
		// invisible characters
		"a\u200bb\u2060c\ufeffd\u00ade\u034ff\u3164g\ufff9h\ufdd0i": "abcdefghi",
		"a\u200db":              "ab",
		"\u200dx \u200dy":       "x y",
		"می\u200cخواهم":         "می\u200cخواهم",
		"क्\u200dष":             "क्\u200dष",
		"क्\u200d\u200d\u200cष": "क्\u200dष",
		// emoji
		family: family,
		"❤\ufe0f\u200d🔥1\ufe0f\u20e3🇫🇷🧑🏽\u200d💻": "❤\ufe0f\u200d🔥1\ufe0f\u20e3🇫🇷🧑🏽\u200d💻",
		wales:                              wales,
		"a\U000E0061\U000E0062b\U000E0001": "ab",
		"🏴" + strings.Repeat("\U000E0061", 50): "🏴" + strings.Repeat("\U000E0061", 8),
		// marks
		"e\u0301":                                "é",
		"\u0301x":                                "x",
		"a\n\u0301x":                             "a\nx",
		"a \u0301x":                              "a x",
		"Z" + strings.Repeat("\u0335", 50) + "a": "Z" + strings.Repeat("\u0335", 8) + "a",
		"e\u200b\u0301":                          "é",
		"\u212a\u200d\u0301":                     "Ḱ", // the Kelvin sign becomes an ASCII K, after which nothing is joined
		"a\ufe0f" + strings.Repeat("\u0335", 8):  "a\ufe0f" + strings.Repeat("\u0335", 7),
	} {
		if got, err := CleanBody(in); err != nil || got != want {
			t.Errorf("CleanBody(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestCleanBodyRefuses(t *testing.T) {
	for in, words := range map[string]string{
		"":                          "nothing to send",
		" \n\t\r\n ":                "nothing to send",
		"\x1b[31m\x1b[0m":           "nothing to send",
		"\u200b\u200d\u3164\ufe0f":  "nothing to send",
		"\u2800 \u2800":             "nothing to send",
		strings.Repeat("x", 4001):   "4001 characters, and 4000",
		strings.Repeat("👍", 10_000): "10000 characters, and 4000",
		strings.Repeat("x\n", 201):  "201 lines, and 200",
	} {
		_, err := CleanBody(in)
		if ErrorCode(err) != CodeInvalid || !strings.Contains(ErrorText(err), words) {
			t.Errorf("CleanBody(%.30q): %v; want CodeInvalid with %q", in, err, words)
		}
	}
	for _, in := range []string{strings.Repeat("👍", 4000), strings.Repeat("ㅠ", 4000), strings.Repeat("e\u0301", 4000), strings.Repeat("x\n", 200)} {
		if _, err := CleanBody(in); err != nil {
			t.Errorf("CleanBody(%.30q): %v", in, err)
		}
	}
}

func TestCleanLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                    "",
		" \u200b\n":           "",
		"  a \t b\r\nc\u2028": "a b c",
		"a\u3000\u00a0b":      "a b",
		" \u0301x":            "x",
		"\x1b[1mbold\x1b[m":   "bold",
		"0123456789":          "0123456789",
	} {
		if got, err := CleanLine(in, 10); err != nil || got != want {
			t.Errorf("CleanLine(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	if _, err := CleanLine("0123456789x", 10); ErrorCode(err) != CodeInvalid || !strings.Contains(ErrorText(err), "11 characters, and 10") {
		t.Errorf("CleanLine of 11 characters: %v", err)
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"hi there":             "hi there",
		"alice\nadmin: hi":     "alice admin: hi",
		"a\r\nb\tc\u2028d":     "a b c d",
		"\x1b[2J\x1b]0;t\x07x": "x",
		"\u202egnp.exe":        "gnp.exe",
		"a\xffb":               "a\ufffdb",
		family + wales:         family + wales,
	} {
		if got := Printable(in); got != want {
			t.Errorf("Printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPlainTextIsNotCopied(t *testing.T) {
	const line, lines = "the kettle is on", "the kettle\n\tis on"
	allocs := testing.AllocsPerRun(100, func() {
		_ = Printable(line)
		_ = Printable("déjà vu ☕")
		_, _ = CleanBody(line)
		_, _ = CleanBody("déjà vu ☕")
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
	if allocs := testing.AllocsPerRun(100, func() { _, _ = CleanBody(lines) }); allocs > 1 {
		t.Errorf("%v allocations for lines", allocs)
	}
}

func addTextSeeds(f *testing.F) {
	f.Helper()
	for _, seed := range []string{
		"hi", "\x1b[31mred\x1b[0m", "\x1b]8;;http://a/\x07link\x1b]8;;\x1b\\", "\x1bP1$r\x1b\\", "\x1b_x\x1b\\", "\u009b1m\u009dx\u009c",
		"Z" + strings.Repeat("\u0335\u0301\u0323", 40), strings.Repeat("\u0344", 12), "\u0958\u200d\u0301", "\u212a\u200d\u0301",
		"a\u202eb\u2066c\u2069", "שלום \u200f(x)", "می\u200cخواهم", family, wales, "🏴\U000E0061\u200d\U000E0062", "❤\ufe0f\u200d🔥",
		"\xff\xc3(\xed\xa0\x80\xf0\x9f", strings.Repeat("👍", 10_000), "a\r\n\r\tb\u0085 \u2028", "e\u034f\u0301\u200b\u0302",
		"ᄀ" + strings.Repeat("\u1161", 60), strings.Repeat("\u11a8\u0301", 40), strings.Repeat("\u0f73", 9), strings.Repeat("ㅠ", 70), strings.Repeat("ﾞ", 70), "\u2800",
	} {
		f.Add(seed)
	}
}

func FuzzBody(f *testing.F) {
	addTextSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		checkBody(t, s)
		line, err := CleanLine(s, 1000)
		if err != nil {
			return
		}
		checkText(t, s, line, "")
		if again, err := CleanLine(line, 1000); err != nil || again != line || strings.TrimSpace(line) != line {
			t.Fatalf("%q gives the line %q, that gives %q, %v", s, line, again, err)
		}
	})
}

func checkBody(t *testing.T, s string) {
	t.Helper()
	body, err := CleanBody(s)
	if err != nil {
		return
	}
	checkText(t, s, body, "\n\t")
	if again, err := CleanBody(body); err != nil || again != body {
		t.Fatalf("%q gives %q, that gives %q, %v", s, body, again, err)
	}
	if normalise(body) != body || strings.TrimSpace(body) == "" || strings.Contains(body, " \n") {
		t.Fatalf("%q gives %q", s, body)
	}
	for line := range strings.SplitSeq(body, "\n") {
		if strings.Contains(line, "\t") {
			continue
		}
		if shown := Printable(line); shown != line {
			t.Fatalf("%q is a clean line and prints as %q", line, shown)
		}
	}
}

// checkText holds what is true of all text: which controls there are, that no
// direction is turned, and how many marks follow each other.
func checkText(t *testing.T, from, s, controls string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Fatalf("%q gives invalid %q", from, s)
	}
	marks := 0
	for _, r := range s {
		isStray := unicode.IsControl(r) && !strings.ContainsRune(controls, r)
		if isStray || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			t.Fatalf("%q gives %q, with %U", from, s, r)
		}
		if !isMark(r) {
			marks = 0
		} else if marks++; marks > maxTextMarks {
			t.Fatalf("%q gives %q, with more marks than %d", from, s, maxTextMarks)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	addTextSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		shown := Printable(s)
		checkText(t, s, shown, "")
		if again := Printable(shown); again != shown {
			t.Fatalf("%q prints as %q, that as %q", s, shown, again)
		}
	})
}

func BenchmarkCleanBody(b *testing.B) {
	for name, text := range map[string]string{
		"ascii": "has anyone seen the new build? it fails on arm64", "lines": "it fails\n\ton arm64", "emoji": "déjà vu ☕ " + family,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = CleanBody(text)
			}
		})
	}
}

func BenchmarkPrintable(b *testing.B) {
	for name, text := range map[string]string{
		"ascii": "has anyone seen the new build? it fails on arm64", "emoji": "déjà vu ☕ " + family,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = Printable(text)
			}
		})
	}
}
