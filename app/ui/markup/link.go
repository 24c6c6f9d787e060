package markup

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// linkLimit is the longest address that is made a link: some terminals fail at
// longer ones.
const linkLimit = 2000

// schemes are what links may lead to.
func schemes() []string { return []string{"https://", "http://", "mailto:", "ssh://"} }

// linkParser knows [text](address), on one line. The text is taken as it is.
type linkParser struct{}

func (linkParser) Trigger() []byte { return []byte{'['} }

func (linkParser) Parse(_ ast.Node, r text.Reader, _ parser.Context) ast.Node {
	line, _ := r.PeekLine()
	end := bytes.IndexAny(line[1:], "[]\n") + 1
	if end < 2 || !bytes.HasPrefix(line[end:], []byte("](")) {
		return nil
	}
	n := addressLen(line[end+2:])
	closing := end + 2 + n
	if n == 0 || closing >= len(line) || line[closing] != ')' {
		return nil
	}
	r.Advance(closing + 1)
	return &piece{attr: titled, text: string(line[1:end]), link: string(line[end+2 : closing])}
}

// urlParser knows addresses in a text. It is asked where words begin.
type urlParser struct{}

func (urlParser) Trigger() []byte { return []byte(" ([<>\"'=,;|*_~-/#!?{}.:") }

func (urlParser) Parse(parent ast.Node, r text.Reader, _ parser.Context) ast.Node {
	line, segment := r.PeekLine()
	skip := 1
	if isASCIIWord(rune(line[0])) {
		skip = 0
	}
	n := addressLen(line[skip:])
	if before := r.PrecendingCharacter(); n == 0 || skip == 0 && (unicode.IsLetter(before) || unicode.IsDigit(before)) {
		return nil
	}
	if skip > 0 {
		ast.MergeOrAppendTextSegment(parent, segment.WithStop(segment.Start+skip))
	}
	r.Advance(skip + n)
	address := string(line[skip : skip+n])
	return &piece{attr: linked, text: address, link: address}
}

// addressLen is how long the address is that a text begins with; 0 for none.
// What ends a sentence does not belong to it, nor a bracket that it does not
// open.
func addressLen(s []byte) int {
	begin := schemeLen(s)
	if begin == 0 {
		return 0
	}
	n, open := begin, 0
	for n < len(s) && s[n] > ' ' && !bytes.ContainsRune([]byte("<>\"`\x7f"), rune(s[n])) {
		switch s[n] {
		case '(':
			open++
		case ')':
			open--
		}
		if open < 0 {
			break
		}
		n++
	}
	n = len(bytes.TrimRight(s[:n], ".,;:!?'*_~]}"))
	if n <= begin {
		return 0
	}
	return n
}

func schemeLen(s []byte) int {
	for _, scheme := range schemes() {
		if len(s) > len(scheme) && strings.EqualFold(string(s[:len(scheme)]), scheme) {
			return len(scheme)
		}
	}
	return 0
}

// target is an address as a hyperlink has it: of printable ASCII; "" where it
// is too long.
func target(address string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(address) {
		if c := address[i]; c > ' ' && c < 0x7f {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	if b.Len() > linkLimit {
		return ""
	}
	return b.String()
}
