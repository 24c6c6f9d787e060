package markup

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"teahouse/app/chat"
)

// marks says which marks stay, on terminals that cannot show what they mean.
type marks uint8

const (
	keepNone  marks = iota
	keepTicks       // those of code
	keepAll
)

// isPlain tells whether a text has nothing in it that could be markup. Most
// have not.
func isPlain(body string) bool {
	begin := true
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '*', '_', '`', '[', '\\', '@':
			return false
		case '~':
			if i > 0 && body[i-1] == '~' {
				return false
			}
		case ':':
			if rest := body[i+1:]; strings.HasPrefix(rest, "//") || emojiCode(rest) > 0 || strings.HasSuffix(body[:i], "mailto") {
				return false
			}
		case '\n':
			begin = true
			continue
		}
		if begin && begins(body[i:]) {
			return false
		}
		begin = begin && isBlank(body[i])
	}
	return true
}

// reader reads one text.
type reader struct {
	source []byte
	marks  marks
	doc    doc
	quotes int // how many one is in
	seen   int // up to where the source was read
}

// read makes a doc of a text.
func (r *reader) read(grammar parser.Parser, body string) doc {
	r.source = []byte(sanitize(body) + "\n") // without it a fence's info may go
	r.blocks(grammar.Parse(text.NewReader(r.source)))
	for i := range r.doc {
		r.doc[i].settle()
	}
	if len(r.doc) == 0 {
		return doc{{}}
	}
	return r.doc
}

// sanitize takes out what must not be printed and leaves the tabs, which mean
// something within code.
func sanitize(body string) string {
	if !strings.ContainsAny(body, "\n\t") {
		return chat.Printable(body)
	}
	var b strings.Builder
	for i, line := range strings.Split(body, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		for i, part := range strings.Split(line, "\t") {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(chat.Printable(part))
		}
	}
	return b.String()
}

func (r *reader) blocks(parent ast.Node) {
	for b := parent.FirstChild(); b != nil; b = b.NextSibling() {
		switch b := b.(type) {
		case *ast.Blockquote:
			r.quote(b)
		case *ast.FencedCodeBlock:
			r.fence(b)
		case *itemBlock:
			r.begin(b, line{quotes: r.quotes, indent: b.indent, mark: b.mark})
			r.inline(b, span{})
		default:
			r.begin(b, line{quotes: r.quotes})
			r.inline(b, span{})
		}
		if lines := b.Lines(); lines.Len() > 0 {
			r.seen = lines.At(lines.Len() - 1).Stop
		}
	}
}

func (r *reader) quote(b ast.Node) {
	r.quotes++
	defer func() { r.quotes-- }()
	if b.FirstChild() != nil {
		r.blocks(b)
		return
	}
	r.begin(b, line{quotes: r.quotes})
	r.seen = b.Pos() + 1
}

// begin begins the first line of a block, below the empty lines that stand
// before it.
func (r *reader) begin(b ast.Node, first line) {
	at := b.Pos()
	if lines := b.Lines(); lines.Len() > 0 {
		at = lines.At(0).Start
	}
	r.gap(at, first.quotes)
	r.doc = append(r.doc, first)
}

// gap adds the empty lines between what was read and a place.
func (r *reader) gap(at, quotes int) {
	if r.seen >= at || len(r.doc) == 0 {
		return
	}
	between := r.source[r.seen:at]
	for {
		begin, rest, ok := bytes.Cut(between, []byte("\n"))
		if !ok {
			return
		}
		if len(bytes.Trim(begin, " \t>")) == 0 {
			r.doc = append(r.doc, line{quotes: min(quotes, r.doc[len(r.doc)-1].quotes)})
		}
		between = rest
	}
}

func (r *reader) last() *line { return &r.doc[len(r.doc)-1] }

func (r *reader) newLine() { r.doc = append(r.doc, line{quotes: r.last().quotes}) }

// inline reads what is in a block or in a piece, as pieces that look like s.
func (r *reader) inline(parent ast.Node, s span) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			r.text(n, s)
		case *ast.CodeSpan:
			r.codeSpan(n, s)
		case *piece:
			r.piece(n, s)
		default:
			r.inline(n, s)
		}
	}
}

func (r *reader) text(n *ast.Text, s span) {
	value := n.Segment.Value(r.source)
	if n.IsRaw() {
		for i, part := range strings.Split(string(value), "\n") {
			if i > 0 {
				r.newLine()
			}
			s.text = part
			r.last().add(s)
		}
		return
	}
	s.text = unescape(string(value))
	r.last().add(s)
	if n.HardLineBreak() && n.Segment.Stop < len(r.source) && r.source[n.Segment.Stop] == '\\' {
		s.text = `\`
		r.last().add(s)
	}
	if (n.SoftLineBreak() || n.HardLineBreak()) && n.NextSibling() != nil {
		r.newLine()
	}
}

// unescape takes the backslashes away that kept a character from being markup.
// The one that people give an arm with stays.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if strings.IndexByte("*_~`:@>", s[i+1]) < 0 || strings.HasSuffix(s[:i], "¯") {
				b.WriteByte('\\')
			}
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func (r *reader) codeSpan(n *ast.CodeSpan, s span) {
	s.attr |= code
	tick := ""
	if r.marks >= keepTicks {
		tick = "`"
	}
	s.text = tick
	r.last().add(s)
	r.inline(n, s)
	s.text = tick
	r.last().add(s)
}

func (r *reader) piece(p *piece, s span) {
	switch {
	case p.attr == titled:
		r.titled(p, s)
	case p.text != "":
		s.attr |= p.attr
		s.text, s.link = p.text, p.link
		r.last().add(s)
	default:
		r.marked(p, s)
	}
}

// marked reads a piece with others in it.
func (r *reader) marked(p *piece, s span) {
	if r.marks == keepAll {
		s.text = p.mark
		r.last().add(s)
	}
	within := s
	within.attr |= p.attr
	r.inline(p, within)
	if r.marks == keepAll {
		s.text = p.mark
		r.last().add(s)
	}
}

// titled reads a link with a text. The address follows, for nobody should be led
// somewhere else than they were told, nor need a terminal with hyperlinks.
func (r *reader) titled(p *piece, s span) {
	before, between, behind := "", " (", ")"
	if r.marks == keepAll {
		before, between = "[", "]("
	}
	add := func(text string, a attr, link string) {
		s.attr |= a
		r.last().add(span{text: text, attr: s.attr, link: link})
		s.attr &^= a
	}
	add(before, 0, "")
	add(p.text, titled, p.link)
	if p.text != p.link || r.marks == keepAll {
		add(between+p.link+behind, address, p.link)
	}
}
