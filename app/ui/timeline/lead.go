package timeline

import "time"

// groupSpan is how long a pause may be within one author's group.
const groupSpan = 5 * time.Minute

// lead is what stands before an entry because of the one above it.
type lead struct {
	day    bool // the line of a new day
	rule   bool // the "new" rule
	time   bool
	author bool
	folded int // of a hidden message: how many it stands for, or inFold
}

// rows counts the rows that stand above the entry itself.
func (l lead) rows() (n int) {
	if l.day {
		n++
	}
	if l.rule {
		n++
	}
	return n
}

// inFold is said of a hidden message for which one above stands.
const inFold = -1

// leadOf works out the lead of an item that is an entry or pending.
func (t *Timeline) leadOf(i int) lead {
	e, above, timed := t.item(i), t.item(i-1), t.timedAbove(i)
	var l lead
	if e.day != 0 {
		l.day = timed == nil || timed.day != e.day
		l.rule = t.beginsNew(i)
		l.time = l.day || l.rule || timed.minute != e.minute
	}
	l.author = l.day || l.rule || !t.isGroup(above, e)
	if t.isHidden(e) {
		l.folded = t.fold(i, l)
	}
	return l
}

// timedAbove is the nearest item above that has a time.
func (t *Timeline) timedAbove(i int) *entry {
	for i--; i > 0; i-- {
		if e := t.item(i); e.day != 0 {
			return e
		}
	}
	return nil
}

// beginsNew tells whether the "new" rule stands above the item.
func (t *Timeline) beginsNew(i int) bool {
	id := t.item(i).id()
	if t.newAfter == 0 || id <= t.newAfter {
		return false
	}
	if id == t.newAfter+1 {
		return true
	}
	for i--; i > 0; i-- {
		if above := t.item(i).id(); above > 0 {
			return above <= t.newAfter
		}
	}
	return false
}

// isGroup tells whether an item goes on with what the one above says. It does
// not when the author has another name by now, which would go unseen.
func (t *Timeline) isGroup(above, e *entry) bool {
	if above == nil || !above.isSaid() || !e.isSaid() || above.from(t.me) != e.from(t.me) || above.name() != e.name() || e.replyTo() != 0 {
		return false
	}
	return e.kind == kindPending || e.at().Sub(above.at()) < groupSpan
}
