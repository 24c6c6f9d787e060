package markup

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"teahouse/app/chat"
	"teahouse/app/ui/theme"
)

// strip takes styles and hyperlinks out of a row, and fails to where anything
// else looks like a control.
func strip(row string) string { return ansi.Strip(row) }

// Whatever the text: rows fit, nothing but marks is lost, no control but our
// own gets out, and what was opened in a row is closed there.
func FuzzRows(f *testing.F) {
	for _, s := range []string{
		letter, "```A", "**a** _b_ ~~c~~ `d` :tea: @dora https://x.org [t](https://x.org)", "*\u0301*a*\u0301", "🇫*🇷🇩*🇪", "e*\u0301*", "\x1b]8;;x\x1b\\*a*\x1b[31m",
		"> > > > > > a", "- - - a", "```js\nlet a = `${b}`\n", "~~~\n\tx", ">\t\tx\n>\ty", "a\\\n*b*", "1234. x\n12345. y", "\u0601 *1* \u0601", "000\u0601*0*", "日*本*語", "*a\r\nb*",
	} {
		f.Add(s, 20)
		f.Add(s, 1)
	}
	parser := &Parser{}
	f.Fuzz(func(t *testing.T, body string, width int) {
		width = 2 + max(width%80, -(width%80))
		for _, profile := range []termenv.Profile{termenv.TrueColor, theme.Monochrome, termenv.Ascii} {
			rows := New(theme.New(profile, true), parser).Rows(body, Options{Width: width, Me: "dora"})
			if len(rows) == 0 {
				t.Fatal("no rows")
			}
			for _, row := range rows {
				checkRow(t, row, width, profile)
			}
			if got, want := letters(ansi.Strip(strings.Join(rows, ""))), letters(wanted(body)); !hasAll(got, want) {
				t.Fatalf("%q became %q", want, got)
			}
		}
	})
}

func checkRow(t *testing.T, row string, width int, p termenv.Profile) {
	t.Helper()
	if w := ansi.StringWidth(row); w > width {
		t.Fatalf("%q has %d cells of %d", row, w, width)
	}
	if bare := ansi.Strip(row); chat.Printable(bare) != bare || strings.ContainsAny(bare, "\n\t") {
		t.Fatalf("%q is not printable", bare)
	}
	open := false
	for i, part := range strings.Split(row, "\x1b") {
		switch {
		case i == 0:
		case p == termenv.Ascii:
			t.Fatalf("%q has styles", row)
		case strings.HasPrefix(part, "]8;"):
			open = !strings.HasPrefix(part, "]8;;") || part != "]8;;"
		case part[0] != '[' && part[0] != '\\' || part[0] == '[' && !isSGR(part):
			t.Fatalf("%q has a sequence of its own", row)
		}
	}
	if open {
		t.Fatalf("a hyperlink goes on behind %q", row)
	}
	if i := strings.LastIndex(row, "\x1b["); i >= 0 && !strings.HasPrefix(row[i:], "\x1b[m") {
		t.Fatalf("a style goes on behind %q", row)
	}
}

func isSGR(part string) bool {
	end := strings.IndexByte(part, 'm')
	return end > 0 && strings.Trim(part[1:end], "0123456789;") == ""
}

// wanted is what must be seen of a text: all of it but codes of emoji.
func wanted(body string) string {
	body = sanitize(body)
	for code, symbol := range chat.Emojis() {
		body = strings.ReplaceAll(body, ":"+code+":", " "+symbol+" ")
	}
	return fenceOfLanguage().ReplaceAllString(body, "")
}

// fenceOfLanguage finds the names of languages that are not shown.
func fenceOfLanguage() *regexp.Regexp {
	return regexp.MustCompile("(?im)(```|~~~)[ \t\u00a0]*(" + strings.ReplaceAll(strings.Join(languages(), "|"), "+", `\+`) + ")[ \t]*$")
}

// letters is what of a text is not a mark.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) && r >= 0x80 {
			return r
		}
		return -1
	}, s)
}

// hasAll tells whether the text has all letters in their order, perhaps with
// others between: an address is told behind its link.
func hasAll(text, letters string) bool {
	for _, r := range letters {
		_, rest, ok := strings.Cut(text, string(r))
		if !ok {
			return false
		}
		text = rest
	}
	return true
}

// However marks are nested, a text is read in about the time of any other.
func TestHostileTextsAreReadInTime(t *testing.T) {
	for _, unit := range []string{
		"*", "_", "~", "~~", "[", "`", ">", "> ", "- ", "* ", "*a ", "a* ", "*a_ ", "**a *b ", "[](", "[a](https://x", "*_~[", "`a``b", "@a.", ":a", "https://",
		"[a](https://x)", "(https://(", "\\*", "\\", "~~a", "_*a* ", "> - ", "1. ", "\n> ", "\n- ", "```\n", "~~~\n```\n", "&amp;", "<a ", "日*", "\t",
	} {
		body := strings.Repeat(unit, chat.LimitBody/len(unit))
		fastest := time.Hour
		for range 3 {
			begin := time.Now()
			rows(termenv.TrueColor, body, 80)
			fastest = min(fastest, time.Since(begin))
		}
		if fastest > limit(50*time.Millisecond) {
			t.Errorf("%q: %v", unit, fastest)
		} else if testing.Verbose() {
			t.Logf("%q: %v", unit, fastest)
		}
	}
}
