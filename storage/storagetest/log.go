package storagetest

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/storage"
)

func logs() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"numbers have no holes":              noHoles,
		"a message comes back as it was":     asItWas,
		"keys that are hard to write":        hardKeys,
		"a repeated post is the first":       repeated,
		"a repeated post at the same moment": repeatedAtOnce,
		"only so many are kept":              limited,
		"only for so long":                   aged,
		"for ever, after only for so long":   keptForEver,
		"the clock goes back":                clockGoesBack,
		"old ones in front hide nothing":     agedInFront,
		"pages at all edges":                 pages,
		"rooms are apart":                    apart,
		"where rooms stand":                  marks,
		"a reply":                            reply,
		"a reply to what never was":          replyToNothing,
		"a post among those who are in":      among,
		"messages by their numbers":          byNumber,
		"messages by number that are old":    byNumberOld,
	}
}

// post posts a message that is known to be fine.
func post(t *testing.T, s chat.Store, in chat.RoomID, body string) *chat.Message {
	t.Helper()
	m, err := s.Post(t.Context(), chat.Draft{Key: rand.Text(), Room: in, From: 1, Name: "anna", Body: body})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// end is where a log ends with the message's post.
func end(m *chat.Message) chat.Head {
	return chat.Head{Position: m.Entry().Position, ID: m.ID}
}

// all reads a whole log, page by page.
func all(t *testing.T, s chat.Store, in chat.RoomID) []*chat.Message {
	t.Helper()
	var got []*chat.Message
	for after := chat.MessageID(0); ; after = got[len(got)-1].ID {
		p, err := s.After(t.Context(), in, after, 7)
		must(t, err)
		got = append(got, p.Messages...)
		if len(p.Messages) == 0 || p.Messages[len(p.Messages)-1].ID == p.Head.ID {
			return got
		}
	}
}

// ids lists the numbers of messages.
func ids(ms []*chat.Message) []chat.MessageID {
	list := make([]chat.MessageID, 0, len(ms))
	for _, m := range ms {
		list = append(list, m.ID)
	}
	return list
}

// span lists the numbers from one to the other.
func span(from, to chat.MessageID) []chat.MessageID {
	list := []chat.MessageID{}
	for id := from; id <= to; id++ {
		list = append(list, id)
	}
	return list
}

func noHoles(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t)}
	answers := make([][]*chat.Message, 4)
	AtOnce(4, func(i int) {
		for n := range 50 {
			d := chat.Draft{Key: rand.Text(), Room: "5", From: chat.UserID(i + 1), Name: "x", Body: fmt.Sprint(n)}
			m, err := stores[i%2].Post(t.Context(), d)
			if err != nil {
				t.Error(err)
				return
			}
			answers[i] = append(answers[i], m)
		}
	})
	kept := all(t, stores[0], "5")
	if diff := cmp.Diff(span(1, 200), ids(kept)); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(kept, all(t, stores[1], "5")); diff != "" {
		t.Error("the stores differ:", diff)
	}
	for i, m := range kept {
		if i > 0 && m.Prev != kept[i-1].Key || i == 0 && m.Prev != "" {
			t.Errorf("message %d follows %q", m.ID, m.Prev)
		}
	}
	for _, mine := range answers {
		for n, m := range mine {
			if kept[m.ID-1].Key != m.Key || m.Body != fmt.Sprint(n) || n > 0 && m.ID <= mine[n-1].ID {
				t.Errorf("post %d was answered with %+v, kept is %+v", n, m, kept[m.ID-1])
			}
		}
	}
}

func asItWas(t *testing.T, h *House) {
	s := h.Open(t)
	d := chat.Draft{
		Key: rand.Text(), Room: "1:2", From: 2, Name: "zoë", Kind: chat.KindAction,
		Body: "100% \"quoted\" \\ %d %s\n\ttwo lines 茶 👩‍👩‍👧 </b> \u2028 {\"id\":7}",
	}
	m, err := s.Post(t.Context(), d)
	must(t, err)
	want := &chat.Message{ID: 1, Rev: 1, Key: d.Key, Room: "1:2", From: 2, Name: "zoë", At: m.At, Kind: chat.KindAction, Body: d.Body}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error("answered:", diff)
	}
	if age := time.Since(m.At); age < -time.Second || age > time.Minute {
		t.Errorf("posted %s ago", age)
	}
	if diff := cmp.Diff([]*chat.Message{want}, all(t, s, "1:2")); diff != "" {
		t.Error("kept:", diff)
	}
}

func repeated(t *testing.T, h *House) {
	a, b := h.Open(t), h.Open(t)
	d := chat.Draft{Key: rand.Text(), Room: "5", From: 1, Name: "anna", Body: "once"}
	first, err := a.Post(t.Context(), d)
	must(t, err)
	post(t, b, "5", "between")
	for _, s := range []chat.Store{a, b} {
		again, err := s.Post(t.Context(), d)
		must(t, err)
		if diff := cmp.Diff(first, again); diff != "" {
			t.Error(diff)
		}
	}
	if got := ids(all(t, a, "5")); len(got) != 2 {
		t.Errorf("the log holds %v", got)
	}
	// A key means something in one room only.
	d.Room = "6"
	other, err := b.Post(t.Context(), d)
	must(t, err)
	if other.ID != 1 || other.Room != "6" {
		t.Errorf("in another room the key gave %+v", other)
	}
}

func repeatedAtOnce(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t)}
	d := chat.Draft{Key: rand.Text(), Room: "5", From: 1, Name: "anna", Body: "once"}
	got := make([]*chat.Message, 8)
	AtOnce(8, func(i int) {
		var err error
		got[i], err = stores[i%2].Post(t.Context(), d)
		report(t, err)
	})
	for _, m := range got {
		if diff := cmp.Diff(got[0], m); diff != "" {
			t.Error(diff)
		}
	}
	if kept := ids(all(t, stores[0], "5")); len(kept) != 1 {
		t.Errorf("the log holds %v", kept)
	}
}

func limited(t *testing.T, h *House) {
	s := h.Open(t, func(o *storage.Options) { o.HistoryLimit = 10 })
	for range 25 {
		post(t, s, "5", "x")
	}
	p, err := s.Before(t.Context(), "5", 0, 100)
	must(t, err)
	if diff := cmp.Diff(span(16, 25), ids(p.Messages)); diff != "" || p.First != 16 || p.Head.ID != 25 {
		t.Errorf("first %d, head %d: %s", p.First, p.Head.ID, diff)
	}
	p, err = s.After(t.Context(), "5", 3, 4)
	must(t, err)
	if diff := cmp.Diff(span(16, 19), ids(p.Messages)); diff != "" || p.First != 16 {
		t.Errorf("after 3, first %d: %s", p.First, diff)
	}
}

func aged(t *testing.T, h *House) {
	s := h.Open(t, func(o *storage.Options) { o.HistoryTTL = 500 * time.Millisecond })
	for range 3 {
		post(t, s, "5", "old")
	}
	if got := ids(all(t, s, "5")); len(got) != 3 {
		t.Fatalf("the log holds %v", got)
	}
	Until(t, "the room's messages are too old", func() bool {
		p, err := s.Before(t.Context(), "5", 0, 10)
		must(t, err)
		return len(p.Messages) == 0 && p.First == 0 && p.Head.ID == 3
	})
	m := post(t, s, "5", "new")
	p, err := s.Before(t.Context(), "5", 0, 10)
	must(t, err)
	if m.ID != 4 || len(p.Messages) != 1 || p.First != 4 || p.Messages[0].Prev == "" {
		t.Errorf("posted %+v, the page is %+v", m, p)
	}
}

// keptForEver: where the operator no longer wants messages to go for their age,
// a room does not go at the time that was set for it before.
func keptForEver(t *testing.T, h *House) {
	before, now := h.Open(t, func(o *storage.Options) { o.HistoryTTL = time.Hour }), h.Open(t)
	rooms := map[chat.RoomID]func(){
		"5": func() { post(t, now, "5", "y") },
		"6": func() { revise(t, now, chat.Revision{Room: "6", From: 1, ID: 1, Act: chat.ActEdit, Text: "z"}) },
	}
	for room, change := range rooms {
		post(t, before, room, "x")
		revise(t, before, chat.Revision{Room: room, From: 1, ID: 1, Act: chat.ActEdit, Text: "y"})
		change()
		left, err := h.Redis.PTTL(t.Context(), "room:{"+string(room)+"}").Result()
		must(t, err)
		if left != -1 {
			t.Errorf("room %s goes in %s", room, left)
		}
	}
	left, err := h.Redis.PTTL(t.Context(), "room:{6}:changes").Result()
	must(t, err)
	if left != -1 {
		t.Errorf("the changes of room 6 go in %s", left)
	}
}

// clockGoesBack: another primary's clock may be behind, and a message seem to be
// older than the one before. A page has no holes for that.
func clockGoesBack(t *testing.T, h *House) {
	s := h.Open(t, func(o *storage.Options) { o.HistoryTTL = time.Hour })
	for range 5 {
		post(t, s, "5", "x")
	}
	third := h.Redis.ZRange(t.Context(), "room:{5}", 2, 2).Val()[0]
	at := all(t, s, "5")[2].At
	old := strings.Replace(third, fmt.Sprint(at.UnixMilli()), fmt.Sprint(at.Add(-time.Hour).UnixMilli()), 1)
	must(t, h.Redis.ZRem(t.Context(), "room:{5}", third).Err())
	must(t, h.Redis.ZAdd(t.Context(), "room:{5}", redis.Z{Score: 3, Member: old}).Err())
	for what, read := range map[string]func() (chat.Page, error){
		"before": func() (chat.Page, error) { return s.Before(t.Context(), "5", 0, 10) },
		"after":  func() (chat.Page, error) { return s.After(t.Context(), "5", 0, 10) },
	} {
		p, err := read()
		must(t, err)
		if diff := cmp.Diff(span(4, 5), ids(p.Messages)); diff != "" || p.First != 4 {
			t.Errorf("%s: first %d: %s", what, p.First, diff)
		}
	}
}

// hardKeys has the keys of changes contain what means something in JSON.
func hardKeys(t *testing.T, h *House) {
	s := h.Open(t)
	for i, key := range []string{"\"}, \\", "/\n\u2028", "100%d"} {
		m, err := s.Post(t.Context(), chat.Draft{Key: key, Room: "5", From: 1, Name: "anna", Body: "x"})
		must(t, err)
		revise(t, s, chat.Revision{Key: "!" + key, Room: "5", From: 1, ID: m.ID, Act: chat.ActEdit, Text: fmt.Sprint(i)})
	}
	checkRun(t, s, chat.Position{}, since(t, s, "5", chat.Head{}))
}

// agedInFront has a replica that keeps messages for ever fill a log whose old
// end another replica must not show: what is not too old must still be found.
func agedInFront(t *testing.T, h *House) {
	keeps := h.Open(t)
	for range 30 {
		post(t, keeps, "5", "old")
	}
	var mid time.Time
	Until(t, "time has passed", func() bool {
		mid = post(t, keeps, "5", "middle").At
		return mid.Sub(firstAt(t, keeps)) > 300*time.Millisecond
	})
	last := post(t, keeps, "5", "new")
	reads := h.Open(t, func(o *storage.Options) { o.HistoryTTL = time.Since(mid) + time.Second })
	Until(t, "the old ones are too old", func() bool {
		p, err := reads.Before(t.Context(), "5", 0, 10_000)
		must(t, err)
		return len(p.Messages) < int(last.ID)
	})
	p, err := reads.After(t.Context(), "5", 0, 5)
	must(t, err)
	if len(p.Messages) == 0 || p.First != p.Messages[0].ID || p.Head != end(last) {
		t.Errorf("the oldest page is %v, first %d, head %+v", ids(p.Messages), p.First, p.Head)
	}
}

func firstAt(t *testing.T, s chat.Store) time.Time {
	t.Helper()
	p, err := s.After(t.Context(), "5", 0, 1)
	must(t, err)
	return p.Messages[0].At
}

func pages(t *testing.T, h *House) {
	s := h.Open(t)
	for range 5 {
		post(t, s, "5", "x")
	}
	before := func(id chat.MessageID) func(n int) (chat.Page, error) {
		return func(n int) (chat.Page, error) { return s.Before(t.Context(), "5", id, n) }
	}
	after := func(id chat.MessageID) func(n int) (chat.Page, error) {
		return func(n int) (chat.Page, error) { return s.After(t.Context(), "5", id, n) }
	}
	for _, c := range []struct {
		what string
		read func(n int) (chat.Page, error)
		n    int
		want []chat.MessageID
	}{
		{"the newest", before(0), 2, span(4, 5)},
		{"the newest, and more than there are", before(0), 9, span(1, 5)},
		{"before the third", before(3), 9, span(1, 2)},
		{"one before the third", before(3), 1, span(2, 2)},
		{"before the first", before(1), 9, span(1, 0)},
		{"before what is not there yet", before(99), 2, span(4, 5)},
		{"after nothing", after(0), 2, span(1, 2)},
		{"after the third", after(3), 9, span(4, 5)},
		{"after the last", after(5), 9, span(1, 0)},
		{"after what is not there yet", after(99), 9, span(1, 0)},
	} {
		p, err := c.read(c.n)
		must(t, err)
		if diff := cmp.Diff(c.want, ids(p.Messages)); diff != "" || p.First != 1 || p.Head.ID != 5 || p.Head.Key == "" {
			t.Errorf("%s: first %d, head %+v: %s", c.what, p.First, p.Head, diff)
		}
	}
	for _, read := range []func(chat.RoomID) (chat.Page, error){
		func(r chat.RoomID) (chat.Page, error) { return s.Before(t.Context(), r, 0, 9) },
		func(r chat.RoomID) (chat.Page, error) { return s.After(t.Context(), r, 0, 9) },
	} {
		p, err := read("6")
		must(t, err)
		if len(p.Messages) != 0 || p.First != 0 || p.Head != (chat.Head{}) {
			t.Errorf("the page of an empty room is %+v", p)
		}
	}
}

func apart(t *testing.T, h *House) {
	s := h.Open(t)
	for _, id := range []chat.RoomID{"5", "50", "1:2", "1:22", chat.General} {
		if m := post(t, s, id, "x"); m.ID != 1 || m.Room != id {
			t.Errorf("the first message of %s is %+v", id, m)
		}
	}
}

func marks(t *testing.T, h *House) {
	s := h.Open(t)
	u, ops := user(t, s, "anna"), room(t, s, "ops")
	_, err := s.AddMember(t.Context(), ops.ID, u)
	must(t, err)
	post(t, s, ops.ID, "x")
	second := post(t, s, ops.ID, "y")
	got, err := s.Marks(t.Context(), []chat.RoomID{"77", ops.ID, chat.General})
	must(t, err)
	want := []chat.Mark{{}, {Head: end(second), Roll: 1}, {}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	none, err := s.Marks(t.Context(), nil)
	must(t, err)
	if len(none) != 0 {
		t.Errorf("the marks of no rooms are %v", none)
	}
}
