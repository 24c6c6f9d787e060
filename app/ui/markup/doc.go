package markup

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
	"teahouse/app/ui/cell"
)

// attr is what markup makes of a piece of text.
type attr uint16

const (
	bold attr = 1 << iota
	italic
	struck
	code
	named   // a name behind an @
	linked  // an address
	titled  // a text that leads to an address
	address // the address behind it
	before  // what the reader puts before a text
)

// doc is a text as lines of pieces. It is shared, and does not change.
type doc []line

// line is one line of a text as it was typed, before it is cut to a width.
type line struct {
	quotes int    // how deep it is quoted
	indent int    // of an item
	mark   string // before an item
	code   bool   // of a block of code
	known  bool   // code of a language that is known
	spans  []span
}

// span is a piece of a line that looks alike.
type span struct {
	text string // printable
	attr attr
	word word   // of code
	link string // where it leads
}

// add puts a piece behind those that a line has.
func (l *line) add(s span) {
	if s.text == "" {
		return
	}
	if n := len(l.spans); n > 0 {
		if last := &l.spans[n-1]; last.attr == s.attr && last.word == s.word && last.link == s.link && s.attr&named == 0 {
			last.text += s.text
			return
		}
	}
	l.spans = append(l.spans, s)
}

// settle makes a line's pieces fit to be shown: printable, without tabs, and
// with no character divided between two of them.
func (l *line) settle() {
	column := 0
	for i := range l.spans {
		s := &l.spans[i]
		s.text = expand(s.text, column)
		column += ansi.StringWidth(s.text)
	}
	if text := l.text(); chat.Printable(text) != text {
		// What stood on a mark stands on nothing now.
		for i := range l.spans {
			l.spans[i].text = chat.Printable(l.spans[i].text)
		}
	}
	for i := len(l.spans) - 1; i > 0; i-- {
		// A mark goes to the character before it, a number sign of Arabic to the one
		// behind.
		r, _ := utf8.DecodeRuneInString(l.spans[i].text)
		last, _ := utf8.DecodeLastRuneInString(l.spans[i-1].text)
		if max(r, last) >= utf8.RuneSelf {
			l.rejoin()
			return
		}
	}
}

// expand turns the tabs of a text that begins at a column into blanks.
func expand(text string, column int) string {
	if !strings.Contains(text, "\t") {
		return text
	}
	var b strings.Builder
	for i, part := range strings.Split(text, "\t") {
		if i > 0 {
			n := tabWidth - column%tabWidth
			b.WriteString(blanks(n))
			column += n
		}
		b.WriteString(part)
		column += ansi.StringWidth(part)
	}
	return b.String()
}

// rejoin moves what belongs to the last character of a piece there, from the
// pieces behind.
func (l *line) rejoin() {
	text := l.text()
	at, from := 0, 0 // where characters and where pieces begin
	for i := range l.spans {
		end := from + len(l.spans[i].text)
		begin := at
		for at < end {
			size, _ := cell.Next(text[at:])
			at += size
		}
		l.spans[i].text, from = text[begin:at], end
	}
}

// text is what the line says.
func (l *line) text() string {
	if len(l.spans) == 1 {
		return l.spans[0].text
	}
	var b strings.Builder
	for _, s := range l.spans {
		b.WriteString(s.text)
	}
	return b.String()
}
