package timeline

import (
	"slices"

	"teahouse/app/chat"
)

// LastOwn gives the newest message of one's own that is loaded and not
// deleted.
func (t *Timeline) LastOwn() (*chat.Message, bool) {
	for _, e := range slices.Backward(t.entries) {
		if e.id() > 0 && e.msg.From == t.me && !e.msg.Deleted {
			return e.msg, true
		}
	}
	return nil, false
}

// Head is the newest message of the room that the timeline has heard of.
func (t *Timeline) Head() chat.MessageID { return t.head }

// ToNew goes to where the new messages of others begin, unless all of them can
// be seen at the end. It tells whether that place is loaded.
func (t *Timeline) ToNew() (loaded bool) {
	for i := range t.entries {
		id := t.entries[i].id()
		switch {
		case id == 0 || id <= t.newAfter:
		case id > t.newAfter+1 && i == 0 && t.hasOlder():
			return false
		case t.entries[i].msg.From != t.me:
			t.raise(i + 1)
			return true
		}
	}
	return true
}

// raise brings an item to the top of the view, as far as what is below it fills
// the rest.
func (t *Timeline) raise(i int) {
	t.at, t.skip, t.follow = i, 0, false
	t.down(max(t.height-len(t.rowsOf(i)), 0))
	t.settle()
}

// Dismiss takes away the lines of a kind that only this session sees.
func (t *Timeline) Dismiss(kind string) {
	for i := len(t.entries) - 1; i >= 0; i-- {
		if e := &t.entries[i]; e.kind == kindInfo && e.extra.kind == kind {
			t.entries = slices.Delete(t.entries, i, i+1)
			if t.at > i {
				t.at--
			}
			t.laid = t.all()
		}
	}
}
