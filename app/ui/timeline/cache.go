package timeline

import (
	"sync"

	"teahouse/app/chat"
	"teahouse/app/ui/markup"
	"teahouse/app/ui/screen"
	"teahouse/app/ui/theme"
	"teahouse/internal/recent"
)

// keptRows is how many bytes of rows, and of the messages that they are of, a
// Cache remembers, at most twice that.
const keptRows = 4 << 20

// Cache keeps messages as the rows that they are drawn as, and what draws them:
// the sessions of a replica mostly show the same ones alike, in few themes, which
// they share, too. Its methods may be called from many goroutines.
type Cache struct {
	parser *markup.Parser
	rows   *recent.Cache[look, []screen.Row]

	mu       sync.Mutex
	painters map[*theme.Theme]*markup.Painter
}

// NewCache makes an empty cache of texts as the parser reads them.
func NewCache(parser *markup.Parser) *Cache {
	return &Cache{parser: parser, rows: recent.New[look](keptRows, sizeOf), painters: map[*theme.Theme]*markup.Painter{}}
}

// painter gives that of a theme.
func (c *Cache) painter(th *theme.Theme) *markup.Painter {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.painters[th] == nil {
		c.painters[th] = markup.New(th, c.parser)
	}
	return c.painters[th]
}

// sizeOf is how many bytes rows take, and the message that their key holds: who
// reads history has a copy of its own.
func sizeOf(of look, rows []screen.Row) (size int) {
	const entry, each = 600, 200 // for what has no text
	size = entry + len(of.msg.Body) + len(of.msg.Name)
	for _, r := range rows {
		size += r.Size() + each
	}
	return size
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

// isShared tells whether others may see an entry just as this session does.
func (t *Timeline) isShared(e *entry, l lead) bool {
	if e.kind != kindMessage || l.folded != 0 {
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
	of := look{e.msg, t.th, t.width, t.names, t.loc.String(), t.twelve, l}
	return t.cache.rows.Get(of, func() []screen.Row { return t.freshRows(e, l) })
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
	defer t.cache.parser.Panics.Recover("drawing a message", func(error) {
		texts = []string{t.centred(t.th.Dim, "— something here cannot be shown —")}
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
