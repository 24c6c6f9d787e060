package chat

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFeedModel lets a feed and its cursors go through whatever can happen to
// a log and to the news of it, in random order, and then wants every reader to
// have seen what the log holds.
func TestFeedModel(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			m := newModel(t, seed)
			for range 200 {
				m.step()
			}
			m.settle()
		})
	}
}

// model is a log as storage holds it, a feed of it, and readers.
type model struct {
	Store // what a feed does not ask for
	t     *testing.T
	rnd   *rand.Rand

	log   []Entry    // log[i] has the rev i+1; each message as it was then
	now   []*Message // now[i] has the id i+1, also where it is trimmed
	first MessageID  // the oldest one kept
	edits int64      // the oldest change kept that is no post
	keys  int
	fails bool    // the log may be rewound
	wire  []Entry // news on its way

	feed  *Feed
	stale bool
	calm  bool // nothing happens while a page is read
	views []*view
}

func newModel(t *testing.T, seed uint64) *model {
	return &model{t: t, fails: seed%3 > 0, rnd: rand.New(rand.NewPCG(seed, 1)), first: 1, feed: newFeed("5")}
}

// step does one of the things that can happen.
func (m *model) step() {
	switch n := m.rnd.IntN(100); {
	case n < 18:
		m.grow(1+m.rnd.IntN(4), 100)
	case n < 30:
		m.grow(1+m.rnd.IntN(4), 30)
	case n < 32:
		m.grow(m.rnd.IntN(800), m.rnd.IntN(101))
	case n < 50:
		m.deliver()
	case n < 55 && len(m.wire) > 0:
		m.wire = m.wire[m.rnd.IntN(len(m.wire)):]
	case n < 58 && m.fails:
		m.rewind()
	case n < 60:
		m.trim()
	case n < 70:
		m.check()
	case n < 73 && len(m.views) < 8:
		m.views = append(m.views, m.reader())
	case len(m.views) > 0:
		m.views[m.rnd.IntN(len(m.views))].look()
	}
}

// grow adds so many changes to the log, of which so many in a hundred are posts.
func (m *model) grow(n, posts int) {
	for range n {
		m.keys++
		key := fmt.Sprint("k", m.keys)
		rev, prev := int64(len(m.log)+1), m.head().Key
		id := MessageID(len(m.now)+1) - MessageID(m.rnd.IntN(600))
		if m.rnd.IntN(100) < posts || id < m.first || int(id) > len(m.now) {
			id = MessageID(len(m.now) + 1)
			m.add(Entry{Position{rev, key}, prev, id, &Message{ID: id, Rev: rev, Key: key, Prev: prev, Room: "5"}, "", "", ""})
			continue
		}
		m.add(Entry{Position{rev, key}, prev, id, m.changed(*m.now[id-1]), ActEdit, "", ""})
	}
}

// changed edits, deletes or reacts to a message.
func (m *model) changed(msg Message) *Message {
	switch m.rnd.IntN(3) {
	case 0:
		msg.Body = fmt.Sprint("edit ", m.keys)
	case 1:
		msg.Reactions = []Reaction{{"👍", []UserID{UserID(m.keys)}}}
	default:
		msg = Message{ID: msg.ID, Rev: msg.Rev, Key: msg.Key, Prev: msg.Prev, Room: msg.Room, Deleted: true}
	}
	return &msg
}

func (m *model) add(e Entry) {
	m.log = append(m.log, e)
	m.wire = append(m.wire, e)
	m.put(e)
}

func (m *model) put(e Entry) {
	if int(e.ID) > len(m.now) {
		m.now = append(m.now, e.Message)
	} else {
		m.now[e.ID-1] = e.Message
	}
}

// rewind loses the newest changes, as a failover does; the log may have grown
// again before anybody looks.
func (m *model) rewind() {
	m.log = slices.Clone(m.log[:m.rnd.IntN(len(m.log)+1)])
	m.now = nil
	for _, e := range m.log {
		m.put(e)
	}
	m.first = min(m.first, MessageID(len(m.now)+1))
	m.grow(m.rnd.IntN(3)*m.rnd.IntN(200), 50)
}

// trim no longer keeps the oldest messages, or the oldest other changes.
func (m *model) trim() {
	if m.rnd.IntN(2) == 0 {
		m.first = max(m.first, MessageID(m.rnd.IntN(len(m.now)+2)))
	} else {
		m.edits = max(m.edits, int64(m.rnd.IntN(len(m.log)+2)))
	}
}

// deliver hands on some news: mostly in order, sometimes not, or twice.
func (m *model) deliver() {
	for range m.rnd.IntN(6) {
		if len(m.wire) == 0 {
			return
		}
		i := 0
		if m.rnd.IntN(10) == 0 {
			i = m.rnd.IntN(len(m.wire))
		}
		m.stale = !m.feed.append(m.wire[i]) || m.stale
		if m.rnd.IntN(10) > 0 {
			m.wire = slices.Delete(m.wire, i, i+1)
		}
	}
}

// check is what the hub does: it reads where the feed knows that it must, and
// where its comparison with storage says so.
func (m *model) check() {
	before, loaded := m.feed.mark()
	if loaded && !m.stale && !m.feed.behind(before, Mark{Head: m.head()}) {
		return
	}
	m.stale = false
	if err := m.feed.read(context.Background(), m); err != nil {
		m.t.Fatal(err)
	}
}

// settle lets everything calm down and compares.
func (m *model) settle() {
	m.views = append(m.views, m.reader())
	m.wire, m.calm = nil, true
	m.check()
	if m.feed.head != m.head() {
		m.t.Fatalf("the feed ends at %v, the log at %v", m.feed.head, m.head())
	}
	for i, v := range m.views {
		v.look()
		v.compare(i, m)
	}
}

func (m *model) reader() *view {
	return &view{t: m.t, fails: m.fails, c: &Cursor{feed: m.feed}}
}

func (m *model) head() Head {
	if len(m.log) == 0 {
		return Head{}
	}
	return Head{m.log[len(m.log)-1].Position, MessageID(len(m.now))}
}

func (m *model) Room(context.Context, RoomID) (Room, error)    { return Room{ID: "5"}, nil }
func (m *model) Members(context.Context, RoomID) (Roll, error) { return Roll{}, nil }

// Changes promises what Log does: how storage finds them is not of interest
// here.
func (m *model) Changes(_ context.Context, _ RoomID, after Head, n int) (Span, error) {
	s := Span{Head: m.head(), First: m.oldest()}
	for _, e := range m.log[min(int(after.Rev), len(m.log)):] {
		isPost := e.Rev == m.now[e.ID-1].Rev
		if len(s.Entries) == n || isPost && e.ID < m.first || !isPost && e.Rev < m.edits {
			break
		}
		e.Message = m.now[e.ID-1]
		if e.ID < m.first {
			e.Message = nil
		}
		s.Entries = append(s.Entries, e)
	}
	m.meanwhile()
	return s, nil
}

func (m *model) Before(_ context.Context, _ RoomID, before MessageID, n int) (Page, error) {
	to := len(m.now)
	if before > 0 {
		to = min(to, int(before)-1)
	}
	ms := slices.Clone(m.now[min(max(to-n, int(m.first)-1), to):to])
	p := Page{Messages: ms, Head: m.head(), First: m.oldest()}
	m.meanwhile()
	return p, nil
}

func (m *model) After(_ context.Context, _ RoomID, after MessageID, n int) (Page, error) {
	from := min(max(after+1, m.first), MessageID(len(m.now)+1))
	ms := slices.Clone(m.now[from-1 : min(int(from)-1+n, len(m.now))])
	p := Page{Messages: ms, Head: m.head(), First: m.oldest()}
	m.meanwhile()
	return p, nil
}

func (m *model) oldest() MessageID {
	if m.first <= MessageID(len(m.now)) {
		return m.first
	}
	return 0
}

// meanwhile lets more happen between a reading and the use of what was read.
func (m *model) meanwhile() {
	if !m.calm && m.rnd.IntN(3) == 0 {
		m.grow(m.rnd.IntN(3), 50)
		m.deliver()
	}
}

// view is what a reader has on the screen.
type view struct {
	t    *testing.T
	c    *Cursor
	seen []*Message     // ascending
	gaps [][2]MessageID // ids that the reader knows to be missing
	old  MessageID      // up to here, messages may have changed unseen
	on   bool

	fails bool // the log may be rewound
}

func (v *view) end() MessageID {
	if len(v.seen) == 0 {
		return 0
	}
	return v.seen[len(v.seen)-1].ID
}

// look takes a step and holds it to what Step promises.
func (v *view) look() {
	step, ready := v.c.Next()
	if !ready {
		return
	}
	if step.Rewound {
		if !v.fails {
			v.t.Fatalf("rewound to %d, and the log never was", step.To)
		}
		v.rewind(step.To)
	}
	if step.Missed {
		v.missed(step.Messages)
	}
	for _, m := range step.Messages {
		v.take(m)
	}
	v.on = true
}

// missed notes what the reader has to get from storage.
func (v *view) missed(window []*Message) {
	begins := v.c.at.ID + 1
	if len(window) > 0 {
		begins = window[0].ID
	}
	v.old = begins - 1
	if begins > v.end()+1 {
		v.gaps = append(v.gaps, [2]MessageID{v.end() + 1, begins})
	}
}

// take puts a message in the place of what it was, or at the end.
func (v *view) take(m *Message) {
	i, found := slices.BinarySearchFunc(v.seen, m.ID, func(m *Message, id MessageID) int { return int(m.ID - id) })
	switch {
	case found:
		v.seen[i] = m
	case i < len(v.seen) || m.ID < v.end():
		// An older one than those that the reader began with.
	case v.on && len(v.seen) > 0 && m.ID != v.end()+1 && !v.inGap(v.end()+1):
		v.t.Fatalf("message %d follows %d, and nothing is said to be missing", m.ID, v.end())
	default:
		v.seen = append(v.seen, m)
	}
}

func (v *view) rewind(to MessageID) {
	v.seen = slices.DeleteFunc(v.seen, func(m *Message) bool { return m.ID > to })
	for i := range v.gaps {
		v.gaps[i][1] = min(v.gaps[i][1], to+1)
	}
}

func (v *view) inGap(id MessageID) bool {
	return slices.ContainsFunc(v.gaps, func(g [2]MessageID) bool { return g[0] <= id && id < g[1] })
}

// compare wants nothing on the screen that the log does not have, nothing that
// was otherwise once and may not be now, and nothing missing, but where the
// reader was told.
func (v *view) compare(n int, m *model) {
	at := map[MessageID]bool{}
	for _, s := range v.seen {
		at[s.ID] = true
		if s.ID < m.first {
			continue
		}
		if s.ID > MessageID(len(m.now)) || m.now[s.ID-1].Key != s.Key {
			m.t.Fatalf("reader %d of %d sees %d %s, which is not in the log of %d", n, len(m.views), s.ID, s.Key, len(m.now))
		}
		if m.now[s.ID-1] != s && s.ID > v.old {
			m.t.Fatalf("reader %d of %d sees %+v, and it is %+v", n, len(m.views), s, m.now[s.ID-1])
		}
	}
	if len(v.seen) == 0 {
		return
	}
	for id := max(m.first, v.seen[0].ID); id <= MessageID(len(m.now)); id++ {
		if !at[id] && !v.inGap(id) {
			m.t.Fatalf("reader %d misses %d of %d and was not told; gaps %v", n, id, len(m.now), v.gaps)
		}
	}
}
