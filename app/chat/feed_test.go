package chat

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// chain makes messages with the keys of one history: a1, a2 …, and after the
// fork another one's: b6, b7 … Nothing but posts is in it.
func chain(from, to, fork MessageID) []*Message {
	key := func(id MessageID) string {
		switch {
		case id < 1:
			return ""
		case fork > 0 && id >= fork:
			return fmt.Sprint("b", id)
		}
		return fmt.Sprint("a", id)
	}
	var ms []*Message
	for id := from; id <= to; id++ {
		ms = append(ms, &Message{ID: id, Rev: int64(id), Key: key(id), Prev: key(id - 1)})
	}
	return ms
}

func at(id MessageID, key string) Head { return Head{Position{int64(id), key}, id} }

func endOf(ms []*Message) Head {
	last := ms[len(ms)-1]
	return at(last.ID, last.Key)
}

// pageOf is the page of a log that ends with the last of ms, spanOf the span.
func pageOf(first MessageID, ms []*Message) Page {
	return Page{Messages: ms, First: first, Head: endOf(ms)}
}

func spanOf(first MessageID, ms []*Message) Span {
	return Span{Entries: entriesOf(ms), First: first, Head: endOf(ms)}
}

func entriesOf(ms []*Message) (es []Entry) {
	for _, m := range ms {
		es = append(es, m.Entry())
	}
	return es
}

// loadedFeed is a feed with the messages of the first history up to head.
func loadedFeed(head MessageID) *Feed {
	f := newFeed("5")
	f.loaded = true
	f.extend(entriesOf(chain(1, head, 0))...)
	return f
}

// edit is a change of a message of the first history, behind the feed's head.
func edit(f *Feed, id MessageID, body string) Entry {
	m := *chain(id, id, 0)[0]
	m.Body = body
	return Entry{Position: Position{f.head.Rev + 1, "e" + body}, Prev: f.head.Key, ID: id, Message: &m}
}

func TestFeedAppend(t *testing.T) {
	for what, c := range map[string]struct {
		m    *Message
		want bool
		head MessageID
	}{
		"the next one":                       {chain(6, 6, 0)[0], true, 6},
		"the last one again":                 {chain(5, 5, 0)[0], true, 5},
		"an older one again":                 {chain(2, 2, 0)[0], true, 5},
		"one after a hole":                   {chain(7, 7, 0)[0], false, 5},
		"the next one of another history":    {chain(6, 6, 3)[0], false, 5},
		"another one in the place of ours":   {chain(4, 4, 3)[0], false, 5},
		"another one in the place of a last": {chain(5, 5, 5)[0], false, 5},
	} {
		f := loadedFeed(5)
		got := f.append(c.m.Entry())
		if got != c.want || f.head.ID != c.head || len(f.ring) != int(c.head) || len(f.window) != int(c.head) {
			t.Errorf("%s: %v, the head is %d of %d and %d; want %v, %d", what, got, f.head.ID, len(f.ring), len(f.window), c.want, c.head)
		}
	}
	if newFeed("5").append(chain(1, 1, 0)[0].Entry()) {
		t.Error("a feed that was never read took a message: it may have missed some")
	}
}

// TestFeedEdits: who goes on is told of a change, who begins sees the message
// as it is now, and no number of messages grows.
func TestFeedEdits(t *testing.T) {
	f := loadedFeed(5)
	on := &Cursor{feed: f}
	on.Next()
	first := edit(f, 2, "x")
	for range 2 { // news may come twice
		if !f.append(first) {
			t.Fatal("an edit does not fit")
		}
	}
	f.append(edit(f, 2, "y"))
	f.append(Entry{Position: Position{8, "gone"}, Prev: "ey", ID: -7}) // of what is no longer kept
	if f.append(Entry{Position: Position{10, "z"}, Prev: "lost", ID: 2, Message: &Message{ID: 2}}) {
		t.Error("an edit after a hole fits")
	}
	step, _ := on.Next()
	if len(step.Messages) != 2 || step.Messages[0].Body != "x" || step.Messages[1].Body != "y" || step.Missed {
		t.Errorf("who goes on gets %+v", step)
	}
	step, _ = (&Cursor{feed: f}).Next()
	if len(step.Messages) != 5 || step.Messages[1].Body != "y" || f.head != (Head{Position{8, "gone"}, 5}) {
		t.Errorf("who begins gets %+v, the head is %+v", step, f.head)
	}
}

func TestFeedFill(t *testing.T) {
	for what, c := range map[string]struct {
		span Span
		want fit
		head MessageID
	}{
		"nothing new":                {Span{First: 1, Head: at(5, "a5")}, fitDone, 5},
		"all that is new":            {spanOf(1, chain(6, 9, 0)), fitDone, 9},
		"the first of more":          {Span{entriesOf(chain(6, 7, 0)), 1, at(9, "a9")}, fitMore, 7},
		"what news brought already":  {spanOf(1, chain(4, 5, 0)), fitDone, 5},
		"the same, and more to read": {Span{entriesOf(chain(4, 5, 0)), 1, at(9, "a9")}, fitMore, 5},
		"more than is kept":          {spanOf(8, chain(8, 9, 0)), fitGap, 5},
		"nothing is kept":            {Span{Head: at(9, "a9")}, fitGap, 5},
		"a shorter log":              {Span{First: 1, Head: at(3, "a3")}, fitTorn, 5},
		"another log, as long":       {Span{First: 1, Head: at(5, "b5")}, fitTorn, 5},
		"another log, longer":        {spanOf(1, chain(6, 9, 4)), fitTorn, 5},
	} {
		f := loadedFeed(5)
		from := f.head
		if got := f.fill(from, c.span); got != c.want || f.head.ID != c.head {
			t.Errorf("%s: %v, the head is %d; want %v, %d", what, got, f.head.ID, c.want, c.head)
		}
	}
}

// TestFeedOvertaken: what was read before news came is older than the ring, and
// no reason to start over.
func TestFeedOvertaken(t *testing.T) {
	f := newFeed("5")
	f.reset(Head{}, pageOf(1, chain(1, 5, 0)), false, allSurvived)
	f.loaded = true
	from := f.head
	f.append(chain(6, 6, 0)[0].Entry())
	if got := f.fill(from, Span{First: 1, Head: from}); got != fitDone {
		t.Errorf("a span from before the news: %v", got)
	}
	f.reset(from, pageOf(1, chain(1, 5, 0)), false, allSurvived)
	if f.head.ID != 6 || len(f.resets) > 0 {
		t.Errorf("a page from before the news: %+v, %v", f.head, f.resets)
	}
}

// TestFeedOvertakenByMany: so much news came while a span was read that the ring
// begins behind it by now. That is no other log.
func TestFeedOvertakenByMany(t *testing.T) {
	f := loadedFeed(5)
	from := f.head
	for _, m := range chain(6, 2000, 0) {
		f.append(m.Entry())
	}
	if got := f.fill(from, Span{entriesOf(chain(6, 105, 0)), 1, at(2000, "a2000")}); got != fitDone || f.head.ID != 2000 {
		t.Errorf("a span from behind the ring's beginning: %v, the head is %v", got, f.head)
	}
	if got := f.fill(from, spanOf(1, chain(6, 105, 0))); got != fitMore || f.head.ID != 2000 {
		t.Errorf("the same, whose end is behind it, too: %v, the head is %v", got, f.head)
	}
}

func TestFeedIsBounded(t *testing.T) {
	f := loadedFeed(1)
	slow := &Cursor{feed: f}
	slow.Next()
	for _, m := range chain(2, 5000, 0) {
		f.append(m.Entry())
		if len(f.ring) > 2*TailLimit || len(f.window) > 2*TailLimit {
			t.Fatalf("the ring holds %d changes, the window %d messages", len(f.ring), len(f.window))
		}
	}
	step, _ := slow.Next()
	if first := step.Messages[0].ID; !step.Missed || len(step.Messages) < TailLimit || first+MessageID(len(step.Messages))-1 != 5000 {
		t.Errorf("missed: %v; %d messages from %d", step.Missed, len(step.Messages), first)
	}
	if step, _ = slow.Next(); step.Missed || len(step.Messages) != 0 {
		t.Errorf("the next step is %+v", step)
	}
	// Edits alone fill the ring, and push no message out of the window.
	for n := range 2 * TailLimit {
		f.append(edit(f, 4999, fmt.Sprint(n)))
	}
	if step, _ = slow.Next(); !step.Missed || len(step.Messages) < TailLimit || len(f.ring) > 2*TailLimit {
		t.Errorf("missed: %v; %d messages, %d changes", step.Missed, len(step.Messages), len(f.ring))
	}
}

func TestCursorSeek(t *testing.T) {
	f := loadedFeed(9)
	for from, want := range map[MessageID]int{0: 9, 4: 5, 8: 1, 9: 0, 30: 0} {
		c := &Cursor{feed: f}
		c.Seek(at(from, ""))
		step, ready := c.Next()
		if !ready || step.Missed || step.Rewound || len(step.Messages) != want {
			t.Errorf("behind %d: %+v; want %d messages", from, step, want)
		}
	}
	if _, ready := (&Cursor{feed: newFeed("5")}).Next(); ready {
		t.Error("a feed that was never read is ready")
	}
}

// TestCursorRenew: a page that was read before an edit, and comes after it, shows
// the edit.
func TestCursorRenew(t *testing.T) {
	f := loadedFeed(9)
	c := &Cursor{feed: f}
	page := pageOf(1, chain(1, 9, 0))
	f.append(edit(f, 2, "x"))
	f.append(edit(f, 2, "y"))
	c.Next()
	got := c.Renew(page)
	if got.Messages[1].Body != "y" || got.Messages[2] != page.Messages[2] || page.Messages[1].Body != "" || got.Head != page.Head {
		t.Errorf("%+v", got.Messages[1])
	}
	newer := pageOf(1, chain(1, 9, 0))
	newer.Head = f.head
	if got := c.Renew(newer); got.Messages[1] != newer.Messages[1] {
		t.Errorf("a newer page: %+v", got.Messages[1])
	}
	newer.Head.Rev += 5
	c.Renew(newer)
}

// TestCursorAhead: who begins at a place that the feed has yet to reach loses
// nothing when the feed starts over.
func TestCursorAhead(t *testing.T) {
	f := loadedFeed(9)
	c := &Cursor{feed: f}
	c.Seek(at(30, "a30"))
	f.reset(f.head, pageOf(20, chain(20, 31, 0)), false, allSurvived)
	if step, _ := c.Next(); step.Rewound || !step.Missed {
		t.Errorf("the step is %+v", step)
	}
}

// TestCursorNotices: each reader is told each notice once, the newest ones
// only where it is late, and none from before it came.
func TestCursorNotices(t *testing.T) {
	f := loadedFeed(1)
	f.roll.People = map[UserID]string{}
	early := &Cursor{feed: f}
	for v := range int64(3) {
		f.change(Change{Version: v + 1, Turn: TurnIn, User: UserID(v + 1), Name: "x"})
	}
	late := &Cursor{feed: f, noticed: f.noticed}
	for i, want := range []int{3, 0} {
		if step, _ := early.Next(); len(step.Notices) != want {
			t.Errorf("step %d: %d notices, want %d", i, len(step.Notices), want)
		}
	}
	if step, _ := late.Next(); len(step.Notices) != 0 {
		t.Errorf("%d notices from before the reader came", len(step.Notices))
	}
	for range 200 {
		f.tell(Notice{Turn: TurnTopic})
	}
	if step, _ := early.Next(); len(step.Notices) > noticesKept || len(step.Notices) < noticesKept/2 {
		t.Errorf("%d notices for a reader that is late", len(step.Notices))
	}
}

func TestRollApply(t *testing.T) {
	for what, c := range map[string]struct {
		c    Change
		ok   bool
		want Roll
	}{
		"in":    {Change{4, TurnIn, 2, "bert"}, true, Roll{Version: 4, People: map[UserID]string{1: "anna", 2: "bert"}}},
		"out":   {Change{4, TurnOut, 1, "anna"}, true, Roll{Version: 4, People: map[UserID]string{}}},
		"name":  {Change{4, TurnName, 1, "ann"}, true, Roll{Version: 4, People: map[UserID]string{1: "ann"}}},
		"old":   {Change{3, TurnOut, 1, "anna"}, true, Roll{Version: 3, People: map[UserID]string{1: "anna"}}},
		"away":  {Change{4, TurnAway, 7, "guy"}, true, Roll{Version: 4, People: map[UserID]string{1: "anna"}, Away: map[UserID]bool{7: true}}},
		"back":  {Change{4, TurnBack, 7, "guy"}, true, Roll{Version: 4, People: map[UserID]string{1: "anna"}}},
		"later": {Change{5, TurnOut, 1, "anna"}, false, Roll{Version: 3, People: map[UserID]string{1: "anna"}}},
	} {
		r := Roll{Version: 3, People: map[UserID]string{1: "anna"}}
		if ok := r.apply(c.c); ok != c.ok || !cmp.Equal(c.want, r) {
			t.Errorf("%s: %v, %+v; want %v, %+v", what, ok, r, c.ok, c.want)
		}
	}
	var unread Roll
	if unread.apply(Change{1, TurnIn, 1, "anna"}) {
		t.Error("a roll that was never read took a change")
	}
}

// TestRollDiff: the changes that diff lists are those that lead there.
func TestRollDiff(t *testing.T) {
	was := Roll{Version: 1, People: map[UserID]string{1: "anna", 2: "bert", 3: "cleo"}}
	next := Roll{Version: 9, People: map[UserID]string{2: "bert", 3: "cleopatra", 4: "dora"}}
	var turns []Turn
	for _, c := range was.diff(next) {
		turns = append(turns, c.Turn)
		c.Version = was.Version + 1
		was.apply(c)
	}
	if !cmp.Equal(was.People, next.People) || !slices.Equal(turns, []Turn{TurnIn, TurnOut, TurnName}) {
		t.Errorf("%v lead to %v", turns, was.People)
	}
}

// TestFeedNotices: what people are told of a roll's changes.
func TestFeedNotices(t *testing.T) {
	f := loadedFeed(1)
	f.setRoll(Roll{Version: 1, People: map[UserID]string{1: "anna", 2: "bert"}}) // the first is no news
	f.change(Change{2, TurnIn, 3, "cleo"})
	f.change(Change{2, TurnIn, 3, "cleo"})
	f.change(Change{3, TurnName, 1, "ann"})
	f.change(Change{4, TurnAway, 1, "ann"})
	f.change(Change{5, TurnBack, 1, "ann"})
	f.setRoll(Roll{Version: 7, People: map[UserID]string{1: "ann", 3: "cleo"}})
	f.change(Change{7, TurnOut, 2, "bert"})
	var got []string
	for _, n := range f.notices {
		got = append(got, fmt.Sprint(n.Turn, " ", n.Name, " ", n.Was))
	}
	want := []string{"in cleo ", "name ann anna", "out bert bert"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	crowd := map[UserID]string{}
	for id := range UserID(noticesUpTo + 2) {
		crowd[id+1] = "x"
	}
	f.roll = Roll{Version: 5, People: crowd}
	f.change(Change{6, TurnOut, 5, "x"})
	if len(f.notices) != 3 || f.roll.Version != 6 {
		t.Errorf("in a crowd: %d notices, version %d", len(f.notices), f.roll.Version)
	}
}
