package screen

import (
	"teahouse/internal/paper"
	"teahouse/internal/recent"
)

// Row is a row of a Frame and what draws it where nothing is, made once for all
// the terminals of a width that show it.
type Row struct {
	Text string
	ink  ink
}

// ink is what draws a row from its first column on, and where that leaves the
// cursor. It begins and ends without style.
type ink struct {
	bytes []byte
	x     int
}

// NewRow makes a Row for terminals of the width.
func NewRow(text string, width int) Row { return Row{text, newInk(text, width)} }

func newInk(text string, width int) ink {
	var o output
	o.row(span{to: width, width: width}, "", tidy(text))
	o.style(pen{})
	return ink{o.buf, o.x}
}

// keptInks is how much of what draws rows is remembered, in bytes, at most twice
// that.
const keptInks = 256 << 10

// Inks remember what draws the rows that terminals have shown lately where nothing
// was, for those that come to show the same: on a first screen that is nearly all.
// And they lend paper, which a screen needs while it draws. Their methods may be
// called from many goroutines.
type Inks struct {
	of    *recent.Cache[inkOf, ink]
	paper paper.Stack
}

type inkOf struct {
	text  string
	width int
}

// NewInks makes Inks that remember nothing yet.
func NewInks() *Inks {
	return &Inks{of: recent.New(keptInks, func(of inkOf, i ink) int { return len(of.text) + len(i.bytes) })}
}

func (n *Inks) get(text string, width int) ink {
	return n.of.Get(inkOf{text, width}, func() ink { return newInk(text, width) })
}

// Size is how many bytes the row takes.
func (r Row) Size() int { return len(r.Text) + len(r.ink.bytes) }

// ink draws a row from its first column on, where the cursor is.
func (o *output) ink(i ink) {
	o.buf = append(o.buf, i.bytes...)
	o.x = i.x
}

// patch is what changes cells anywhere on a screen, and where it leaves the
// cursor. It begins and ends without style.
type patch struct {
	bytes []byte
	x, y  int
}

func (o *output) patch(p patch) {
	if len(p.bytes) == 0 {
		return
	}
	o.style(pen{})
	o.buf = append(o.buf, p.bytes...)
	o.x, o.y = p.x, p.y
}
