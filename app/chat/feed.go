package chat

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Feed is a replica's view of one room: the tail of its newest messages, its
// roll, and whom to wake. One feed serves all sessions of the replica; each
// follows it with a Cursor of its own, so that nobody waits for anybody.
//
// The tail has no holes: whatever does not fit onto its end makes the feed
// stale, and the hub reads what is missing from storage.
type Feed struct {
	id RoomID

	mu      sync.Mutex
	loaded  bool
	room    Room
	tail    []*Message  // ascending, without holes
	head    Position    // of the newest message known, also of an empty tail
	first   MessageID   // the oldest message that storage keeps
	rewinds []MessageID // for each rewind of the log, the last message that survived
	roll    Roll
	notices []Notice
	noticed int // how many notices there ever were
	readers map[*Session]struct{}

	gathering bool // a timer will wake the readers
	syncing   bool // a goroutine of the hub reads from storage
	stale     bool // it has to read (again)
}

// Notice is something that happened in a room and is not part of its log.
type Notice struct {
	At   time.Time
	Turn Turn
	User UserID
	Name string
	Was  string // the name before, of a TurnName
	Text string // the topic, of a TurnTopic
}

func newFeed(id RoomID) *Feed {
	return &Feed{id: id, readers: map[*Session]struct{}{}}
}

// append adds a message that came by wire. It reports false when the message
// does not continue the tail, so that storage has to be asked.
func (f *Feed) append(m *Message) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case !f.loaded:
		return false
	case f.has(m.Position()):
		return true
	case !f.continuedBy(m):
		return false
	}
	f.extend(m)
	f.wakeLocked()
	return true
}

// index is where the message of an id stands, or would stand, in the tail.
func (f *Feed) index(id MessageID) int {
	return int(id-f.head.ID) + len(f.tail) - 1
}

// has tells whether the tail goes through the position.
func (f *Feed) has(p Position) bool {
	if p == f.head {
		return true
	}
	i := f.index(p.ID)
	return i >= 0 && i < len(f.tail) && f.tail[i].Key == p.Key
}

func (f *Feed) continuedBy(m *Message) bool {
	return m.ID == f.head.ID+1 && m.Prev == f.head.Key
}

// extend puts messages behind the tail's end and drops what exceeds the limit.
func (f *Feed) extend(ms ...*Message) {
	if len(ms) == 0 {
		return
	}
	f.tail = append(f.tail, ms...)
	f.head = ms[len(ms)-1].Position()
	if over := len(f.tail) - TailLimit; over > TailLimit/2 {
		f.tail = slices.Clone(f.tail[over:])
	}
}

// fit says how a page read from behind the tail's end goes with the tail.
type fit int

const (
	fitDone fit = iota // nothing is missing any more
	fitMore            // there are more pages
	fitGap             // what comes next is not kept any more
	fitTorn            // the tail has what the log has not: the log was rewound
)

// fill takes a page that was read from behind the position from, where the
// tail ended then; news may have moved the end on since.
func (f *Feed) fill(from Position, p Page) fit {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.first = p.First
	fresh := p.Messages
	for len(fresh) > 0 && f.has(fresh[0].Position()) {
		fresh = fresh[1:]
	}
	switch {
	case p.Head.ID < from.ID || f.contradicts(p.Head):
		return fitTorn
	case len(fresh) > 0 && fresh[0].ID > f.head.ID+1:
		return fitGap
	case len(fresh) > 0 && !f.continuedBy(fresh[0]):
		return fitTorn
	}
	f.extend(fresh...)
	switch {
	case f.has(p.Head):
		return fitDone
	case len(fresh) > 0:
		return fitMore
	}
	return fitGap
}

// contradicts tells whether the tail has another message at the position.
func (f *Feed) contradicts(p Position) bool {
	i := f.index(p.ID)
	return !f.has(p) && (p.ID == f.head.ID || i >= 0 && i < len(f.tail))
}

// reset replaces the tail, which ended at from when the page was read, with
// the newest page of the log. Where the two do not agree, or are known to be
// torn, the log was rewound, and cursors learn up to where; where the page is
// all news, nothing that was shown is sure to have survived.
func (f *Feed) reset(from Position, p Page, torn bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.first = p.First
	common, agree := f.overlap(p)
	agree = agree && !torn && p.Head.ID >= from.ID
	if f.loaded && agree && f.has(p.Head) {
		return
	}
	if f.loaded && !agree {
		f.rewinds = append(f.rewinds, common)
	}
	f.tail = nil
	f.extend(p.Messages...)
	f.head = p.Head
}

// overlap finds the newest message that the tail and the page share. agree is
// true when no message of the tail contradicts the page.
func (f *Feed) overlap(p Page) (common MessageID, agree bool) {
	agree = true
	for _, m := range slices.Backward(p.Messages) {
		i := f.index(m.ID)
		if i < 0 || i >= len(f.tail) {
			continue
		}
		if f.tail[i].Key == m.Key {
			return m.ID, agree
		}
		agree = false
	}
	return 0, agree
}

// behind tells whether storage has what the feed has not, given where the
// feed stood before the mark was read: it may rightly have got ahead since.
func (f *Feed) behind(before, m Mark) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.loaded && (m.Head.ID < before.Head.ID || !f.has(m.Head) || m.Roll != f.roll.Version)
}

// setRoll takes a roll read from storage and tells what changed.
func (f *Feed) setRoll(next Roll) {
	if f.roll.People != nil {
		for _, c := range f.roll.diff(next) {
			f.notice(c)
		}
	}
	f.roll = next
}

// change applies a change of the roll that came by wire; false when changes
// before it are missing.
func (f *Feed) change(c Change) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.loaded {
		return false
	}
	if c.Version > f.roll.Version && c.Version == f.roll.Version+1 {
		f.notice(c)
	}
	return f.roll.apply(c)
}

// notice keeps a line about the change for the readers, as long as the room
// is small enough for people to care. It must come before the change itself.
func (f *Feed) notice(c Change) {
	if len(f.roll.People) > noticesUpTo {
		return
	}
	old, was := f.roll.People[c.User]
	if was == (c.Turn == TurnIn) || (c.Turn == TurnName && old == c.Name) {
		return
	}
	f.tell(Notice{Turn: c.Turn, User: c.User, Name: c.Name, Was: old})
}

// tell keeps a notice for the readers, the newest ones only.
func (f *Feed) tell(n Notice) {
	n.At = time.Now()
	f.notices = append(f.notices, n)
	f.noticed++
	if len(f.notices) > noticesKept {
		f.notices = slices.Clone(f.notices[len(f.notices)-noticesKept/2:])
	}
}

// mark returns where the feed stands; ok is false while nothing is loaded.
func (f *Feed) mark() (m Mark, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return Mark{Head: f.head, Roll: f.roll.Version}, f.loaded
}

func (f *Feed) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wakeLocked()
}

func (f *Feed) wakeLocked() {
	for s := range f.readers {
		s.nudge()
	}
}

// people returns a copy of the roll's names by id.
func (f *Feed) people() map[UserID]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.roll.People)
}

// count tells how many people the roll has.
func (f *Feed) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.roll.People)
}
