package chat

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kept is a storage that has one log of posts, of which it keeps the newest.
type kept struct {
	Store // what reading the tail does not ask for
	log   []*Message
	limit int
}

func (k kept) page(ms []*Message) (p Page) {
	p.Messages = ms
	if len(k.log) > 0 {
		p.First, p.Head = k.trimmed()[0].ID, endOf(k.log)
	}
	return p
}

func (k kept) trimmed() []*Message { return k.log[max(0, len(k.log)-k.limit):] }

func (k kept) Before(_ context.Context, _ RoomID, _ MessageID, n int) (Page, error) {
	ms := k.trimmed()
	return k.page(ms[max(0, len(ms)-n):]), nil
}

func (k kept) After(_ context.Context, _ RoomID, after MessageID, n int) (Page, error) {
	ms := slices.DeleteFunc(slices.Clone(k.trimmed()), func(m *Message) bool { return m.ID <= after })
	return k.page(ms[:min(n, len(ms))]), nil
}

func (k kept) Changes(ctx context.Context, room RoomID, after Head, n int) (Span, error) {
	p, err := k.After(ctx, room, after.ID, n)
	s := Span{First: p.First, Head: p.Head}
	if len(p.Messages) > 0 && p.Messages[0].Rev == after.Rev+1 {
		s.Entries = entriesOf(p.Messages)
	}
	return s, err
}

// TestFeedRewound: how far a reader goes back when the log was rewound.
func TestFeedRewound(t *testing.T) {
	for what, c := range map[string]struct {
		has   MessageID // the feed
		log   []*Message
		limit int
		want  []MessageID // resets
	}{
		"the same":                               {9, chain(1, 9, 0), 500, nil},
		"further":                                {9, chain(1, 12, 0), 500, nil},
		"further, past what is kept":             {9, chain(1, 300, 0), 50, []MessageID{allSurvived}},
		"shorter":                                {9, chain(1, 4, 0), 500, []MessageID{4}},
		"rewritten":                              {9, chain(1, 12, 7), 500, []MessageID{6}},
		"rewritten from the start":               {9, chain(1, 12, 1), 500, []MessageID{0}},
		"rewritten, further than a page":         {9, chain(1, 300, 7), 500, []MessageID{6}},
		"the newest one rewritten, and the same": {400, chain(1, 700, 400), 1000, []MessageID{399}},
		"the same, and some are not kept":        {400, chain(1, 700, 300), 600, []MessageID{299}},
		"the same, and all others are not kept":  {400, chain(1, 700, 300), 305, []MessageID{395}},
		"rewritten, past what is kept":           {9, chain(1, 300, 7), 50, []MessageID{allSurvived}},
		"empty":                                  {9, nil, 500, []MessageID{0}},
	} {
		f := loadedFeed(c.has)
		store := kept{log: c.log, limit: c.limit}
		if err := f.readTail(t.Context(), store); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, f.resets); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
		if f.head != store.page(nil).Head {
			t.Errorf("%s: the head is %v, want %v", what, f.head, store.page(nil).Head)
		}
	}
}

// TestFeedEmptyAndRewound: where all messages went for their age, the head
// alone shows that the log is another.
func TestFeedEmptyAndRewound(t *testing.T) {
	f := newFeed("5")
	f.reset(Head{}, Page{Head: at(5, "a5")}, false, allSurvived)
	f.loaded = true
	if got := f.fill(f.head, Span{First: 1, Head: at(5, "b5")}); got != fitTorn {
		t.Errorf("another log, as long: %v", got)
	}
}

// TestCursorTwoRewinds: what did not survive the first rewind does not come
// back with the second.
func TestCursorTwoRewinds(t *testing.T) {
	f := loadedFeed(9)
	c := &Cursor{feed: f}
	c.Next()
	f.reset(f.head, pageOf(1, chain(1, 12, 3)), true, 2)
	f.reset(f.head, pageOf(1, chain(1, 7, 3)), true, 7)
	step, _ := c.Next()
	if !step.Rewound || step.To != 2 || len(step.Messages) != 7 || step.Messages[2].Key != "b3" {
		t.Errorf("the step is %+v", step)
	}
}

// TestCursorLostEdit: a log that lost an edit and nothing else shows the message
// as it was before, and no message as lost.
func TestCursorLostEdit(t *testing.T) {
	f := loadedFeed(9)
	c := &Cursor{feed: f}
	c.Next()
	f.append(edit(f, 8, "lost"))
	c.Next()
	if got := f.fill(f.head, Span{First: 1, Head: at(9, "a9")}); got != fitTorn {
		t.Fatalf("a log without the edit: %v", got)
	}
	f.reset(f.head, pageOf(1, chain(1, 9, 0)), true, allSurvived)
	step, _ := c.Next()
	if step.Rewound || !step.Missed || len(step.Messages) != 9 || step.Messages[7].Body != "" {
		t.Errorf("the step is %+v", step)
	}
}
