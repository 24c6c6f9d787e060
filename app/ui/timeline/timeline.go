// Package timeline shows the log of one room: messages in their groups and
// days, what happened between them, and what is still on its way.
//
// It draws only what is visible, and remembers only that as drawn.
package timeline

import (
	"slices"
	"time"

	"teahouse/app/chat"
	"teahouse/app/ui/markup"
	"teahouse/app/ui/theme"
)

// How many entries are kept loaded: few while the view follows the end, for
// there are many sessions and most do; more while somebody reads what was.
// Beyond, a quarter more is tolerated, so that dropping is rare; the few and the
// quarter are less than the 256 that a slice has room for after the 128.
const (
	keepFollowing = 200
	keepReading   = 2000
)

// Timeline is the view of one room for one session. It belongs to one goroutine.
//
// Its items are, from the top: the line above the oldest entry, the entries,
// and the messages that are pending. The view ends at the bottom with item
// at, of which the last skip rows are hidden.
type Timeline struct {
	th      *theme.Theme
	painter *markup.Painter
	cache   *Cache
	loc     *time.Location
	me      chat.UserID
	name    string // of me
	title   string // of the room

	width, height int
	names         int // the longest author's name that was seen
	version       int // of everything that all layouts depend on

	twelve    bool // the clock has twelve hours
	noTraffic bool // comings and goings are not told
	hidden    func(*chat.Message) bool
	quote     func(chat.MessageID) (*chat.Message, bool)

	entries  []entry
	pending  []entry
	sent     []chat.Pending
	newAfter chat.MessageID
	first    chat.MessageID // the oldest that storage keeps, where known
	head     chat.MessageID // the newest of the room, loaded or not
	started  bool           // something was read, be it nothing
	loading  bool

	follow bool
	at     int
	skip   int
	laid   span // beyond it no item has a layout

	selected chat.MessageID // 0: none
	shown    chat.MessageID // the one that Show went to; 0: none
}

// span is a range of items.
type span struct{ from, to int }

// with is the span and an item, and what is between.
func (s span) with(i int) span {
	if s.from == s.to {
		return span{i, i + 1}
	}
	return span{min(s.from, i), max(s.to, i+1)}
}

// all is every item.
func (t *Timeline) all() span { return span{0, t.last() + 1} }

// New makes an empty timeline as the user me sees it, with the times of loc. It
// takes from the cache what others have made.
func New(th *theme.Theme, loc *time.Location, me chat.UserID, cache *Cache) *Timeline {
	t := &Timeline{loc: loc, me: me, width: 80, height: 24, follow: true, cache: cache}
	t.SetTheme(th)
	return t
}

// SetSize sets the size in cells.
func (t *Timeline) SetSize(width, height int) {
	if width != t.width {
		t.version++
	}
	t.width, t.height = max(width, 4), max(height, 0)
}

// SetTheme sets the colours.
func (t *Timeline) SetTheme(th *theme.Theme) {
	t.th, t.painter = th, t.cache.painter(th)
	t.version++
}

// SetMe sets the user's own name, for mentions.
func (t *Timeline) SetMe(name string) {
	if name != t.name {
		t.name = name
		t.version++
	}
}

// SetTitle sets the room's title, for the line at the beginning.
func (t *Timeline) SetTitle(title string) { t.title = title }

// SetNew puts the "new" rule behind the message of the id; 0 takes it away.
func (t *Timeline) SetNew(after chat.MessageID) { t.newAfter = after }

// SetLoading says that older or newer messages are being read; the next
// Prepend or Extend ends that too.
func (t *Timeline) SetLoading(loading bool) { t.loading = loading }

// Reset forgets everything that was loaded.
func (t *Timeline) Reset() {
	t.entries, t.pending, t.sent = nil, nil, nil
	t.first, t.head, t.newAfter = 0, 0, 0
	t.started, t.loading, t.follow = false, false, true
	t.names, t.laid = 0, span{}
	t.selected, t.shown = 0, 0
}

// Append puts live messages at the end, and those that are there already in the
// place of what they were. Those that do not continue what is loaded are left
// for WantsNewer.
func (t *Timeline) Append(ms []*chat.Message) {
	t.started = true
	for _, m := range ms {
		newest := t.Newest()
		switch {
		case m.ID <= newest:
			t.replace(m)
		case m.ID == newest+1, newest == 0 && m.ID > t.head:
			t.add(t.messageEntry(m))
		}
		t.head = max(t.head, m.ID)
	}
	t.arrange()
	t.trim()
}

// replace shows a message as it is now, where it is loaded, and in what answers
// it.
func (t *Timeline) replace(m *chat.Message) {
	t.requote(m.ID)
	for i := len(t.entries) - 1; i >= 0; i-- {
		e := &t.entries[i]
		if id := e.id(); id == m.ID {
			e.msg, e.layout = m, nil
		} else if id == 0 || id > m.ID {
			continue
		}
		return
	}
}

// Renew takes the newest messages as they are now, after changes were missed.
// A view that follows the end drops what is older, which may have changed too,
// and reads it again when somebody goes there; one that is being read keeps it.
func (t *Timeline) Renew(ms []*chat.Message) {
	switch {
	case !t.follow || len(ms) == 0:
	case ms[0].ID > t.Newest()+1:
		t.Reset()
	default:
		i := slices.IndexFunc(t.entries, func(e entry) bool { return e.id() >= ms[0].ID })
		if i > 0 {
			t.entries = slices.Clone(t.entries[i:])
			t.shift(-i)
		}
	}
	t.Append(ms)
}

// Extend puts a page from storage at the end, as the answer to WantsNewer. What
// it does not have, right behind what is loaded, is kept no more, and a line
// says so.
func (t *Timeline) Extend(page chat.Page) {
	t.loading, t.first = false, page.First
	newest := t.Newest()
	i := slices.IndexFunc(page.Messages, func(m *chat.Message) bool { return m.ID > newest })
	if i < 0 {
		t.head = newest
		return
	}
	fresh := page.Messages[i:]
	if missing := fresh[0].ID - newest - 1; newest > 0 && missing > 0 {
		if page.First < fresh[0].ID {
			return // it was asked for behind what storage lost since
		}
		t.add(entry{kind: kindGap, extra: &extra{missing: int(missing)}})
	}
	for _, m := range fresh {
		t.add(t.messageEntry(m))
	}
	t.head = max(t.head, page.Head.ID, t.Newest())
	t.arrange()
	t.trim()
}

// Prepend puts a page of older messages, as the answer to WantsOlder, above
// what is there, and leaves the view where it is.
func (t *Timeline) Prepend(page chat.Page) {
	t.started, t.loading = true, false
	oldest := t.oldest()
	if n := len(page.Messages); n > 0 && oldest > 0 && page.Messages[n-1].ID != oldest-1 {
		return // it was asked for above what has been dropped since
	}
	t.first = page.First
	var older []entry
	for _, m := range page.Messages {
		if oldest == 0 || m.ID < oldest {
			older = append(older, t.messageEntry(m))
		}
	}
	if len(older) == 0 {
		t.first = max(t.first, oldest) // or it would be asked for for ever
		return
	}
	t.entries = append(older, t.entries...)
	t.head = max(t.head, t.Newest())
	t.shift(len(older))
	t.trim()
}

// Rewind takes back what is newer than the message of the id: storage has
// lost it.
func (t *Timeline) Rewind(to chat.MessageID) {
	t.laid = t.all()
	t.entries = slices.DeleteFunc(t.entries, func(e entry) bool { return e.id() > to })
	t.head = min(t.head, to)
	if max(t.selected, t.shown) > to {
		t.selected, t.shown = 0, 0
	}
	if t.first > to {
		t.first = 0 // a log that begins anew may keep all of it
	}
	t.arrange()
}

// SetPending replaces the messages of one's own that are on their way.
func (t *Timeline) SetPending(ps []chat.Pending) {
	t.sent = ps
	t.arrange()
}

// arrange lists the pending messages that the log does not show yet.
func (t *Timeline) arrange() {
	newest := t.Newest()
	t.pending = t.pending[:0]
	for i := range t.sent {
		if p := &t.sent[i]; p.Posted == 0 || p.Posted > newest {
			t.pending = append(t.pending, entry{kind: kindPending, extra: &extra{pending: p}})
		}
	}
}

func (t *Timeline) add(e entry) { t.entries = append(t.entries, e) }

// Newest is the newest message that is loaded; 0 where there is none.
func (t *Timeline) Newest() chat.MessageID {
	for i := len(t.entries) - 1; i >= 0; i-- {
		if id := t.entries[i].id(); id > 0 {
			return id
		}
	}
	return 0
}

func (t *Timeline) oldest() chat.MessageID {
	for i := range t.entries {
		if id := t.entries[i].id(); id > 0 {
			return id
		}
	}
	return 0
}

// isDetached tells whether the room has newer messages than are loaded.
func (t *Timeline) isDetached() bool { return t.head > t.Newest() }

// hasOlder tells whether storage has, or may have, older ones.
func (t *Timeline) hasOlder() bool {
	oldest := t.oldest()
	return oldest > max(t.first, 1) || oldest == 0 && t.head > 0
}

// trim drops what is farthest from the view when too much is loaded.
func (t *Timeline) trim() {
	keep := keepReading
	if t.follow {
		// Less than some screens would be wanted again as soon as dropped.
		keep = max(keepFollowing, 4*t.height)
	}
	if len(t.entries) <= keep+keep/4 {
		return
	}
	if over := len(t.entries) - keep; t.follow || t.at > len(t.entries)/2 {
		t.entries = slices.Delete(t.entries, 0, over)
		t.shift(-over)
	} else {
		t.entries = slices.Delete(t.entries, keep, len(t.entries))
	}
	if cap(t.entries) > 4*keep {
		t.entries = slices.Clone(t.entries) // there was more to read
	}
}

// shift corrects what points at entries after n were put, or for a negative n
// were dropped, above them.
func (t *Timeline) shift(n int) {
	t.at = max(t.at+n, 0)
	t.laid.from, t.laid.to = max(t.laid.from+n, 0), max(t.laid.to+n, 0)
}
