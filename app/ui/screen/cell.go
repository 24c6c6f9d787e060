package screen

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// pen is how text looks: the SGR sequences since the last reset, and where it
// leads: the sequence that begins its hyperlink. Two pens that are spelled alike
// look alike.
type pen struct {
	sgr, link string
}

// with adds a sequence to the pen.
func (p pen) with(seq string) pen {
	switch {
	case strings.HasPrefix(seq, linkBegins):
		p.link = seq
		if strings.HasSuffix(seq, ";"+linkEnds) {
			p.link = ""
		}
	case seq == "\x1b[m", seq == "\x1b[0m":
		p.sgr = ""
	default:
		p.sgr += seq
	}
	return p
}

// extends tells whether the pen is another with something added, and where
// that begins.
func (p pen) extends(other pen) (from int, ok bool) {
	if !strings.HasPrefix(p.sgr, other.sgr) {
		return 0, false
	}
	return len(other.sgr), true
}

// isColour tells whether the pen has a foreground of 256 and nothing else, so
// that another such pen replaces it without a reset.
func (p pen) isColour() bool {
	const begin = "\x1b[38;5;"
	return strings.HasPrefix(p.sgr, begin) && strings.IndexAny(p.sgr[len(begin):], ";:m") == len(p.sgr)-len(begin)-1
}

// cell is one character of a row as people see it: a grapheme cluster, one or
// two columns wide.
type cell struct {
	text  string
	width int
	pen   pen
}

func (c cell) isBlank() bool { return c.text == " " && c.pen == pen{} }

// isDoubtful tells whether terminals may disagree about the width: many do
// for emoji that are made of several characters.
func (c cell) isDoubtful() bool {
	if len(c.text) < 4 {
		return false
	}
	_, size := utf8.DecodeRuneInString(c.text)
	return size < len(c.text) && (c.width != 1 || strings.ContainsRune(c.text, '\ufe0f'))
}

// scan goes through the cells of a row. It is a value: a copy is a bookmark.
type scan struct {
	rest  string
	col   int // where the next cell begins
	width int // of the row; what would go beyond it is cut
	pen   pen
}

// next gives the cell at s.col and goes behind it; ok is false at the end of
// the row's text.
func (s *scan) next() (c cell, ok bool) {
	for s.rest != "" {
		if s.rest[0] == '\x1b' {
			n := max(sequenceLen(s.rest), 1)
			s.pen, s.rest = s.pen.with(s.rest[:n]), s.rest[n:]
			continue
		}
		text, w := cluster(s.rest)
		s.rest = s.rest[len(text):]
		if w == 0 {
			continue // it has nothing to stand on
		}
		if s.col+w > s.width {
			s.rest = ""
			break
		}
		s.col += w
		return cell{text: text, width: w, pen: s.pen}, true
	}
	return cell{}, false
}

// skipTo goes on to the cell that begins at a column or, where none does,
// behind it.
func (s *scan) skipTo(col int) {
	for s.col < col {
		if _, ok := s.next(); !ok {
			s.col = col // blank from here on
		}
	}
}

// takes tells whether the cell at the column is c, and goes behind it if so.
// Behind the text of a row all is blank.
func (s *scan) takes(col int, c cell) bool {
	s.skipTo(col)
	if s.col != col {
		return false
	}
	mark := *s
	own, ok := s.next()
	if !ok {
		return c.isBlank()
	}
	if own == c {
		return true
	}
	*s = mark
	return false
}

// hasText tells whether anything but blanks is left.
func (s *scan) hasText() bool {
	for c, ok := s.next(); ok; c, ok = s.next() {
		if !c.isBlank() {
			return true
		}
	}
	return false
}

// cut gives so much of a row as fits into some columns, and how many it takes.
func cut(row string, columns int) (text string, width int) {
	row = tidy(row)
	s := scan{rest: row, width: columns}
	for _, ok := s.next(); ok; _, ok = s.next() {
		text = row[:len(row)-len(s.rest)]
	}
	return text, s.col
}

// cluster cuts the first character off, with its width in cells.
func cluster(s string) (text string, width int) {
	if n := aloneLen(s); n > 0 && (len(s) == n || aloneLen(s[n:]) > 0) {
		return s[:n], 1
	}
	return ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
}

// aloneLen is how many bytes the rune takes that s begins with, where it is one of
// those that most cells are made of, and nothing but what follows could add to it:
// ASCII, or box drawing (U+2500 to U+257F). 0 for others.
func aloneLen(s string) int {
	switch {
	case s[0] < utf8.RuneSelf:
		return 1
	case len(s) > 2 && s[0] == 0xe2 && s[1]&^1 == 0x94:
		return 3
	}
	return 0
}

// What stands around the parameters and the address of a hyperlink (OSC 8), and
// what closes one.
const (
	linkBegins = "\x1b]8;"
	linkEnds   = "\x1b\\"
	linkCloses = linkBegins + ";" + linkEnds
)

// sequenceLen is how long the sequence is that s begins with, where it is one
// that rows may hold; 0 for others.
func sequenceLen(s string) int {
	if strings.HasPrefix(s, linkBegins) {
		return linkLen(s)
	}
	return sgrLen(s)
}

// linkLen is how long the sequence of a hyperlink is that s begins with; 0 for
// one that is broken.
func linkLen(s string) int {
	end := strings.IndexByte(s[len(linkBegins):], '\x1b') + len(linkBegins)
	if end < len(linkBegins) || !strings.HasPrefix(s[end:], linkEnds) {
		return 0
	}
	isBad := func(r rune) bool { return r <= ' ' || r > '~' }
	if inner := s[len(linkBegins):end]; strings.IndexByte(inner, ';') < 0 || strings.IndexFunc(inner, isBad) >= 0 {
		return 0
	}
	return end + len(linkEnds)
}

// sgrLen is how long the SGR sequence is that s begins with; 0 for others.
func sgrLen(s string) int {
	if len(s) < 3 || s[1] != '[' {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case (c < '0' || c > '9') && c != ';' && c != ':':
			return 0
		}
	}
	return 0
}

// tidy returns the row without the controls that a row must not have, should
// any have got in, and without blanks at its end. A good row is not copied.
func tidy(row string) string {
	if !isTidy(row) {
		row = purge(row)
	}
	cut := strings.TrimRight(row, " ")
	if len(cut) < len(row) && endsPlain(cut) {
		return cut
	}
	return row
}

func isTidy(row string) bool {
	for i := 0; i < len(row); i++ {
		switch c := row[i]; {
		case c == '\x1b':
			n := sequenceLen(row[i:])
			if n == 0 {
				return false
			}
			i += n - 1
		case c < ' ' || c == 0x7f:
			return false
		case c == 0xc2 && i+1 < len(row) && row[i+1] < 0xa0:
			return false
		}
	}
	return utf8.ValidString(row)
}

func purge(row string) string {
	var b strings.Builder
	for row = strings.ToValidUTF8(row, "\ufffd"); row != ""; {
		if n := sequenceLen(row); row[0] == '\x1b' && n > 0 {
			b.WriteString(row[:n])
			row = row[n:]
			continue
		}
		r, n := utf8.DecodeRuneInString(row)
		if r = printable(r); r >= 0 {
			b.WriteRune(r)
		}
		row = row[n:]
	}
	return b.String()
}

// endsPlain tells whether what follows the row's text would have no style and
// lead nowhere.
func endsPlain(row string) bool {
	for _, begin := range [...]string{"\x1b[", linkBegins} {
		i := strings.LastIndex(row, begin)
		if i >= 0 && (pen{}).with(row[i:i+sequenceLen(row[i:])]) != (pen{}) {
			return false
		}
	}
	return true
}
