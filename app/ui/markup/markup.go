// Package markup shows what people write: **bold**, _italic_, ~~struck~~,
// `code`, blocks of code, quotes, lists, links, :emoji: and @names.
//
// It is for a chat and not for documents: a line is a line, and what is not
// markup stays as it was typed. Nothing is lost but marks, and on terminals
// that cannot show what they mean not even these.
//
// What is written from right to left goes out in the order in which it is read,
// without marks of direction around it: terminals that turn it around forget
// such marks or print them, and on the others they would take a cell.
package markup

import "teahouse/app/ui/theme"

// codeIndent is how far blocks of code stand in.
const codeIndent = 2

// Options say how one text is painted.
type Options struct {
	Width int       // in cells, at least 2
	Me    string    // the reader's name: it stands out
	Pen   theme.Pen // of what has no look of its own
	Quiet bool      // the text calls nobody: it is the reader's own

	Before    string // what stands before the text, as the author of an action does
	BeforePen theme.Pen
}

// Painter paints texts in a theme. It does not change.
type Painter struct {
	parser *Parser
	marks  marks
	links  bool
	pens   pens
}

// pens are the theme as markup uses it.
type pens struct {
	bold, italic, struck                               theme.Pen
	code, block, quote, bar, link, address, person, me theme.Pen
	words                                              [wordDeleted + 1]theme.Pen
}

// New makes a painter, which reads texts with a parser.
func New(th *theme.Theme, parser *Parser) *Painter {
	p := &Painter{parser: parser, links: !th.Plain, pens: newPens(th)}
	switch {
	case th.Plain:
		p.marks = keepAll
	case th.KeepsTicks:
		p.marks = keepTicks
	}
	return p
}

func newPens(th *theme.Theme) pens {
	p := pens{
		bold: th.Bold, italic: th.Italic, struck: th.Struck,
		code: th.Code, block: th.CodeBlock, quote: th.Quote,
		bar: th.QuoteBar, link: th.Link, address: th.Address,
		person: th.Person, me: th.Mention,
	}
	p.words = [...]theme.Pen{
		wordKeyword: th.Syntax.Keyword, wordType: th.Syntax.Type,
		wordLiteral: th.Syntax.Literal, wordNumber: th.Syntax.Number,
		wordComment: th.Syntax.Comment, wordInserted: th.Syntax.Inserted,
		wordDeleted: th.Syntax.Deleted,
	}
	return p
}

// Rows gives a text as rows of at most so many cells, one at least. They hold
// no controls but styles and hyperlinks, which end where a row ends.
func (p *Painter) Rows(body string, o Options) []string {
	o.Width = max(o.Width, 2)
	if o.Before == "" && isPlain(body) {
		rows := Wrap(body, o.Width)
		for i, row := range rows {
			rows[i] = o.Pen.Paint(row)
		}
		return rows
	}
	var rows []string
	for _, l := range o.begin(p.parser.read(body, p.marks)) {
		rows = p.line(rows, l, o)
	}
	return rows
}

// begin puts what stands before the text there.
func (o *Options) begin(d doc) doc {
	if o.Before == "" {
		return d
	}
	first := line{spans: []span{{text: o.Before, attr: before}}}
	if l := d[0]; l.quotes > 0 || l.mark != "" || l.code {
		return append(doc{first}, d...)
	}
	first.spans = append(append(first.spans, span{text: " "}), d[0].spans...)
	first.settle()
	return append(doc{first}, d[1:]...)
}
