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
