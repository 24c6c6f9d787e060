package timeline

import (
	"sync"

	"teahouse/app/chat"
	"teahouse/app/ui/screen"
	"teahouse/app/ui/theme"
)

// keptRows is how many bytes of rows a Cache remembers, at most twice that.
const keptRows = 4 << 20

// Cache keeps messages as the rows that they are drawn as: the sessions of a
// replica mostly show the same ones alike. Its zero value is ready, and its
// methods may be called from many goroutines.
type Cache struct {
	mu     sync.Mutex
	lately map[look][]screen.Row
	before map[look][]screen.Row // what was lately before that
	size   int                   // of lately, in bytes
}

// look is all that the rows of a message depend on, where it is nobody's own,
// answers none, and calls nobody.
type look struct {
	msg    *chat.Message // which never changes
	theme  *theme.Theme
	width  int
	names  int // the width of the column
	zone   string
	twelve bool
	lead   lead
}

// rows gives the rows of a look, which make is asked for where they are not
// known.
func (c *Cache) rows(of look, make func() []screen.Row) []screen.Row {
	c.mu.Lock()
	rows, ok := c.lately[of]
	if !ok {
		if rows, ok = c.before[of]; ok {
			c.keep(of, rows)
		}
	}
	c.mu.Unlock()
	if ok {
		return rows
	}
	rows = make()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(of, rows)
	return rows
}

// keep remembers rows, and forgets those that nobody asked for lately. c.mu is
// held.
func (c *Cache) keep(of look, rows []screen.Row) {
	const each = 200 // for the entry itself
	for _, r := range rows {
		c.size += r.Size() + each
	}
	if c.lately == nil || c.size > keptRows {
		c.before, c.lately, c.size = c.lately, map[look][]screen.Row{}, 0
	}
	c.lately[of] = rows
}

// isShared tells whether others may see an entry just as this session does.
func (t *Timeline) isShared(e *entry, l lead) bool {
	if t.cache == nil || e.kind != kindMessage || l.folded != 0 {
		return false
	}
	m := e.msg
	return m.From != t.me && m.ReplyTo == 0 && len(m.Mentions) == 0 && len(m.Reactions) == 0
}

// ink lays an entry out with what draws it.
func (t *Timeline) ink(e *entry, l lead) []screen.Row {
	if t.isShared(e, l) {
		return t.sharedRows(e, l)
	}
	return t.freshRows(e, l)
}

// sharedRows lays out a message that is shared.
func (t *Timeline) sharedRows(e *entry, l lead) []screen.Row {
	of := look{e.msg, t.pens.theme, t.width, t.names, t.loc.String(), t.twelve, l}
	return t.cache.rows(of, func() []screen.Row { return t.freshRows(e, l) })
}

func (t *Timeline) freshRows(e *entry, l lead) []screen.Row {
	texts := t.draw(e, l)
	rows := make([]screen.Row, len(texts))
	for i, text := range texts {
		rows[i] = screen.NewRow(text, t.width)
	}
	return rows
}

// lay lays an item out as text. One that cannot be is said to be there: it must
// not end the screen of everybody who comes to see it, each time they come.
func (t *Timeline) lay(e *entry, l lead) (texts []string) {
	defer t.parser.Panics.Recover("drawing a message", func(error) {
		texts = []string{t.centred(t.pens.dim, "— something here cannot be shown —")}
	})
	if !t.isShared(e, l) {
		return t.draw(e, l)
	}
	rows := t.sharedRows(e, l)
	texts = make([]string, len(rows))
	for i, r := range rows {
		texts[i] = r.Text
	}
	return texts
}
