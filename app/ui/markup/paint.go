package markup

import (
	"fmt"
	"hash/fnv"
	"strings"

	"teahouse/app/ui/theme"
)

// flatBelow is the width below which nothing stands in.
const flatBelow = 16

// line adds the rows of one line.
func (p *Painter) line(rows []string, l line, o Options) []string {
	if o.Width < flatBelow {
		l = l.flat()
	}
	head, rest, width := p.margin(l, o)
	text := l.text()
	w := brush{p: p, l: l, o: o, base: p.base(l, o)}
	for at := 0; ; head = rest {
		end, next := len(text), len(text)
		if len(text)-at > width { // no character has more cells than bytes
			end, next = l.cut(text[at:], width)
			end, next = at+end, at+next
		}
		w.b.WriteString(head)
		rows = append(rows, w.row(at, end))
		if at = next; at >= len(text) {
			return rows
		}
	}
}

// flat puts what stands before a line into its text.
func (l line) flat() line {
	lead := strings.Repeat(">", l.quotes)
	if l.mark != "" {
		lead += l.mark
	}
	if lead != "" {
		l.spans = append([]span{{text: lead + " "}}, l.spans...)
	}
	return line{code: l.code, known: l.known, spans: l.spans}
}

func (l line) cut(text string, width int) (end, next int) {
	if l.code {
		n := cutAt(text, width)
		return n, n
	}
	return breakAt(text, width)
}

// margin is what stands left of a line, in its first row and in the others, and
// how much it leaves. Half of the width is not exceeded for the sake of an indent.
func (p *Painter) margin(l line, o Options) (head, rest string, width int) {
	mark := p.mark(l)
	width = o.Width - 2*l.quotes - len([]rune(mark))
	indent := l.indent
	if l.code && p.marks == keepNone {
		indent = codeIndent
	}
	indent = max(min(indent, width-o.Width/2), 0)
	bars := strings.Repeat(p.pens.bar.Paint("│")+" ", l.quotes)
	head = bars + blanks(indent) + p.base(l, o).Paint(mark)
	return head, bars + blanks(indent+len([]rune(mark))), width - indent
}

// mark is what stands before an item.
func (p *Painter) mark(l line) string {
	switch {
	case l.mark == "":
		return ""
	case p.marks == keepAll || len(l.mark) > 1:
		return l.mark + " "
	}
	return "• "
}

// base is the pen of what has no look of its own in a line.
func (p *Painter) base(l line, o Options) theme.Pen {
	pen := o.Pen
	if l.quotes > 0 {
		pen = pen.With(p.pens.quote)
	}
	if l.code && !l.known {
		pen = pen.With(p.pens.block)
	}
	return pen
}

// brush writes the rows of one line, from its beginning to its end.
type brush struct {
	p    *Painter
	l    line
	o    Options
	base theme.Pen
	b    strings.Builder
	i    int // the piece that is next
	from int // where that begins in the line's text
}

// row gives the row that has the text from one place to another.
func (w *brush) row(at, end int) string {
	for w.i < len(w.l.spans) && w.from < end {
		s := w.l.spans[w.i]
		to := w.from + len(s.text)
		if part := s.text[min(max(at-w.from, 0), len(s.text)):min(end-w.from, len(s.text))]; part != "" {
			w.write(s, part)
		}
		if to > end {
			break
		}
		w.i, w.from = w.i+1, to
	}
	row := w.b.String()
	w.b.Reset()
	return row
}

// write paints a part of a piece, and leads where the piece leads.
func (w *brush) write(s span, part string) {
	link := ""
	if s.link != "" && w.p.links {
		link = target(s.link)
	}
	if link == "" {
		w.pen(s).Write(&w.b, part)
		return
	}
	// The parts of one link belong together.
	id := ""
	if part != s.text {
		h := fnv.New32a()
		_, _ = h.Write([]byte(link)) // it never fails
		id = fmt.Sprintf("id=%x", h.Sum32())
	}
	w.b.WriteString("\x1b]8;" + id + ";" + link + "\x1b\\")
	w.pen(s).Write(&w.b, part)
	w.b.WriteString("\x1b]8;;\x1b\\")
}

func (w *brush) pen(s span) theme.Pen {
	pens, pen := &w.p.pens, w.base
	if s.attr&before != 0 {
		return w.o.BeforePen
	}
	for _, look := range [...]struct {
		attr attr
		pen  theme.Pen
	}{
		{bold, pens.bold}, {italic, pens.italic}, {struck, pens.struck}, {code, pens.code},
		{linked | titled, pens.link}, {address, pens.address},
	} {
		if s.attr&look.attr != 0 {
			pen = pen.With(look.pen)
		}
	}
	if s.attr&named != 0 {
		pen = pen.With(w.name(s.text[1:]))
	}
	return pen.With(pens.words[s.word])
}

// name is the pen of a name behind an @.
func (w *brush) name(name string) theme.Pen {
	isMe := strings.EqualFold(name, w.o.Me) || strings.EqualFold(name, "here") ||
		len(name) > len(w.o.Me) && name[len(w.o.Me)] == '.' && strings.EqualFold(name[:len(w.o.Me)], w.o.Me)
	if isMe && !w.o.Quiet && w.o.Me != "" {
		return w.p.pens.me
	}
	return w.p.pens.person
}
