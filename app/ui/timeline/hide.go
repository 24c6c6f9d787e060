package timeline

import (
	"fmt"
	"slices"

	"teahouse/app/chat"
)

// SetTraffic sets whether comings and goings are told. Those that are not told
// are not kept either.
func (t *Timeline) SetTraffic(told bool) {
	t.noTraffic = !told
	if told {
		return
	}
	t.laid = t.all()
	at := t.at
	for i := range min(at, len(t.entries)) {
		if t.entries[i].isTraffic() {
			t.at--
		}
	}
	t.entries = slices.DeleteFunc(t.entries, func(e entry) bool { return e.isTraffic() })
}

func (e *entry) isTraffic() bool { return e.kind == kindNotices && isTraffic(e.extra.notices[0]) }

// SetHidden sets which messages are not shown. A row tells of them, one for
// those that stand together. The function is asked often, and must answer
// from memory.
func (t *Timeline) SetHidden(hidden func(*chat.Message) bool) {
	t.hidden = hidden
	t.version++
}

func (t *Timeline) isHidden(e *entry) bool {
	return t.hidden != nil && e != nil && e.kind == kindMessage && t.hidden(e.msg)
}

// fold tells for how many hidden messages an item stands that is one: those
// below it up to another day or the "new" rule.
func (t *Timeline) fold(i int, l lead) int {
	if !l.day && !l.rule && t.isHidden(t.item(i-1)) {
		return inFold
	}
	n, day := 1, t.item(i).day
	for i++; i <= len(t.entries); i++ {
		e := t.item(i)
		if !t.isHidden(e) || e.day != day || t.beginsNew(i) {
			break
		}
		n++
	}
	return n
}

// hiddenRow tells of hidden messages, as of what happened.
func (t *Timeline) hiddenRow(rows []string, e *entry, l lead) []string {
	text := "a message of somebody you ignore"
	if l.folded > 1 {
		text = fmt.Sprintf("%d messages of people you ignore", l.folded)
	}
	return t.told(rows, e, l, text)
}
