package markup

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// What blocks there are: text, of which every line stays a line; items of
// lists, one line each; quotes, which go on for as long as lines begin with a
// mark; and fenced code. A document's other blocks are none of a chat's, and
// what continues a block in a document because nothing ends it does not here:
// people answer right below what they quote.

// newGrammar makes the parser. It does not change and may be used by many.
func newGrammar() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewFencedCodeBlockParser(), 100),
			util.Prioritized(quoteParser{parser.NewBlockquoteParser()}, 200),
			util.Prioritized(itemParser{}, 300),
			util.Prioritized(textParser{}, 400),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(linkParser{}, 200),
			util.Prioritized(newEmojiParser(), 300),
			util.Prioritized(nameParser{}, 400),
			util.Prioritized(emphasisParser{}, 500),
			util.Prioritized(urlParser{}, 600),
		),
	)
}

// textBlock is lines of text.
type textBlock struct{ ast.BaseBlock }

var kindText = ast.NewNodeKind("Text lines")

func (*textBlock) Kind() ast.NodeKind { return kindText }

// Dump implements ast.Node.
func (b *textBlock) Dump(source []byte, level int) { ast.DumpHelper(b, source, level, nil, nil) }

// itemBlock is an item of a list.
type itemBlock struct {
	ast.BaseBlock
	indent int
	mark   string // as typed
}

var kindItem = ast.NewNodeKind("Item")

func (*itemBlock) Kind() ast.NodeKind { return kindItem }

// Dump implements ast.Node.
func (b *itemBlock) Dump(source []byte, level int) { ast.DumpHelper(b, source, level, nil, nil) }

type textParser struct{}

func (textParser) Trigger() []byte { return nil }

func (textParser) Open(_ ast.Node, reader text.Reader, _ parser.Context) (ast.Node, parser.State) {
	b := &textBlock{}
	addLine(b, reader)
	return b, parser.NoChildren
}

func (textParser) Continue(b ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, _ := reader.PeekLine()
	if util.IsBlank(line) || begins(line) {
		return parser.Close
	}
	addLine(b, reader)
	return parser.Continue | parser.NoChildren
}

func addLine(b ast.Node, reader text.Reader) {
	_, segment := reader.PeekLine()
	b.Lines().Append(segment)
	reader.AdvanceToEOL()
}

func (textParser) Close(ast.Node, text.Reader, parser.Context) {}
func (textParser) CanInterruptParagraph() bool                 { return false }
func (textParser) CanAcceptIndentedLine() bool                 { return true }

type itemParser struct{ textParser }

func (itemParser) Trigger() []byte { return []byte("-*+0123456789") }

func (itemParser) Open(_ ast.Node, reader text.Reader, _ parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	from, to := itemMark(line)
	if to == 0 {
		return nil, parser.NoChildren
	}
	indent, _ := util.IndentWidth(line, reader.LineOffset())
	b := &itemBlock{indent: indent, mark: string(line[from:to])}
	reader.Advance(to + 1)
	addLine(b, reader)
	return b, parser.NoChildren
}

func (itemParser) Continue(ast.Node, text.Reader, parser.Context) parser.State { return parser.Close }

// quoteDepth is how deep quotes go; marks beyond are text.
const quoteDepth = 4

// quoteParser wants a blank behind the mark, so that ">_<" is none.
type quoteParser struct{ parser.BlockParser }

func (p quoteParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		depth++ // counts the document, too
	}
	if line, _ := reader.PeekLine(); depth > quoteDepth || !isQuote(line) {
		return nil, parser.NoChildren
	}
	return p.BlockParser.Open(parent, reader, pc)
}

func (p quoteParser) Continue(b ast.Node, reader text.Reader, pc parser.Context) parser.State {
	if line, _ := reader.PeekLine(); !isQuote(line) {
		return parser.Close
	}
	return p.BlockParser.Continue(b, reader, pc)
}

// begins tells whether a line begins a block other than text.
func begins[T string | []byte](line T) bool {
	_, item := itemMark(line)
	return item > 0 || isQuote(line) || isFence(line)
}

// isQuote knows ">" and ">>" with a blank or nothing behind them.
func isQuote[T string | []byte](line T) bool {
	i := indent(line)
	if i > 3 || i == len(line) || line[i] != '>' {
		return false
	}
	for i < len(line) && line[i] == '>' {
		i++
	}
	return i == len(line) || isBlank(line[i]) || line[i] == '\n'
}

// isFence knows what may begin or end fenced code.
func isFence[T string | []byte](line T) bool {
	i := indent(line)
	return i <= 3 && i+2 < len(line) && (line[i] == '`' || line[i] == '~') && line[i] == line[i+1] && line[i] == line[i+2]
}

// itemMark finds the bullet or the number of a list's item; to is 0 where the
// line is none.
func itemMark[T string | []byte](line T) (from, to int) {
	from = indent(line)
	to = from
	for to < len(line) && to-from < 4 && line[to] >= '0' && line[to] <= '9' {
		to++
	}
	switch {
	case to == len(line):
		return 0, 0
	case to == from && (line[to] == '-' || line[to] == '*' || line[to] == '+'),
		to > from && (line[to] == '.' || line[to] == ')'):
		to++
	default:
		return 0, 0
	}
	if to+1 >= len(line) || line[to] != ' ' || line[to+1] == '\n' {
		return 0, 0
	}
	return from, to
}

func indent[T string | []byte](line T) (i int) {
	for i < len(line) && isBlank(line[i]) {
		i++
	}
	return i
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' }
