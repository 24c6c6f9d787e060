package markup

import (
	"bytes"
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"teahouse/app/chat"
)

// piece is a stretch of text that is more than text.
type piece struct {
	ast.BaseInline
	attr attr
	mark string // what stood on both sides of it
	text string // "" where it has children
	link string
}

var kindPiece = ast.NewNodeKind("Piece")

func (*piece) Kind() ast.NodeKind { return kindPiece }

// Dump implements ast.Node.
func (p *piece) Dump(source []byte, level int) { ast.DumpHelper(p, source, level, nil, nil) }

// emphasisParser knows *italic* and _italic_, **bold**, ***both***, ~~struck~~.
type emphasisParser struct{}

func (emphasisParser) Trigger() []byte { return []byte("*_~") }

func (emphasisParser) Parse(_ ast.Node, r text.Reader, pc parser.Context) ast.Node {
	line, segment := r.PeekLine()
	before := r.PrecendingCharacter()
	if before == rune(line[0]) {
		return nil // the rest of a run that means nothing
	}
	d := parser.ScanDelimiter(line, before, 1, emphasis(line[0]))
	if d == nil || !isRun(d) || isWithinWord(line[d.OriginalLength:], before) {
		return nil
	}
	d.Segment = segment.WithStop(segment.Start + d.OriginalLength)
	r.Advance(d.OriginalLength)
	pc.PushDelimiter(d)
	return d
}

func isRun(d *parser.Delimiter) bool {
	switch d.Char {
	case '*':
		return d.OriginalLength <= 3
	case '_':
		return d.OriginalLength == 1
	}
	return d.OriginalLength == 2
}

// isWithinWord keeps 2*3*4 as it is. Scripts that do without blanks have marks
// within what looks like one word.
func isWithinWord(after []byte, before rune) bool {
	return len(after) > 0 && isASCIIWord(before) && isASCIIWord(rune(after[0]))
}

func isASCIIWord(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// emphasis matches runs of one character.
type emphasis byte

func (e emphasis) IsDelimiter(b byte) bool { return b == byte(e) }

func (e emphasis) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}

func (e emphasis) OnMatch(consumes int) ast.Node {
	p := &piece{attr: italic, mark: strings.Repeat(string(rune(e)), consumes)}
	switch {
	case e == '~':
		p.attr = struck
	case consumes == 2:
		p.attr = bold
	}
	return p
}

// emojiParser has the emoji by their codes.
type emojiParser map[string]string

func newEmojiParser() emojiParser { return maps.Collect(chat.Emojis()) }

func (emojiParser) Trigger() []byte { return []byte{':'} }

func (p emojiParser) Parse(_ ast.Node, r text.Reader, _ parser.Context) ast.Node {
	line, _ := r.PeekLine()
	n := emojiCode(line[1:])
	if n == 0 {
		return nil
	}
	symbol, ok := p[string(line[1:n+1])]
	if !ok {
		return nil
	}
	r.Advance(n + 2)
	return &piece{text: symbol}
}

// emojiCode tells how long the code is that a text begins with, which a colon
// ends; 0 where there is none.
func emojiCode[T string | []byte](s T) int {
	const longest = 32
	for i := 0; i < min(len(s), longest); i++ {
		switch c := s[i]; {
		case c == ':':
			return i
		case (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '+' && c != '-':
			return 0
		}
	}
	return 0
}

// nameParser knows names behind an @.
type nameParser struct{}

func (nameParser) Trigger() []byte { return []byte{'@'} }

func (nameParser) Parse(_ ast.Node, r text.Reader, _ parser.Context) ast.Node {
	line, _ := r.PeekLine()
	if isWord(r.PrecendingCharacter()) {
		return nil
	}
	n := nameLen(line[1:])
	if _, err := chat.ParseName(string(line[1 : n+1])); err != nil {
		return nil
	}
	r.Advance(n + 1)
	return &piece{attr: named, text: string(line[:n+1])}
}

// nameLen is how long the name is that a text begins with. A dot behind it ends
// a sentence.
func nameLen(s []byte) (n int) {
	for n < min(len(s), 4*chat.LimitUserName) {
		c, size := utf8.DecodeRune(s[n:])
		if c != '.' && !isWord(c) {
			break
		}
		n += size
	}
	return len(bytes.TrimRight(s[:n], "."))
}

func isWord(r rune) bool {
	return r == '_' || r == '-' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}
