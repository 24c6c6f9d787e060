package timeline

import (
	"slices"

	"teahouse/app/chat"
)

// last is the index of the last item.
func (t *Timeline) last() int { return len(t.entries) + len(t.pending) }

// item gives an entry by its place among the items; nil for the line at the
// top, which is none.
func (t *Timeline) item(i int) *entry {
	switch {
	case i <= 0:
		return nil
	case i <= len(t.entries):
		return &t.entries[i-1]
	}
	return &t.pending[i-1-len(t.entries)]
}

// rowsOf lays an item out, or gives the layout that it has. Messages that are
// folded into the row of one above have no rows; all else has one at least.
func (t *Timeline) rowsOf(i int) []string {
	e := t.item(i)
	if e == nil {
		return []string{t.topRow()}
	}
	l := t.leadOf(i)
	if e.layout == nil || e.layout.lead != l || e.layout.version != t.version {
		e.layout = &layout{rows: t.lay(e, l), lead: l, version: t.version}
		t.laid = t.laid.with(i)
	}
	return e.layout.rows
}

// Rows adds the view to what stands above it, as many rows as it is high. A log
// that is shorter stands at the bottom.
func (t *Timeline) Rows(above []string) []string {
	t.settle()
	all := slices.Grow(above, t.height)[:len(above)+t.height]
	rows := all[len(above):]
	clear(rows)
	left, i, hidden := t.height, t.at, t.skip
	for ; left > 0 && i >= 0; i-- {
		part := t.marked(i)
		part = part[:len(part)-hidden]
		part = part[max(len(part)-left, 0):]
		left -= len(part)
		copy(rows[left:], part)
		hidden = 0
	}
	t.keep(span{i + 1, t.at + 1})
	return all
}

// keep drops the layouts of what is not drawn now: what was last time, and what was
// only measured.
func (t *Timeline) keep(now span) {
	for i := t.laid.from; i < t.laid.to && i <= t.last(); i++ {
		if e := t.item(i); e != nil && (i < now.from || i >= now.to) {
			e.layout = nil
		}
	}
	t.laid = now
}

// settle keeps the view within what there is: at the end while it follows,
// and full where there is enough to fill it.
func (t *Timeline) settle() {
	if t.follow {
		t.at, t.skip = t.last(), 0
		t.hold()
		return
	}
	if t.at > t.last() {
		t.at, t.skip = t.last(), 0
	}
	t.skip = max(min(t.skip, len(t.rowsOf(t.at))-1), 0)
	if _, short := t.top(); short > 0 {
		t.down(short)
	}
}

// top gives the item at the top of the view, and how many rows there are too
// few to fill it.
func (t *Timeline) top() (i, short int) {
	short = t.height + t.skip
	for i = t.at; i >= 0; i-- {
		if short -= len(t.rowsOf(i)); short <= 0 {
			return i, 0
		}
	}
	return 0, short
}

// Scroll moves the view by lines, up where they are negative.
func (t *Timeline) Scroll(lines int) {
	t.settle()
	if lines < 0 {
		t.up(-lines)
		t.follow = t.isAtEnd()
		t.settle()
		return
	}
	t.down(lines)
	t.letGo()
}

func (t *Timeline) up(n int) {
	for n > 0 {
		room := len(t.rowsOf(t.at)) - 1 - t.skip
		if n <= room || t.at == 0 {
			t.skip += min(n, room)
			return
		}
		n -= room + 1
		t.at--
		t.skip = 0
	}
}

// down follows the end from when it is reached.
func (t *Timeline) down(n int) {
	for n > 0 && !t.isAtEnd() {
		if n <= t.skip {
			t.skip -= n
			break
		}
		if t.at == t.last() {
			t.skip = 0
			break
		}
		n -= t.skip
		t.at++
		t.skip = len(t.rowsOf(t.at))
	}
	t.follow = t.isAtEnd()
}

func (t *Timeline) isAtEnd() bool {
	return t.at >= t.last() && t.skip == 0 && !t.isDetached()
}

// PageUp and PageDown move by a screen, less two lines to find one's way by.
func (t *Timeline) PageUp() { t.Scroll(-max(t.height-2, 1)) }

// PageDown is the way back of PageUp.
func (t *Timeline) PageDown() { t.Scroll(max(t.height-2, 1)) }

// ToTop goes to the oldest message that is loaded.
func (t *Timeline) ToTop() {
	t.at, t.skip, t.follow = 0, 0, false
	t.settle()
}

// ToBottom goes to the room's end and follows it. Where the end is not loaded,
// what is loaded goes, and WantsOlder asks for the end.
func (t *Timeline) ToBottom() {
	if t.isDetached() && !t.follow {
		// A page that is being read would not go with the end.
		t.entries, t.laid, t.loading = nil, span{}, false
		t.arrange()
	}
	t.follow, t.selected, t.shown = true, 0, 0
	t.settle()
}

// AtBottom tells whether the view follows the end.
func (t *Timeline) AtBottom() bool { return t.follow }

// Reached is the newest message that the view, or what is above it, shows.
func (t *Timeline) Reached() chat.MessageID {
	t.settle()
	for i := t.at; i > 0; i-- {
		if id := t.item(i).id(); id > 0 {
			return id
		}
	}
	return 0
}

// Below is how many messages of the room the view has below it.
func (t *Timeline) Below() int { return max(0, int(t.head-t.Reached())) }

// WantsOlder tells whether it is time to read the messages before an id: the
// view is about a screen from the oldest, and there are older ones.
func (t *Timeline) WantsOlder() (before chat.MessageID, ok bool) {
	if t.loading || !t.hasOlder() {
		return 0, false
	}
	oldest := t.oldest()
	if oldest == 0 {
		return t.head + 1, true
	}
	t.settle()
	i, _ := t.top()
	return oldest, i <= t.height
}

// WantsNewer tells whether it is time to read the messages after an id: some
// that the room has are not loaded, and the view comes near them.
func (t *Timeline) WantsNewer() (after chat.MessageID, ok bool) {
	newest := t.Newest()
	if t.loading || newest == 0 || !t.isDetached() {
		return 0, false
	}
	t.settle()
	return newest, t.last()-t.at <= t.height
}
