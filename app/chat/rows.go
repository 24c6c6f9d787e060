package chat

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Indent begins the further rows of what somebody said, where it is told as
// lines: at the left edge stands only what the chat itself has written.
const Indent = "    "

// Rows makes of a text the rows in which it is printed: its lines, those behind
// the first one indented. In a terminal of so many columns (0: of a number that
// is not known, or none) long lines are broken, at a blank where there is one,
// and go on indented as well: a terminal that breaks them goes on at its left
// edge, where a padded message could begin a line of somebody else. The rows are
// safe to print, as Printable says.
func Rows(text string, columns int) (rows []string) {
	for i, line := range strings.Split(text, "\n") {
		row := Printable(line)
		if i > 0 {
			row = Indent + row
		}
		rows = append(rows, hang(row, columns)...)
	}
	return rows
}

// hang breaks a row where it is too wide.
func hang(row string, columns int) (rows []string) {
	for columns >= 2*len(Indent) {
		end, next := rowEnd(row, columns)
		if end == len(row) {
			break
		}
		rows, row = append(rows, row[:end]), Indent+row[next:]
	}
	return append(rows, row)
}

// rowEnd gives where the first row of a text ends, and the next one begins. It
// takes something of the text behind its own indentation.
func rowEnd(text string, columns int) (end, next int) {
	used, blank := 0, 0
	for i, r := range text {
		if used += columnsOf(r); used <= columns || goesOn(r) {
			if r == ' ' && i >= len(Indent) {
				blank = i
			}
			continue
		}
		if r != ' ' && blank == 0 {
			return i, i
		}
		if r == ' ' {
			blank = i
		}
		rest := strings.TrimLeft(text[blank:], " ")
		return blank, len(text) - len(rest)
	}
	return len(text), len(text)
}

// goesOn tells whether a character belongs to the one before it: on a row of its
// own it would stand on nothing.
func goesOn(r rune) bool { return unicode.In(r, unicode.M, unicode.Cf) }

// columnsOf is how many columns a character takes at the most. Of those that are
// drawn as one with others some terminals draw each.
func columnsOf(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) && r != '\ufe0f': // that makes some wider
		return 0
	case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
		return 2
	}
	return 1
}
