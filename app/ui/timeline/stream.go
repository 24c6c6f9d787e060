package timeline

import (
	"teahouse/app/chat"
	"teahouse/app/ui/screen"
)

// Flows tells whether the view follows the room's end, all of which is loaded,
// with nothing on its way, chosen or folded at it.
func (t *Timeline) Flows() bool {
	return t.follow && t.started && !t.isDetached() && len(t.pending) == 0 && t.selected == 0 && t.shown == 0 &&
		!t.isHidden(t.item(t.last()))
}

// Fresh gives the rows that new messages would have below what is shown, without
// putting them there; ok is false where they would not only be put below it, or
// are more than most rows. Flows must be true.
func (t *Timeline) Fresh(ms []*chat.Message, most int) (rows []screen.Row, ok bool) {
	defer t.cache.parser.Panics.Recover("drawing a message", func(error) { rows, ok = nil, false })
	version, n, names := t.version, len(t.entries), t.names
	newest := t.Newest()
	defer func() { t.entries, t.names, t.version = t.entries[:n], names, version }()
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
		rows = append(rows, t.ink(t.item(i), t.leadOf(i))...)
	}
	return rows, len(rows) <= most
}
