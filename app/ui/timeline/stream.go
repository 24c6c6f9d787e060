package timeline

import (
	"slices"

	"teahouse/app/chat"
	"teahouse/app/ui/screen"
)

// Flows tells whether the view follows the room's end, all of which is loaded,
// with nothing on its way, chosen or folded at it.
func (t *Timeline) Flows() bool {
	return t.follow && t.started && !t.isDetached() && len(t.pending) == 0 && t.selected == 0 && t.shown == 0 &&
		!t.isHidden(t.item(t.last()))
}

// Stream appends new messages, and gives the rows that they have below what was
// shown. Where they would not only be put below it, or are more than most rows,
// nothing is done, and ok is false. Flows must be true.
func (t *Timeline) Stream(ms []*chat.Message, most int) (rows []screen.Row, ok bool) {
	version, n, names := t.version, len(t.entries), t.names
	newest := t.Newest()
	defer func() {
		if !ok {
			t.entries, t.names, t.version = t.entries[:n], names, version
		}
	}()
	defer t.cache.parser.Panics.Recover("drawing a message", func(error) { rows, ok = nil, false })
	for i, m := range ms {
		if m.ID != newest+chat.MessageID(i)+1 {
			return nil, false
		}
		t.add(t.messageEntry(m))
	}
	if t.version != version {
		return nil, false // another name has made all of it move
	}
	for i := n + 1; i <= len(t.entries); i++ {
		part := t.ink(t.item(i), t.leadOf(i))
		if rows == nil {
			rows = slices.Clip(part) // which is all, most of the time, and shared
			continue
		}
		if i == n+2 {
			rows = append(make([]screen.Row, 0, len(rows)+len(part)+len(t.entries)-i), rows...)
		}
		rows = append(rows, part...)
	}
	if len(rows) > most {
		return nil, false
	}
	t.head = max(t.head, t.Newest())
	t.trim()
	return rows, true
}
