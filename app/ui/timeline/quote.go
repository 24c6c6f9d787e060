package timeline

import (
	"teahouse/app/chat"
	"teahouse/app/ui/cell"
)

// SetQuote sets where messages come from that others answer and that are not
// loaded. It must answer from memory: false where there is no such message any
// more, nil and true where it is being read; set it again when it has been.
func (t *Timeline) SetQuote(quote func(chat.MessageID) (*chat.Message, bool)) {
	t.quote = quote
	t.version++
}

// quoted begins an answer with what it answers, in one row from the column of
// the names on: from the body's it could be the end of what is above it.
func (t *Timeline) quoted(rows []string, e *entry) []string {
	id := e.replyTo()
	if id == 0 {
		return rows
	}
	c := t.columns()
	return append(rows, blanks(c.name)+t.th.Dim.Paint(cell.Clip("↪ "+t.quotation(id), t.width-c.name-1)))
}

func (t *Timeline) quotation(id chat.MessageID) string {
	m, ok := t.find(id)
	switch {
	case !ok:
		return "a message that is no longer kept"
	case m == nil:
		return "…"
	case t.hidden != nil && t.hidden(m):
		return "a message of somebody you ignore"
	}
	name := m.Name
	if m.From == t.me {
		name = "you"
	}
	if m.Deleted {
		return chat.Printable(name) + ": " + deletedText
	}
	return chat.Printable(name) + ": " + t.cache.parser.Line(m.Body)
}

// find looks for a message among what is loaded, and then elsewhere.
func (t *Timeline) find(id chat.MessageID) (*chat.Message, bool) {
	if i, ok := t.place(id); ok {
		return t.item(i).msg, true
	}
	if t.quote == nil || id < t.first {
		return nil, false
	}
	return t.quote(id)
}

// requote lays answers to a message out anew, when they are drawn: it has changed.
func (t *Timeline) requote(id chat.MessageID) {
	for i := t.laid.from; i < t.laid.to && i <= t.last(); i++ {
		if e := t.item(i); e != nil && e.replyTo() == id {
			e.layout = nil
		}
	}
}
