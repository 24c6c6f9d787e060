package chat

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// chain makes messages with the keys of one history: a1, a2 …, and after the
// fork another one's: b6, b7 …
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
		ms = append(ms, &Message{ID: id, Key: key(id), Prev: key(id - 1)})
	}
	return ms
}

// pageOf is the page of a log that ends with the last of ms.
func pageOf(first MessageID, ms []*Message) Page {
	return Page{Messages: ms, First: first, Head: ms[len(ms)-1].Position()}
}

// loadedFeed is a feed with the messages of the first history up to head.
func loadedFeed(head MessageID) *Feed {
	f := newFeed("5")
	f.reset(Position{}, pageOf(1, chain(1, head, 0)), false)
	f.loaded = true
	return f
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
		if got := f.append(c.m); got != c.want || f.head.ID != c.head || len(f.tail) != int(c.head) {
			t.Errorf("%s: %v, the head is %d of %d; want %v, %d", what, got, f.head.ID, len(f.tail), c.want, c.head)
		}
	}
	if newFeed("5").append(chain(1, 1, 0)[0]) {
		t.Error("a feed that was never read took a message: it may have missed some")
	}
}

func TestFeedFill(t *testing.T) {
	for what, c := range map[string]struct {
		page Page
		want fit
		head MessageID
	}{
		"nothing new":               {Page{First: 1, Head: Position{5, "a5"}}, fitDone, 5},
		"all that is new":           {pageOf(1, chain(6, 9, 0)), fitDone, 9},
		"the first of more pages":   {Page{chain(6, 7, 0), 1, Position{9, "a9"}}, fitMore, 7},
		"what news brought already": {pageOf(1, chain(4, 5, 0)), fitDone, 5},
		"more than is kept":         {pageOf(8, chain(8, 9, 0)), fitGap, 5},
		"nothing is kept":           {Page{Head: Position{9, "a9"}}, fitGap, 5},
		"a shorter log":             {Page{First: 1, Head: Position{3, "a3"}}, fitTorn, 5},
		"another log, as long":      {Page{First: 1, Head: Position{5, "b5"}}, fitTorn, 5},
		"another log, longer":       {pageOf(1, chain(6, 9, 4)), fitTorn, 5},
	} {
		f := loadedFeed(5)
		from := f.head
		if got := f.fill(from, c.page); got != c.want || f.head.ID != c.head {
			t.Errorf("%s: %v, the head is %d; want %v, %d", what, got, f.head.ID, c.want, c.head)
		}
	}
}

// TestFeedEmptyAndRewound: where all messages went for their age, the head
// alone shows that the log is another.
func TestFeedEmptyAndRewound(t *testing.T) {
	f := newFeed("5")
	f.reset(Position{}, Page{Head: Position{5, "a5"}}, false)
	f.loaded = true
	if got := f.fill(f.head, Page{First: 1, Head: Position{5, "b5"}}); got != fitTorn {
		t.Errorf("another log, as long: %v", got)
	}
}

// TestFeedOverlap: how far a reader goes back when the log was rewound.
func TestFeedOverlap(t *testing.T) {
	for what, c := range map[string]struct {
		page Page
		torn bool
		want []MessageID // rewinds
	}{
		"the same":                           {pageOf(1, chain(1, 9, 0)), false, nil},
		"further":                            {pageOf(1, chain(5, 12, 0)), false, nil},
		"further, past what is kept":         {pageOf(20, chain(20, 30, 0)), false, nil},
		"shorter":                            {pageOf(1, chain(1, 4, 0)), false, []MessageID{4}},
		"rewritten":                          {pageOf(1, chain(1, 12, 7)), false, []MessageID{6}},
		"rewritten from the start":           {pageOf(1, chain(1, 12, 1)), false, []MessageID{0}},
		"rewritten, past all that was shown": {pageOf(1, chain(20, 30, 7)), true, []MessageID{0}},
		"empty":                              {Page{}, false, []MessageID{0}},
	} {
		f := loadedFeed(9)
		f.reset(f.head, c.page, c.torn)
		if diff := cmp.Diff(c.want, f.rewinds); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
		if f.head != c.page.Head {
			t.Errorf("%s: the head is %v, want %v", what, f.head, c.page.Head)
		}
	}
}

func TestTailIsBounded(t *testing.T) {
	f := loadedFeed(1)
	slow := &Cursor{feed: f}
	slow.Next()
	for _, m := range chain(2, 5000, 0) {
		f.append(m)
		if len(f.tail) > 2*TailLimit {
			t.Fatalf("the tail holds %d messages", len(f.tail))
		}
	}
	step, _ := slow.Next()
	if first := step.Messages[0].ID; !step.Missed || len(step.Messages) < TailLimit || first+MessageID(len(step.Messages))-1 != 5000 {
		t.Errorf("missed: %v; %d messages from %d", step.Missed, len(step.Messages), first)
	}
	if step, _ = slow.Next(); step.Missed || len(step.Messages) != 0 {
		t.Errorf("the next step is %+v", step)
	}
}

// TestCursorTwoRewinds: what did not survive the first rewind does not come
// back with the second.
func TestCursorTwoRewinds(t *testing.T) {
	f := loadedFeed(9)
	c := &Cursor{feed: f}
	c.Next()
	f.reset(f.head, pageOf(1, chain(1, 12, 3)), false)
	f.reset(f.head, pageOf(1, chain(1, 7, 3)), false)
	step, _ := c.Next()
	if !step.Rewound || step.To != 2 || len(step.Messages) != 5 || step.Messages[0].Key != "b3" {
		t.Errorf("the step is %+v", step)
	}
}

func TestCursorSeek(t *testing.T) {
	f := loadedFeed(9)
	for from, want := range map[MessageID]int{0: 9, 4: 5, 8: 1, 9: 0, 30: 0} {
		c := &Cursor{feed: f}
		c.Seek(from)
		step, ready := c.Next()
		if !ready || step.Missed || step.Rewound || len(step.Messages) != want {
			t.Errorf("behind %d: %+v; want %d messages", from, step, want)
		}
	}
	if _, ready := (&Cursor{feed: newFeed("5")}).Next(); ready {
		t.Error("a feed that was never read is ready")
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
		"in":    {Change{4, TurnIn, 2, "bert"}, true, Roll{4, map[UserID]string{1: "anna", 2: "bert"}}},
		"out":   {Change{4, TurnOut, 1, "anna"}, true, Roll{4, map[UserID]string{}}},
		"name":  {Change{4, TurnName, 1, "ann"}, true, Roll{4, map[UserID]string{1: "ann"}}},
		"old":   {Change{3, TurnOut, 1, "anna"}, true, Roll{3, map[UserID]string{1: "anna"}}},
		"later": {Change{5, TurnOut, 1, "anna"}, false, Roll{3, map[UserID]string{1: "anna"}}},
	} {
		r := Roll{3, map[UserID]string{1: "anna"}}
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
	was := Roll{1, map[UserID]string{1: "anna", 2: "bert", 3: "cleo"}}
	next := Roll{9, map[UserID]string{2: "bert", 3: "cleopatra", 4: "dora"}}
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
	f.setRoll(Roll{1, map[UserID]string{1: "anna", 2: "bert"}}) // the first is no news
	f.change(Change{2, TurnIn, 3, "cleo"})
	f.change(Change{2, TurnIn, 3, "cleo"})
	f.change(Change{3, TurnName, 1, "ann"})
	f.setRoll(Roll{5, map[UserID]string{1: "ann", 3: "cleo"}})
	f.change(Change{5, TurnOut, 2, "bert"})
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
	f.roll = Roll{5, crowd}
	f.change(Change{6, TurnOut, 5, "x"})
	if len(f.notices) != 3 || f.roll.Version != 6 {
		t.Errorf("in a crowd: %d notices, version %d", len(f.notices), f.roll.Version)
	}
}
