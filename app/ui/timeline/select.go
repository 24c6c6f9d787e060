package timeline

import (
	"teahouse/app/chat"
)

// selectMark stands at the left of the message that is selected or was gone to.
const selectMark = "▌"

// Select selects the message of the id and brings it into view; 0, and an id
// that is not loaded or whose message is gone, select nothing.
func (t *Timeline) Select(id chat.MessageID) {
	t.settle()
	t.selected, t.shown = 0, 0
	if i, ok := t.place(id); ok && t.isSelectable(i) {
		t.selected = id
		t.reveal(i)
	}
}

// Selected gives the message that is selected, as it is now.
func (t *Timeline) Selected() (*chat.Message, bool) {
	i, ok := t.place(t.selected)
	if !ok || !t.isSelectable(i) {
		return nil, false
	}
	return t.item(i).msg, true
}

// SelectUp selects the message above the selected one or, where none is, the
// last one in view.
func (t *Timeline) SelectUp() {
	t.settle()
	from, ok := t.place(t.selected)
	if !ok {
		from = t.at + 1
	}
	for i := from - 1; i > 0; i-- {
		if t.isSelectable(i) {
			t.Select(t.item(i).id())
			return
		}
	}
	t.Scroll(-1)
}

// SelectDown selects the message below the selected one; below the last, none.
func (t *Timeline) SelectDown() {
	from, ok := t.place(t.selected)
	for i := from + 1; ok && i <= len(t.entries); i++ {
		if t.isSelectable(i) {
			t.Select(t.item(i).id())
			return
		}
	}
	t.Select(0)
}

func (t *Timeline) isSelectable(i int) bool {
	e := t.item(i)
	return e.kind == kindMessage && !e.msg.Deleted && !t.isHidden(e)
}

// Show replaces what is loaded by a page and brings the message of the id, or
// the next one that the page has, into the middle of the view, marked until
// Unmark. The view does not follow the end, unless that is what it shows.
func (t *Timeline) Show(page chat.Page, id chat.MessageID) {
	t.entries, t.laid = nil, span{}
	t.started, t.loading, t.first = true, false, page.First
	for _, m := range page.Messages {
		t.add(t.messageEntry(m))
	}
	t.head = max(t.head, page.Head.ID, t.Newest())
	t.arrange()
	t.selected, t.shown = 0, 0
	for i := 1; i <= len(t.entries); i++ {
		if got := t.item(i).id(); got >= id {
			t.shown = got
			t.centre(i)
			return
		}
	}
	t.centre(len(t.entries))
}

// Shown gives the id that Show has marked; 0 where nothing is.
func (t *Timeline) Shown() chat.MessageID { return t.shown }

// Unmark takes the mark of Show away.
func (t *Timeline) Unmark() { t.shown = 0 }

// place finds the item of a message that is loaded.
func (t *Timeline) place(id chat.MessageID) (i int, ok bool) {
	if id == 0 {
		return 0, false
	}
	for i := len(t.entries); i > 0; i-- {
		if got := t.entries[i-1].id(); got == id {
			return i, true
		} else if got != 0 && got < id {
			break
		}
	}
	return 0, false
}

// hold stops following the end when that would take the selected message out
// of view.
func (t *Timeline) hold() {
	if i, ok := t.place(max(t.selected, t.shown)); ok && !t.isInView(i) {
		t.reveal(i)
	}
}

// letGo forgets the selection where the view has been taken to the end without
// it, or it would come back.
func (t *Timeline) letGo() {
	if i, ok := t.place(max(t.selected, t.shown)); ok && t.follow && !t.isInView(i) {
		t.selected, t.shown = 0, 0
	}
}

// isInView tells whether the first row of an item can be seen.
func (t *Timeline) isInView(i int) bool { return i <= t.at && t.over(i) <= 0 }

// over counts the rows, from the first of an item to the end of the view, that
// are too many for the view. It does not count on beyond another view.
func (t *Timeline) over(i int) int {
	n := -t.skip - t.height
	for j := t.at; j >= i && n <= t.height; j-- {
		n += len(t.rowsOf(j))
	}
	return n
}

// reveal moves the view as little as it takes to show an item, or brings one
// that is far into the middle.
func (t *Timeline) reveal(i int) {
	if i >= t.at {
		t.at, t.skip = i, 0
	}
	switch over := t.over(i); {
	case over > t.height:
		t.centre(i)
		return
	case over > 0:
		t.up(over)
	}
	t.follow = t.isAtEnd()
	t.settle()
}

// centre brings an item into the middle of the view; of one that is higher than
// the view, the beginning.
func (t *Timeline) centre(i int) {
	t.at, t.skip, t.follow = i, 0, false
	if over := len(t.rowsOf(i)) - t.height; over > 0 {
		t.skip = over
	} else {
		t.down(-over / 2)
	}
	t.settle()
}

// marked is the rows of an item as they are seen: those of the selected message
// have a bar at the left, for which all messages leave a cell free.
func (t *Timeline) marked(i int) []string {
	rows := t.rowsOf(i)
	e := t.item(i)
	if e == nil || e.id() == 0 || e.id() != t.selected && e.id() != t.shown {
		return rows
	}
	pen := t.th.Accent
	if e.id() == t.shown {
		pen = t.th.Warning
	}
	marked, l := append([]string(nil), rows...), e.layout.lead
	for y := l.rows(); y < len(rows); y++ {
		marked[y] = pen.Paint(selectMark) + rows[y][1:]
	}
	return marked
}
