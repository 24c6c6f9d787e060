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

	log   []*Message // log[i] has the id i+1, also where it is trimmed
	first MessageID  // the oldest one kept
	keys  int
	fails bool       // the log may be rewound
	wire  []*Message // news on its way

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
	case n < 30:
		m.post(1 + m.rnd.IntN(4))
	case n < 32:
		m.post(m.rnd.IntN(800))
	case n < 50:
		m.deliver()
	case n < 55 && len(m.wire) > 0:
		m.wire = m.wire[m.rnd.IntN(len(m.wire)):]
	case n < 58 && m.fails:
		m.rewind()
	case n < 60:
		m.first = max(m.first, MessageID(m.rnd.IntN(len(m.log)+2)))
	case n < 70:
		m.check()
	case n < 73 && len(m.views) < 8:
		m.views = append(m.views, m.reader())
	case len(m.views) > 0:
		m.views[m.rnd.IntN(len(m.views))].look()
	}
}

func (m *model) post(n int) {
	for range n {
		m.keys++
		msg := &Message{ID: MessageID(len(m.log) + 1), Key: fmt.Sprint("k", m.keys), Room: "5"}
		if len(m.log) > 0 {
			msg.Prev = m.log[len(m.log)-1].Key
		}
		m.log = append(m.log, msg)
		m.wire = append(m.wire, msg)
	}
}

// rewind loses the newest messages, as a failover does; the log may have grown
// again before anybody looks.
func (m *model) rewind() {
	m.log = slices.Clone(m.log[:m.rnd.IntN(len(m.log)+1)])
	m.first = min(m.first, MessageID(len(m.log)+1))
	m.post(m.rnd.IntN(3) * m.rnd.IntN(200))
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
	if !m.feed.has(m.head()) {
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

func (m *model) head() Position {
	if len(m.log) == 0 {
		return Position{}
	}
	return m.log[len(m.log)-1].Position()
}

func (m *model) Room(context.Context, RoomID) (Room, error)    { return Room{ID: "5"}, nil }
func (m *model) Members(context.Context, RoomID) (Roll, error) { return Roll{}, nil }

func (m *model) After(_ context.Context, _ RoomID, after MessageID, n int) (Page, error) {
	from := min(max(after+1, m.first), MessageID(len(m.log)+1))
	return m.page(m.log[from-1 : min(int(from)-1+n, len(m.log))])
}

func (m *model) Before(_ context.Context, _ RoomID, before MessageID, n int) (Page, error) {
	to := len(m.log)
	if before > 0 {
		to = min(to, int(before)-1)
	}
	return m.page(m.log[min(max(to-n, int(m.first)-1), to):to])
}

// page gives a page as it is now, and lets more happen before it is used.
func (m *model) page(ms []*Message) (Page, error) {
	p := Page{Messages: slices.Clone(ms), Head: m.head()}
	if m.first <= MessageID(len(m.log)) {
		p.First = m.first
	}
	if !m.calm && m.rnd.IntN(3) == 0 {
		m.post(m.rnd.IntN(3))
		m.deliver()
	}
	return p, nil
}

// view is what a reader has on the screen.
type view struct {
	t    *testing.T
	c    *Cursor
	seen []*Message
	gaps [][2]MessageID // ids that the reader knows to be missing
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
	for i, m := range step.Messages {
		switch {
		case i == 0 && v.on && step.Missed:
			v.gaps = append(v.gaps, [2]MessageID{v.end() + 1, m.ID})
		case i == 0 && v.on && len(v.seen) > 0 && m.ID != v.end()+1 && !v.inGap(v.end()+1):
			v.t.Fatalf("message %d follows %d, and nothing is said to be missing", m.ID, v.end())
		case m.ID <= v.end():
			v.t.Fatalf("message %d comes after %d", m.ID, v.end())
		}
		v.seen = append(v.seen, m)
	}
	if step.Missed && len(step.Messages) == 0 {
		v.gaps = append(v.gaps, [2]MessageID{v.end() + 1, v.c.at + 1})
	}
	v.on = true
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

// compare wants nothing on the screen that the log does not have, and nothing
// missing that nobody was told of.
func (v *view) compare(n int, m *model) {
	at := map[MessageID]string{}
	for _, s := range v.seen {
		at[s.ID] = s.Key
		if s.ID >= m.first && (s.ID > MessageID(len(m.log)) || m.log[s.ID-1].Key != s.Key) {
			m.t.Fatalf("reader %d of %d sees %d %s, which is not in the log of %d", n, len(m.views), s.ID, s.Key, len(m.log))
		}
	}
	if len(v.seen) == 0 {
		return
	}
	for id := max(m.first, v.seen[0].ID); id <= MessageID(len(m.log)); id++ {
		if _, ok := at[id]; !ok && !v.inGap(id) {
			m.t.Fatalf("reader %d misses %d of %d and was not told; gaps %v", n, id, len(m.log), v.gaps)
		}
	}
}
