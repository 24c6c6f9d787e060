package timeline

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
	"teahouse/app/ui/markup"
	"teahouse/app/ui/theme"
)

// narrow is the width below which authors and times stand on a line of their
// own, above what was said.
const narrow = 40

// columns says where things stand. What people write stands from the body's
// column on, in every row but the first of an action; left of it only the house
// begins anything: names, times, "·", "*" and "↪". So nobody can write what
// looks like another's words, or like the house's, without colours too.
type columns struct {
	stacked bool // time and name are above the body and not beside it
	name    int  // where the name begins
	names   int  // how wide it may be
	body    int  // where the body begins
	text    int  // how wide it may be; one cell at the right stays free
}

func (t *Timeline) columns() columns {
	clock := t.clockWidth()
	c := columns{name: 1, body: 3, stacked: true, names: t.width - clock - 3}
	switch {
	case t.width >= 60:
		c = columns{name: clock + 3, names: t.nameWidth(10 + t.width/50*2)}
		c.body = c.name + c.names + 2
	case t.width >= narrow:
		c = columns{name: clock + 2, names: t.nameWidth(8)}
		c.body = c.name + c.names + 1
	}
	c.text = t.width - c.body - 1
	return c
}

// nameWidth is as wide as the longest name, within bounds.
func (t *Timeline) nameWidth(most int) int { return min(max(t.names, 6), most) }

// seeName makes room for a name. The column only grows, for each change moves
// everything.
func (t *Timeline) seeName(name string) {
	if len(name) <= t.names {
		return
	}
	if w := ansi.StringWidth(name); w > t.names {
		t.names = w
		t.version++
	}
}

// said is a message on its way to rows.
type said struct {
	kind   chat.Kind
	time   string // "" where it is not shown
	name   string // "" where it is not shown
	full   string // the author's name, whether shown or not
	before string // what the body begins with
	body   string
	plain  bool // the body is the house's, without markup
	fromMe bool
	text   theme.Pen
	author theme.Pen
	mark   theme.Pen // of the time
}

func (t *Timeline) said(rows []string, s said) []string {
	c := t.columns()
	if s.kind == chat.KindAction {
		return t.action(rows, s, c)
	}
	head := t.margin(s, c)
	if c.stacked && s.name != "" {
		rows, head = append(rows, head), blanks(c.body)
	}
	for _, row := range t.paint(s, c.text) {
		rows = append(rows, head+row)
		head = blanks(c.body)
	}
	return rows
}

// margin is what stands left of the body, or above it.
func (t *Timeline) margin(s said, c columns) string {
	name := chat.Printable(s.name)
	switch {
	case !c.stacked && s.time == "" && name == "":
		return blanks(c.body)
	case !c.stacked:
		name, pad := fit(name, c.body-c.name, c.names)
		return t.time(s, c) + s.author.Paint(name) + pad
	case name == "":
		return blanks(c.body)
	}
	name = ansi.Truncate(name, c.names, "…")
	return " " + s.author.Paint(name) + " " + s.mark.Paint(strings.TrimSpace(s.time))
}

// time is the column of the time.
func (t *Timeline) time(s said, c columns) string {
	if s.time == "" {
		return blanks(c.name)
	}
	return " " + s.mark.Paint(s.time) + blanks(c.name-1-t.clockWidth())
}

// action draws "* alice waves", from the column of the names on.
func (t *Timeline) action(rows []string, s said, c columns) []string {
	s.before = chat.Printable(s.full)
	head := blanks(c.name)
	if !c.stacked {
		head = t.time(s, c)
	}
	head += s.author.Paint("* ")
	painted := t.paint(s, t.width-c.name-3)
	if len(painted) > 1 {
		painted = t.paint(s, c.text)
	}
	for _, row := range painted {
		rows = append(rows, head+row)
		head = blanks(c.body)
	}
	return rows
}

// paint gives what was said as rows.
func (t *Timeline) paint(s said, width int) []string {
	if s.plain {
		rows := markup.Wrap(s.body, width)
		for i := range rows {
			rows[i] = s.text.Paint(rows[i])
		}
		return rows
	}
	return t.painter.Rows(s.body, markup.Options{
		Width: width, Me: t.name, Pen: s.text, Quiet: s.fromMe, Before: s.before, BeforePen: s.author,
	})
}
