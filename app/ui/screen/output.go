package screen

import "strconv"

// Synchronized output: the terminal shows what stands between as one change.
const (
	syncBegin = "\x1b[?2026h"
	syncEnd   = "\x1b[?2026l"
)

// atOnce is how many bytes reach a terminal in one piece, and are shown as one
// change anyhow: they travel in one packet, and in one write of the client.
const atOnce = 256

// unknown is a coordinate of the cursor that only the terminal knows.
const unknown = -1

// output gathers what goes to the terminal, and knows where that leaves the
// cursor and its style.
type output struct {
	buf  []byte
	x, y int
	pen  pen
	// The scroll region, or 0, 0 for none. It stays set between frames, since
	// the next message scrolls the same one.
	top, bottom int
}

func (o *output) size() int { return len(o.buf) }

// text adds what neither moves the cursor nor prints.
func (o *output) text(s string) { o.buf = append(o.buf, s...) }

// wipe blanks the terminal and brings it to a known state. The cursor would be
// seen running through the rows where synchronized output is not known.
func (o *output) wipe() {
	o.text("\x1b[?25l\x1b[r\x1b[m\x1b[H\x1b[2J")
	o.x, o.y, o.pen, o.top, o.bottom = 0, 0, pen{}, 0, 0
}

func (o *output) isAt(x, y int) bool { return o.x == x && o.y == y }

func (o *output) csi(final byte, args ...int) {
	o.buf = append(o.buf, "\x1b["...)
	for i, a := range args {
		if i > 0 {
			o.buf = append(o.buf, ';')
		}
		o.buf = strconv.AppendInt(o.buf, int64(a), 10)
	}
	o.buf = append(o.buf, final)
}

// moveTo takes the cursor to a cell, by the shortest way of a few.
func (o *output) moveTo(x, y int) {
	switch {
	case o.isAt(x, y):
		return
	case y == o.y && x == 0:
		o.buf = append(o.buf, '\r')
	case y == o.y:
		o.csi('G', x+1)
	case x == 0:
		o.csi('H', y+1)
	case o.isNear(x, y):
		o.step('B', y-o.y)
		o.step('D', o.x-x)
	default:
		o.csi('H', y+1, x+1)
	}
	o.x, o.y = x, y
}

// isNear tells whether a cell is a few rows below the cursor and a few columns
// back, as in a column of text. At the end of the scroll region a terminal would
// not go on.
func (o *output) isNear(x, y int) bool {
	const few = 9
	inRegion := o.y < o.bottom
	return o.x != unknown && o.y != unknown && x <= o.x && o.x-x <= few && y > o.y && y-o.y <= few && (!inRegion || y < o.bottom)
}

// step goes n cells into the direction that final says.
func (o *output) step(final byte, n int) {
	switch n {
	case 0:
	case 1:
		o.csi(final)
	default:
		o.csi(final, n)
	}
}

// style makes what is printed next look as the pen says.
func (o *output) style(p pen) {
	if p == o.pen {
		return
	}
	if p.link != o.pen.link {
		o.link(p.link)
		o.pen.link = p.link
	}
	from, ok := p.extends(o.pen)
	if !ok && (!p.isColour() || !o.pen.isColour()) {
		o.text("\x1b[m")
	}
	o.text(p.sgr[from:])
	o.pen = p
}

// link begins a hyperlink, or ends one.
func (o *output) link(begin string) {
	if begin == "" {
		begin = linkCloses
	}
	o.text(begin)
}

// print puts a cell where the cursor is.
func (o *output) print(c cell, width int) {
	o.style(c.pen)
	if c.isDoubtful() {
		// A terminal that draws it narrower would leave old text beside it.
		o.csi('X', c.width)
		o.text(c.text)
		o.x = unknown
		return
	}
	o.text(c.text)
	if o.x += c.width; o.x >= width {
		o.x = unknown // beyond the last column no two terminals agree
	}
}

// blank erases n cells from where the cursor is.
func (o *output) blank(n, width int) {
	o.style(pen{})
	if n > 5 {
		o.csi('X', n)
		return
	}
	o.text("     "[:n])
	if o.x += n; o.x >= width {
		o.x = unknown
	}
}

// blankRest erases the row from where the cursor is. The terminal fills with
// its current background, hence without style.
func (o *output) blankRest() {
	o.style(pen{})
	o.text("\x1b[K")
}

// scroll has the terminal move a part of it. The rows that come free are blank.
func (o *output) scroll(m move) {
	o.style(pen{})
	if m.top != o.top || m.bottom != o.bottom {
		o.csi('r', m.top+1, m.bottom)
		o.x, o.y, o.top, o.bottom = 0, 0, m.top, m.bottom
	}
	// Line feed and reverse index are known to every terminal, unlike SU and SD.
	if m.n > 0 {
		// Said in any case, so that a line feed stands nowhere but behind it.
		o.csi('H', m.bottom)
		o.x, o.y = 0, m.bottom-1
	} else {
		o.moveTo(0, m.top)
	}
	for range m.n {
		o.text("\n")
	}
	for range -m.n {
		o.text("\x1bM")
	}
}
