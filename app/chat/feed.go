package chat

import (
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"teahouse/internal/contain"
	"teahouse/internal/faults"
)

// Feed is a replica's view of one room: the window of its newest messages as
// they are now, for those who begin to read; the ring of the log's newest
// changes, for those who go on; its roll, and whom to wake. One feed serves all
// sessions of the replica; each follows it with a Cursor of its own, so that
// nobody waits for anybody.
//
// Neither has holes: whatever does not fit onto the ring's end makes the feed
// stale, and the hub reads what is missing from storage.
type Feed struct {
	id     RoomID
	keep   keep
	now    func() time.Time
	panics *contain.Panics
	counts *counts

	listing sync.Mutex // held while a roster is made; taken before mu
	listed  *Roster    // the newest one; belongs to listing

	mu      sync.Mutex
	loaded  bool
	room    Room
	window  []*Message  // by ID, ascending, without holes
	base    Position    // where the ring begins
	ring    []Entry     // the changes after base, without holes; it ends at head
	head    Head        // also of an empty ring
	resets  []MessageID // for each new start of the ring, the newest message that survived, or allSurvived
	roll    Roll
	notices []Notice
	noticed int // how many notices there ever were
	readers map[*Session]struct{}

	typing   map[UserID]typist // who types, nil for nobody yet
	expiring bool              // a timer will end what is over

	gathering bool // a timer will wake the readers
	syncing   bool // a goroutine of the hub reads from storage
	stale     bool // it has to read (again)
	spoilt    bool // a panic left it half changed: it has to start anew
	gap       bool // something is missing
	suspect   bool // something may be
}

// Notice is something that happened in a room and is not part of its log.
type Notice struct {
	At   time.Time
	Turn Turn
	User UserID
	Name string
	Was  string // the name before, of a TurnName
	Text string // the topic, of a TurnTopic; what was done, of a TurnDid: "renamed the room to #tea"
	Did  Doing  // the same for programs; its Verb is "" where another replica, of an older version, told

	// After is the room's newest message when it happened, where this replica
	// knew it; 0 for none.
	After MessageID
}

func newFeed(id RoomID) *Feed {
	return &Feed{id: id, now: time.Now, counts: &counts{}, readers: map[*Session]struct{}{}}
}

// append adds a change that came by wire. It reports false when the change
// does not continue the ring, so that storage has to be asked.
func (f *Feed) append(e Entry) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case !f.loaded:
		return false
	case f.has(e.Position):
		return true
	case !f.continuedBy(e):
		f.holed()
		return false
	}
	f.extend(e)
	if e.Act != "" {
		f.wakeLocked()
		return true
	}
	woken := int64(0) // counted once, and not by each session
	for s := range f.readers {
		if s.nudgePost(f) {
			woken++
		}
	}
	f.counts.wakes.Add(woken)
	return true
}

// index is where the change of a number stands, or would stand, in the ring.
func (f *Feed) index(rev int64) int {
	return int(rev-f.head.Rev) + len(f.ring) - 1
}

// known gives the log's position of a number, where the ring goes through it.
func (f *Feed) known(rev int64) (p Position, ok bool) {
	switch i := f.index(rev); {
	case i == -1:
		return f.base, true
	case i >= 0 && i < len(f.ring):
		return f.ring[i].Position, true
	}
	return p, false
}

// has tells whether the ring goes through the position.
func (f *Feed) has(p Position) bool {
	known, ok := f.known(p.Rev)
	return ok && known == p
}

// contradicts tells whether the ring goes through another one in its place.
func (f *Feed) contradicts(p Position) bool {
	known, ok := f.known(p.Rev)
	return ok && known != p
}

func (f *Feed) continuedBy(e Entry) bool {
	return e.Rev == f.head.Rev+1 && e.Prev == f.head.Key
}

// extend puts changes behind the ring's end and drops what exceeds the limit.
func (f *Feed) extend(es ...Entry) {
	for _, e := range es {
		f.ring = append(f.ring, e)
		f.head = Head{Position: e.Position, ID: max(f.head.ID, e.ID)}
		if faults.On && e.Message != nil {
			faults.At("feed", e.Message.Body)
		}
		if e.Message != nil {
			f.show(e.Message)
		}
		if e.Message != nil && e.Message.Rev == e.Rev {
			delete(f.typing, e.Message.From) // what was typed is there
		}
	}
	if over := len(f.ring) - TailLimit; over > TailLimit/2 {
		f.base = f.ring[over-1].Position
		f.ring = slices.Clone(f.ring[over:])
	}
	if over := len(f.window) - TailLimit; over > TailLimit/2 {
		f.window = slices.Clone(f.window[over:])
	}
}

// keep is what of a room the operator wants kept; a zero is no bound.
type keep struct {
	many int
	long time.Duration
}

// kept gives what of the window is not to be gone by now.
func (f *Feed) kept() []*Message {
	ms := f.window
	if over := len(ms) - f.keep.many; over > 0 && f.keep.many > 0 {
		ms = ms[over:]
	}
	for len(ms) > 0 && f.keep.long > 0 && time.Since(ms[0].At) >= f.keep.long {
		ms = ms[1:]
	}
	return ms
}

// show puts a message into the window, at its end or in the place of what it
// was before. One that is older than all there is is left out.
func (f *Feed) show(m *Message) {
	i := f.place(m.ID)
	switch {
	case i == len(f.window):
		f.window = append(f.window, m)
	case i > len(f.window):
		f.window = []*Message{m} // those between are no longer kept
	case i >= 0:
		f.window[i] = m
	}
}

// place is where the message of an id stands, or would stand, in the window.
func (f *Feed) place(id MessageID) int {
	if len(f.window) == 0 {
		return 0
	}
	return int(id - f.window[0].ID)
}

// brought tells whether the message of a key, posted as id, has come. One that
// is older than the window counts as come.
func (f *Feed) brought(id MessageID, key string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := f.place(id); i >= 0 && i < len(f.window) {
		return f.window[i].Key == key
	}
	return id <= f.head.ID
}

// find gives the message of a key, where it is among the newest; 0: it is not.
func (f *Feed) find(key string) MessageID {
	const newest = 64
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range slices.Backward(f.window[max(len(f.window)-newest, 0):]) {
		if m.Key == key {
			return m.ID
		}
	}
	return 0
}

// fit says how a span read from behind the ring's end goes with the ring.
type fit int

const (
	fitDone fit = iota // nothing is missing any more
	fitMore            // there is more to read
	fitGap             // what comes next is not kept any more
	fitTorn            // the ring has what the log has not: the log was rewound
)

// fill takes a span that was read from behind the place from, where the ring
// ended then; news may have moved the end on since.
func (f *Feed) fill(from Head, s Span) fit {
	f.mu.Lock()
	defer f.mu.Unlock()
	fresh := s.Entries
	// News brought these: also those from before the ring begins by now.
	for len(fresh) > 0 && fresh[0].Rev <= f.head.Rev && !f.contradicts(fresh[0].Position) {
		fresh = fresh[1:]
	}
	switch {
	case s.Head.Rev < from.Rev || f.contradicts(s.Head.Position):
		return fitTorn
	case len(fresh) > 0 && fresh[0].Rev > f.head.Rev+1:
		return fitGap
	case len(fresh) > 0 && !f.continuedBy(fresh[0]):
		return fitTorn
	}
	if len(fresh) > 0 {
		f.lacked()
	}
	f.extend(fresh...)
	// Readers look as more is read, or they could lag behind the ring.
	f.wakeLocked()
	switch {
	case f.has(s.Head.Position):
		return fitDone
	case len(s.Entries) > 0: // be it that news brought all of it meanwhile
		return fitMore
	}
	return fitGap
}

// allSurvived says that storage lost no message.
const allSurvived MessageID = math.MaxInt64

// reset starts over with the newest page of the log, where the ring, which
// ended at from when the page was read, cannot go on. Where storage lost
// messages, cursors learn which survived. torn: it lost changes, be it none of
// messages.
func (f *Feed) reset(from Head, p Page, torn bool, survived MessageID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	agree := !torn && survived == allSurvived && p.Head.Rev >= from.Rev
	if f.loaded && agree && f.has(p.Head.Position) {
		return
	}
	if f.loaded {
		f.lacked()
		f.resets = append(f.resets, survived)
		f.counts.restarted(survived)
	}
	f.window, f.ring, f.base, f.head = p.Messages, nil, p.Head.Position, p.Head
	f.spoilt = false
}

// spoil notes that a panic left the feed half changed.
func (f *Feed) spoil() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.spoilt = true
}

func (f *Feed) isSpoilt() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.spoilt
}

// restarts tells how often the ring has started anew.
func (f *Feed) restarts() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.resets)
}

// behind tells whether storage has what the feed has not, given where the
// feed stood before the mark was read: it may rightly have got ahead since.
func (f *Feed) behind(before, m Mark) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.loaded && (m.Head.Rev < before.Head.Rev || !f.has(m.Head.Position) || m.Roll != f.roll.Version)
}

// did keeps what somebody did in the room for the readers.
func (f *Feed) did(n Notice) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tell(n)
	f.wakeLocked()
}

// tell keeps a notice for the readers, the newest ones only.
func (f *Feed) tell(n Notice) {
	n.At, n.After = f.now(), f.head.ID
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
		s.Nudge()
	}
}

// roster gives the people of the room, given general's feed, which may be the
// same one. Of many who ask at once one makes it.
func (f *Feed) roster(general *Feed) *Roster {
	f.listing.Lock()
	defer f.listing.Unlock()
	if r := f.listed; r != nil && r.room == f.rollVersion() && r.here == general.rollVersion() {
		return r
	}
	members, here := f.rollNow(), general.rollNow()
	people := People(members.People, here.People)
	markAway(people, here.Away)
	f.listed = &Roster{People: people, room: members.Version, here: here.Version}
	return f.listed
}

// rollVersion is -1 until there is a roll.
func (f *Feed) rollVersion() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.loaded {
		return -1
	}
	return f.roll.Version
}

// rollNow returns a copy of the roll.
func (f *Feed) rollNow() Roll {
	f.mu.Lock()
	defer f.mu.Unlock()
	return Roll{Version: f.roll.Version, People: maps.Clone(f.roll.People), Away: maps.Clone(f.roll.Away)}
}

// count tells how many people the roll has.
func (f *Feed) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.roll.People)
}
