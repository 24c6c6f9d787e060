package composer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"teahouse/app/ui/cell"
)

// next returns the place behind the cluster that begins at a place.
func (c *Composer) next(at int) int {
	size, _ := cell.Next(c.text[at:])
	return at + size
}

// previous returns the place before the cluster that ends at a place. Rows
// begin between clusters, so the row is far enough to go back for that.
func (c *Composer) previous(at int) int {
	if at == 0 {
		return 0
	}
	before := c.layout()[c.rowAt(at-1)].start
	for n := c.next(before); n < at; n = c.next(before) {
		before = n
	}
	return before
}

func (c *Composer) lineStart() int { return strings.LastIndexByte(c.text[:c.cursor], '\n') + 1 }

func (c *Composer) lineEnd() int {
	if n := strings.IndexByte(c.text[c.cursor:], '\n'); n >= 0 {
		return c.cursor + n
	}
	return len(c.text)
}

// wordStart goes back over what is no word, then over the word before it.
func (c *Composer) wordStart(isWord func(rune) bool) int {
	at, inWord := c.cursor, false
	for at > 0 {
		before := c.previous(at)
		if is := isWord(c.runeAt(before)); inWord && !is {
			break
		} else if is {
			inWord = true
		}
		at = before
	}
	return at
}

// wordEnd goes over what is no word, then over the word behind it.
func (c *Composer) wordEnd() int {
	at, inWord := c.cursor, false
	for at < len(c.text) {
		if is := isLetter(c.runeAt(at)); inWord && !is {
			break
		} else if is {
			inWord = true
		}
		at = c.next(at)
	}
	return at
}

func (c *Composer) runeAt(at int) rune {
	r, _ := utf8.DecodeRuneInString(c.text[at:])
	return r
}

// isLetter tells whether the character is part of a word.
func isLetter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_'
}

func isNotSpace(r rune) bool { return !unicode.IsSpace(r) }

// vertical moves the cursor by rows, towards the column where it was before it
// first went up or down. False: there is no such row.
func (c *Composer) vertical(rows int) bool {
	row := c.rowAt(c.cursor) + rows
	if row < 0 || row >= len(c.layout()) {
		return false
	}
	if c.goal < 0 {
		c.goal = c.columnAt(c.cursor)
	}
	c.cursor, c.last = c.placeAt(row, c.goal), none
	return true
}
