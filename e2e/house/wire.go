package house

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckText tells what in a program's output would do anything at a terminal
// but to write from left to right: what is no UTF-8, controls but those that
// are allowed, what turns the direction of writing, what is not seen, and
// towers of marks. It shares nothing with the program's own rules.
func CheckText(output, controls string) error {
	var t wireText
	for i, r := range output {
		_, size := utf8.DecodeRuneInString(output[i:])
		if r == utf8.RuneError && size == 1 {
			return found(output, i, "a byte that is no UTF-8")
		}
		if strings.ContainsRune(controls, r) {
			t = wireText{}
			continue
		}
		if what := t.next(r); what != "" {
			return found(output, i, what)
		}
	}
	return nil
}

// found shows what was found among what stands around it.
func found(output string, at int, what string) error {
	return fmt.Errorf("%s at byte %d: …%q…", what, at, output[max(0, at-60):min(len(output), at+60)])
}

// mostMarks is how many marks may stand on a letter.
const mostMarks = 8

// wireText reads text, a code point at a time.
type wireText struct {
	last  rune
	marks int
}

// next says what is wrong with a code point; "" for nothing.
func (t *wireText) next(r rune) string {
	last := t.last
	t.last = r
	if t.marks++; !unicode.IsMark(r) {
		t.marks = 0
	}
	isTag := func(r rune) bool { return r >= 0xe0020 && r <= 0xe007f }
	switch {
	case unicode.IsControl(r):
		return fmt.Sprintf("the control %U", r)
	case unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029':
		return fmt.Sprintf("the control of direction or lines %U", r)
	case t.marks > mostMarks:
		return "a tower of marks"
	case t.marks > 0 && (last == 0 || unicode.IsSpace(last)):
		return fmt.Sprintf("the mark %U on nothing", r)
	case r == '\u200c' || r == '\u200d':
		if last <= unicode.MaxASCII {
			return fmt.Sprintf("a joiner behind %U", last)
		}
	case isTag(r):
		if last != '🏴' && !isTag(last) {
			return fmt.Sprintf("a tag behind %U", last)
		}
	case unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r),
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point):
		return fmt.Sprintf("%U, which is not seen", r)
	}
	return ""
}

// CheckJSON is CheckText for lines of JSON, in which nothing at all stands that
// is not seen.
func CheckJSON(output string) error {
	for i, r := range output {
		hidden := unicode.In(r, unicode.Cf, unicode.Variation_Selector) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
		if hidden || r == '\u007f' {
			return found(output, i, fmt.Sprintf("%U", r))
		}
	}
	// Marks and joiners are the text's, as it was let in.
	return CheckText(output, "\n")
}

// ours is the grammar of what the chat's screen may send beside text: what
// app/ui/screen writes, and no more than that.
const ours = `\x1b\[[0-9]{1,3}[GX]` + // a column; blanks
	`|\x1b\[[0-9]{1,3}H\n{1,200}` + // scrolling, from the first column on and nowhere else
	`|\x1b\[(?:[0-9]{1,3}(?:;[0-9]{1,3})?)?H` +
	`|\x1b\[[2-9]?[BD]` + // a few rows down, columns back
	`|\x1b\[K|\x1b\[2J` +
	`|\x1b\[(?:[0-9]{1,3};[0-9]{1,3})?r|\x1bM` + // scrolling
	`|\x1b\[(?:[0-9]{1,3}(?:[;:][0-9]{1,3}){0,20})?m` +
	`|\x1b\[\?(?:7|25|1000|1006|1049|2004|2026)[hl]` +
	`|\x1b\[2[23];0t|\x1b\]2;(?P<title>[^\x00-\x1f\x7f]{1,200})\a` +
	`|\x1b\]11;\?\a` + // the background
	`|\x1b\]8;;\x1b\\|\x1b\]8;(?:id=[0-9a-f]{1,8})?;(?i:https?://|mailto:|ssh://)[!-~]+\x1b\\` +
	`|\x1b\]9;(?P<note>[^\x00-\x1f\x7f]{1,400})\a|\x1b\]777;notify;(?P<head>[^\x00-\x1f\x7f;]{1,100});(?P<more>[^\x00-\x1f\x7f]{1,400})\a` +
	`|\x1b\]52;c;(?P<copy>[A-Za-z0-9+/=]*)\a`

// Wire holds what a screen is sent against the grammar of what it may be.
type Wire struct{ ours *regexp.Regexp }

// NewWire makes one, which may be used from many goroutines.
func NewWire() Wire { return Wire{regexp.MustCompile(`\A(?:` + ours + `)`)} }

// Check reads all that a screen was sent, byte by byte: text, with sequences of
// the grammar, carriage returns and bells between.
func (w Wire) Check(output string) error {
	for at := 0; at < len(output); {
		end := strings.IndexByte(output[at:], '\x1b')
		if end < 0 {
			end = len(output) - at
		}
		if err := CheckText(output[at:at+end], "\r\a"); err != nil {
			return err
		}
		if at += end; at == len(output) {
			break
		}
		n, err := w.sequence(output[at:])
		if err != nil {
			return found(output, at, err.Error())
		}
		at += n
	}
	return nil
}

// sequence gives the length of the sequence that s begins with. An unfinished
// one at the end of what was read so far is not.
func (w Wire) sequence(s string) (int, error) {
	m := w.ours.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("a sequence that is not the chat's: %.20q", s)
	}
	for i, name := range w.ours.SubexpNames() {
		text := m[i]
		if name == "copy" {
			decoded, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				return 0, fmt.Errorf("the clipboard's text: %w", err)
			}
			text = string(decoded)
		}
		if name == "" || text == "" {
			continue
		}
		if err := CheckText(text, copied(name)); err != nil {
			return 0, fmt.Errorf("the %s: %w", name, err)
		}
	}
	return len(m[0]), nil
}

// copied gives the controls that a text for the clipboard may have.
func copied(name string) string {
	if name == "copy" {
		return "\n\t"
	}
	return ""
}
