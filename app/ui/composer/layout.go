package composer

import (
	"sort"
	"strings"

	"teahouse/app/ui/cell"
)

// tabStop is how many columns apart tabs stop.
const tabStop = 4

// span is a row of the text, text[start:end]. A row that was wrapped ends where
// the next one starts, and the cursor there stands on the next one; a row at
// the end of a line is followed by its newline.
type span struct{ start, end int }

// shape says how rows look; the text is laid out again if that is new.
func (c *Composer) shape(width, indent int) {
	if c.width != width || c.indent != indent {
		c.width, c.indent, c.laid = width, indent, false
		c.unlay(0)
	}
}

// area is how many cells of a row are for text. The last column is not, so that
// the cursor behind a full row has a place to stand.
func (c *Composer) area() int { return max(1, c.width-c.indent-1) }

// unlay says that the text is new from a place on. Where a row ends depends on
// the word behind it, and that may reach into the row after the next; the rows
// before those stay as they are, so that typing at the end of a long text costs
// no more than at its start.
func (c *Composer) unlay(from int) {
	c.resume = 0
	keep := 0
	if c.laid {
		keep = max(0, c.rowAt(from)-2)
	}
	if keep > 0 {
		c.resume = c.spans[keep].start
	}
	c.spans, c.laid = c.spans[:keep], false
}

// layout returns the rows of the text, at least one.
func (c *Composer) layout() []span {
	for !c.laid {
		end := len(c.text)
		n := strings.IndexByte(c.text[c.resume:], '\n')
		if n >= 0 {
			end = c.resume + n
		}
		c.spans = c.wrap(c.spans, c.resume, end)
		c.resume, c.laid = end+1, n < 0
	}
	return c.spans
}

// wrap lays out one line, text[start:end]. Rows end behind a space or beside a
// wide character, where there is one, and else wherever they are full. One
// space more than there is room for hangs in the cursor's column, so that the
// next row does not begin with it, unless it is the last: the cursor behind it
// would have no place.
func (c *Composer) wrap(spans []span, start, end int) []span {
	area, column, breakAt := c.area(), 0, start
	for at := start; at < end; {
		size, width := next(c.text[at:end], column, area)
		isSpace := c.text[at] == ' '
		hangs := isSpace && column == area && at+size < end
		if width == 2 && !isTab(c.text[at]) {
			breakAt = at
		}
		if column+width > area && !hangs && at > start {
			if breakAt == start {
				breakAt = at
			}
			spans = append(spans, span{start, breakAt})
			start, at, column = breakAt, breakAt, 0
			continue
		}
		at, column = at+size, column+width
		if isSpace || width == 2 || isTab(c.text[at-1]) {
			breakAt = at
		}
	}
	return append(spans, span{start, end})
}

func isTab(b byte) bool { return b == '\t' }

// next measures the first cluster of s, which stands in the given column.
func next(s string, column, area int) (size, width int) {
	if isTab(s[0]) {
		return 1, min(tabStop-column%tabStop, area)
	}
	return cell.Next(s)
}

// rowAt returns the row on which the cursor would stand at a place in the text.
func (c *Composer) rowAt(at int) int {
	spans := c.layout()
	return sort.Search(len(spans), func(i int) bool { return spans[i].start > at }) - 1
}

// columnAt returns the column, in its row, of a place in the text.
func (c *Composer) columnAt(at int) int {
	row := c.layout()[c.rowAt(at)]
	column := 0
	for i := row.start; i < at; {
		size, width := next(c.text[i:row.end], column, c.area())
		i, column = i+size, column+width
	}
	return column
}

// placeAt returns the place in a row that is nearest to a column from its left,
// and is still on that row.
func (c *Composer) placeAt(row, goal int) int {
	spans := c.layout()
	at, end := spans[row].start, spans[row].end
	isWrapped := row+1 < len(spans) && spans[row+1].start == end
	for column := 0; at < end; {
		size, width := next(c.text[at:end], column, c.area())
		if column+width > goal || isWrapped && at+size == end {
			break
		}
		at, column = at+size, column+width
	}
	return at
}
