package chat

import (
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// PlainJSON is the way out for JSON, which a terminal may show as well as a
// program may read: what a terminal acts on, what turns the direction of
// writing, what is not seen, and marks that would paint over something else are
// written in escapes, in pairs of surrogates where it takes two. Decoding gives
// the same text as before. b is JSON as encoding/json writes it, which escapes the
// controls of ASCII itself, all but DEL; it is given back as it is where there is
// nothing to do.
func PlainJSON(b []byte) []byte {
	var plain []byte
	from, marks := 0, maxTextMarks // nothing to stand on
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		switch {
		case isMark(r):
			marks++
		case r == '"' || unicode.IsSpace(r):
			marks = maxTextMarks
		default:
			marks = 0
		}
		if r >= 0x7f && (isUnplain(r) || isMark(r) && marks > maxTextMarks) {
			plain = appendEscaped(append(plain, b[from:i]...), r)
			from = i + size
		}
		i += size
	}
	if from == 0 {
		return b
	}
	return append(plain, b[from:]...)
}

// isUnplain knows what a reader of JSON would not see, or not as it is.
func isUnplain(r rune) bool {
	return unicode.IsControl(r) || isInvisible(r) || unicode.Is(unicode.Variation_Selector, r)
}

func appendEscaped(b []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		return fmt.Appendf(b, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(b, `\u%04x`, r)
}
