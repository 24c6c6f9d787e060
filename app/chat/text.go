package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// How long a message may be.
const (
	LimitBody  = 4000 // characters
	LimitLines = 200
)

// CleanBody is the one way in for the text of messages. What it returns is
// valid UTF-8 in NFC and has no control but newlines and tabs, nothing that
// turns the direction of writing, no invisible characters but those that words
// and emoji are spelled with, no blank lines around it, and a size within
// LimitBody and LimitLines. Cleaning it again changes nothing. Text that has
// nothing to see or is too long is refused with CodeInvalid.
func CleanBody(s string) (string, error) {
	s = trimLines(settle(s, false))
	if isBlank(s) {
		return "", Errorf(CodeInvalid, "there is nothing to send")
	}
	if n := utf8.RuneCountInString(s); n > LimitBody {
		return "", Errorf(CodeInvalid, "the message is too long: it has %d characters, and %d are allowed", n, LimitBody)
	}
	if n := strings.Count(s, "\n") + 1; n > LimitLines {
		return "", Errorf(CodeInvalid, "the message is too long: it has %d lines, and %d are allowed", n, LimitLines)
	}
	return s, nil
}

// CleanLine is the one way in for texts of one line, such as topics, with the
// promises of CleanBody. Newlines and tabs count as spaces, and spaces stand
// one at a time. Nothing is a valid text: it clears a topic. More than limit
// characters are refused with CodeInvalid.
func CleanLine(s string, limit int) (string, error) {
	s = settle(s, true)
	if isBlank(s) {
		return "", nil
	}
	s = strings.Join(strings.Fields(s), " ")
	if n := utf8.RuneCountInString(s); n > limit {
		return "", Errorf(CodeInvalid, "that is too long: it has %d characters, and %d are allowed", n, limit)
	}
	return s, nil
}

// Printable is the one way out to a terminal, for the day when something gets
// past the way in. Whatever s is, the result is valid UTF-8 and one line: no
// control, no escape, nothing that turns the direction of writing; newlines and
// tabs become spaces, so print a body line by line. Plain text is returned as
// it is, without a copy.
func Printable(s string) string {
	if isPlain(s, true) {
		return s
	}
	return sift(s, true)
}

// PrintableText is the way out for a text of many lines that is handed on as
// it is, as to a clipboard: as Printable, with its newlines and tabs.
func PrintableText(s string) string {
	if isPlain(s, false) {
		return s
	}
	return sift(s, false)
}

// settle sifts and normalises until neither changes anything. Normalising can
// put a mark more on a letter, and what falls through can bring a mark back
// beside its letter; the second round ends that, and the bound is for safety.
func settle(s string, oneLine bool) string {
	for range 4 {
		if isPlain(s, oneLine) {
			break
		}
		settled := normalise(sift(s, oneLine))
		if settled == s {
			break
		}
		s = settled
	}
	return s
}

// normalise brings a text to NFC. The library goes on to Unicode's stream-safe
// form (Standard Annex 15, section 13) and breaks rows of thirty such as
// "ㅠㅠㅠ…" with a COMBINING GRAPHEME JOINER, which is not wanted here.
func normalise(s string) string {
	return strings.ReplaceAll(norm.NFC.String(s), "\u034f", "")
}

// isPlain tells whether sifting and normalising would leave s as it is, for the
// text that nearly all text is.
func isPlain(s string, oneLine bool) bool {
	for i := range len(s) {
		isSpacing := !oneLine && (s[i] == '\n' || s[i] == '\t')
		if (s[i] < ' ' || s[i] > '~') && !isSpacing {
			return false
		}
	}
	return true
}

// trimLines takes the spaces off the ends of lines and the blank lines off the
// ends of the text.
func trimLines(s string) string {
	if !strings.Contains(s, "\n") {
		return strings.TrimRightFunc(s, unicode.IsSpace)
	}
	var b strings.Builder
	b.Grow(len(s))
	for line := range strings.Lines(s) {
		b.WriteString(strings.TrimRightFunc(line, unicode.IsSpace))
		b.WriteByte('\n')
	}
	return strings.Trim(b.String(), "\n")
}

// isBlank tells whether there is nothing to see. The blank of Braille is a
// symbol by its category, and a favourite for empty messages.
func isBlank(s string) bool {
	return strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\u2800' }) == ""
}

// maxTextMarks is how many marks may stand on one character. The languages of
// the world need four or five; towers of dozens are made to paint over the
// lines of others.
const maxTextMarks = 8

// sift removes what has no place in a text. It never fails, never makes a text
// longer than U+FFFD for bad bytes does, and sifting twice is sifting once.
func sift(s string, oneLine bool) string {
	sieve := sieve{oneLine: oneLine}
	return strings.Map(sieve.pass, s)
}

// sieve looks at a text rune by rune. What passes depends only on what has
// passed before, which is what makes a second sifting change nothing.
type sieve struct {
	oneLine bool
	escape  escape
	last    rune // what passed last; 0 at the start
	marks   int  // how many marks have passed since the last character
	afterCR bool
}

// pass returns the rune to write, or -1 for none, as strings.Map wants it.
func (s *sieve) pass(r rune) rune {
	if s.escape.swallows(r) {
		return -1
	}
	isCRLF := s.afterCR && r == '\n'
	s.afterCR = r == '\r'
	if r = s.spacing(r); isCRLF || !s.admits(r) {
		return -1
	}
	s.last = r
	return r
}

// spacing brings all that ends a line to one form: Unix's, or a space.
func (s *sieve) spacing(r rune) rune {
	switch r {
	case '\r', '\u0085', '\u2028', '\u2029':
		r = '\n'
	}
	if s.oneLine && (r == '\n' || r == '\t') {
		return ' '
	}
	return r
}

func (s *sieve) admits(r rune) bool {
	switch {
	case r >= ' ' && r <= '~', r == '\n', r == '\t':
		s.marks = 0
		return true
	case unicode.IsControl(r):
		return false
	case isJoiner(r):
		return s.joins()
	case isTag(r):
		return (s.last == '🏴' || isTag(s.last)) && s.admitsMark()
	case isInvisible(r):
		return false
	case isMark(r):
		return s.admitsMark()
	}
	s.marks = 0
	return true
}

// admitsMark asks for something that a mark can stand on: at the start of a
// line it would stand on whatever the screen has before it.
func (s *sieve) admitsMark() bool {
	s.marks++
	return s.marks <= maxTextMarks && s.last != 0 && !unicode.IsSpace(s.last)
}

// joins tells whether a joiner has its place here: after the letters of scripts
// that use it, and between emoji. Elsewhere it is only a hidden difference.
func (s *sieve) joins() bool {
	return s.last > unicode.MaxASCII && !unicode.IsSpace(s.last) && !isJoiner(s.last)
}

// isMark counts the vowels and finals of Hangul among the marks when they come
// apart from their syllable: they stand on the character before them too.
func isMark(r rune) bool {
	return unicode.IsMark(r) || r >= 0x1160 && r <= 0x11FF || r >= 0xD7B0 && r <= 0xD7FF
}

// isJoiner knows ZERO WIDTH NON-JOINER and ZERO WIDTH JOINER.
func isJoiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// isTag knows the tag characters, which spell the flags of regions after a
// black flag (Unicode Technical Standard 51, annex C) and hide text elsewhere.
func isTag(r rune) bool { return r >= 0xE0020 && r <= 0xE007F }

// isInvisible knows the characters that are not seen: spaces of no width, the
// controls of the direction of writing, fillers, noncharacters. The signs that
// Arabic and others write around numbers count as format characters too, but
// can be seen.
func isInvisible(r rune) bool {
	if r < 0x300 {
		return r == '\u00ad' // SOFT HYPHEN
	}
	return unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point)
}

// escape follows an escape sequence (ECMA-48, and what xterm and screen add to
// it), so that the whole of it goes and no "[31m" is left. Its zero value is
// outside of any. No sequence goes on past the end of a line: what somebody
// meant to say after a broken one is not lost.
type escape byte

const (
	escapeNone   escape = iota
	escapeStart         // ESC was last, or ESC and intermediate characters
	escapeSingle        // the next character belongs to it, as in the codes of keys
	escapeCSI           // in a control sequence: colours, the cursor
	escapeString        // in a control string: titles, links, images
)

// swallows takes the next rune and tells whether it belongs to a sequence.
func (e *escape) swallows(r rune) bool {
	if next := escapeOf(r); next != escapeNone {
		*e = next
		return true
	}
	state := *e
	*e = escapeNone
	switch state {
	case escapeStart:
		return e.afterStart(r)
	case escapeSingle:
		return r >= ' ' && r <= '~'
	case escapeCSI:
		if r >= ' ' && r <= '?' {
			*e = escapeCSI
		}
		return r >= ' ' && r <= '~'
	case escapeString:
		return e.inString(r)
	}
	return false
}

// escapeOf knows what begins a sequence wherever it stands: ESC, and the
// controls of the range C1 that stand for ESC and a letter.
func escapeOf(r rune) escape {
	switch r {
	case '\x1b':
		return escapeStart
	case '\u008e', '\u008f': // SS2, SS3
		return escapeSingle
	case '\u009b':
		return escapeCSI
	case '\u0090', '\u0098', '\u009d', '\u009e', '\u009f': // DCS, SOS, OSC, PM, APC
		return escapeString
	}
	return escapeNone
}

func (e *escape) afterStart(r rune) bool {
	switch {
	case r == '[':
		*e = escapeCSI
	case r == 'N' || r == 'O':
		*e = escapeSingle
	case strings.ContainsRune("PX]^_k", r): // k: screen's own, for titles
		*e = escapeString
	case r >= ' ' && r <= '/':
		*e = escapeStart
	}
	return r >= ' ' && r <= '~'
}

// inString ends a control string at BEL, ST, CAN, SUB and at the end of a line;
// ESC begins a new sequence anyhow, and ESC \ is the other form of ST.
func (e *escape) inString(r rune) bool {
	switch r {
	case '\a', '\u009c', '\x18', '\x1a':
		return true
	case '\n', '\r', '\u0085', '\u2028', '\u2029':
		return false
	}
	*e = escapeString
	return true
}
