package storagetest

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
)

func wire() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"a topic is told to be subscribed":  subscribed,
		"posts arrive in order":             postsArrive,
		"every kind of news":                everyKind,
		"typing is told where it is":        typing,
		"delays are told":                   delays,
		"other topics are silent":           silence,
		"topics from before Listen":         topicsBefore,
		"a cut connection is told and made": cut,
		"wishes in quick succession":        quickWishes,
	}
}

// ear keeps what Listen says.
type ear struct {
	t  *testing.T
	mu sync.Mutex
	ns []chat.News
}

// listen starts to listen, and waits for the first restart.
func listen(t *testing.T, s chat.Store) *ear {
	t.Helper()
	e := &ear{t: t}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Listen(ctx, e.hear)
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
	e.await("the first restart", 1, isKind(chat.NewsRestart))
	return e
}

func (e *ear) hear(n chat.News) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ns = append(e.ns, n)
}

// all is what was said, but of delays, which is said all the time.
func (e *ear) all() []chat.News {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(e.ns), isKind(chat.NewsDelay))
}

// delays tells of the way there and back, which takes a time and no longer than
// it was waited for.
func delays(t *testing.T, h *House) {
	began := time.Now()
	e := listen(t, h.Open(t))
	var first chat.News
	Until(t, "a delay is told", func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		i := slices.IndexFunc(e.ns, isKind(chat.NewsDelay))
		if i >= 0 {
			first = e.ns[i]
		}
		return i >= 0
	})
	if first.Delay <= 0 || first.Delay > time.Since(began) {
		t.Errorf("a delay of %s", first.Delay)
	}
}

// await waits until so many news fit, and returns all that fit.
func (e *ear) await(what string, n int, fits func(chat.News) bool) (found []chat.News) {
	e.t.Helper()
	Until(e.t, what, func() bool {
		found = slices.DeleteFunc(e.all(), func(n chat.News) bool { return !fits(n) })
		return len(found) >= n
	})
	return found
}

func isKind(k chat.NewsKind) func(chat.News) bool {
	return func(n chat.News) bool { return n.Kind == k }
}

func isSubscribed(topic chat.Topic) func(chat.News) bool {
	return func(n chat.News) bool { return n.Kind == chat.NewsSubscribed && n.Topic == topic }
}

func subscribed(t *testing.T, h *House) {
	s := h.Open(t)
	e := listen(t, s)
	s.Subscribe(chat.RoomTopic("5"), chat.UserTopic(7), chat.RoomTopic("1:2"))
	for _, topic := range []chat.Topic{"room:5", "user:7", "room:1:2"} {
		e.await(string(topic), 1, isSubscribed(topic))
	}
	if first := e.all()[0]; first.Kind != chat.NewsRestart {
		t.Errorf("the first news is %+v", first)
	}
}

func postsArrive(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	e := listen(t, s)
	s.Subscribe(chat.RoomTopic("5"))
	e.await("subscribed", 1, isKind(chat.NewsSubscribed))
	AtOnce(4, func(i int) {
		for n := range 25 {
			d := chat.Draft{Key: strconv.Itoa(i*100 + n), Room: "5", From: 1, Name: "anna", Body: "x"}
			_, err := other.Post(t.Context(), d)
			report(t, err)
		}
	})
	var got []*chat.Message
	for _, n := range e.await("all posts", 100, isKind(chat.NewsEntry)) {
		if n.Room != "5" || n.Topic != chat.RoomTopic("5") {
			t.Errorf("news of %s, %s", n.Room, n.Topic)
		}
		got = append(got, n.Entry.Message)
	}
	if diff := cmp.Diff(all(t, other, "5"), got); diff != "" {
		t.Error(diff)
	}
}

func everyKind(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	u, ops := user(t, other, "anna"), room(t, other, "ops")
	e := listen(t, s)
	s.Subscribe(chat.RoomTopic(ops.ID), chat.UserTopic(u.ID))
	e.await("subscribed", 2, isKind(chat.NewsSubscribed))
	_, err := other.AddMember(t.Context(), ops.ID, u)
	must(t, err)
	must(t, other.SetTopic(t.Context(), ops.ID, "arm64", u))
	must(t, other.MarkRead(t.Context(), chat.ReadMark{User: u.ID, Room: ops.ID, ID: 7}))
	must(t, other.MarkRead(t.Context(), chat.ReadMark{User: u.ID, Room: ops.ID, ID: 6})) // goes nowhere
	_, err = other.Rename(t.Context(), u.ID, name(t, "johanna"), 1)
	must(t, err)
	_, err = other.RemoveMember(t.Context(), ops.ID, chat.User{ID: u.ID, Name: "johanna"})
	must(t, err)
	e.await("the user's rooms changed", 3, isKind(chat.NewsSeats))

	got := slices.DeleteFunc(e.all(), func(n chat.News) bool {
		return n.Kind == chat.NewsSubscribed || n.Kind == chat.NewsRestart
	})
	mine, roomOnes := chat.UserTopic(u.ID), chat.RoomTopic(ops.ID)
	roll := func(v int64, turn chat.Turn, name string) chat.News {
		return chat.News{
			Kind: chat.NewsRoll, Topic: roomOnes, Room: ops.ID,
			Change: chat.Change{Version: v, Turn: turn, User: u.ID, Name: name},
		}
	}
	seats := chat.News{Kind: chat.NewsSeats, Topic: mine, Room: chat.RoomID(u.ID.String())}
	want := []chat.News{
		roll(1, chat.TurnIn, "anna"), seats,
		{Kind: chat.NewsRoom, Topic: roomOnes, Room: ops.ID},
		{Kind: chat.NewsRead, Topic: mine, Room: ops.ID, Read: 7},
		roll(2, chat.TurnName, "johanna"), seats,
		roll(3, chat.TurnOut, "johanna"), seats,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func typing(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	e := listen(t, s)
	s.Subscribe(chat.RoomTopic("5"))
	e.await("subscribed", 1, isKind(chat.NewsSubscribed))
	must(t, other.Typing(t.Context(), "6", chat.User{ID: 7, Name: "anna"}))
	must(t, other.Typing(t.Context(), "5", chat.User{ID: 8, Name: "zoë \""}))
	post(t, other, "5", "x")
	e.await("the message", 1, isKind(chat.NewsEntry))
	want := []chat.News{{Kind: chat.NewsTyping, Topic: chat.RoomTopic("5"), Room: "5", Change: chat.Change{User: 8, Name: "zoë \""}}}
	if diff := cmp.Diff(want, e.await("typing", 1, isKind(chat.NewsTyping))); diff != "" {
		t.Error(diff)
	}
}

func silence(t *testing.T, h *House) {
	s := h.Open(t)
	e := listen(t, s)
	s.Subscribe(chat.RoomTopic("5"), chat.RoomTopic("6"))
	e.await("subscribed", 2, isKind(chat.NewsSubscribed))
	s.Unsubscribe(chat.RoomTopic("5"))
	s.Subscribe(chat.RoomTopic("7")) // confirmed before or with the other
	e.await("room 7", 1, isSubscribed(chat.RoomTopic("7")))
	Until(t, "nobody listens to room 5", func() bool {
		return h.listeners(t, "room:{5}:feed")["room:{5}:feed"] == 0
	})
	for _, id := range []chat.RoomID{"5", "8", "6"} {
		post(t, s, id, "x")
	}
	for _, n := range e.await("a message", 1, isKind(chat.NewsEntry)) {
		if n.Room != "6" {
			t.Errorf("a message of room %s was heard", n.Room)
		}
	}
}

func topicsBefore(t *testing.T, h *House) {
	s := h.Open(t)
	s.Subscribe(chat.RoomTopic("5"))
	e := listen(t, s)
	post(t, s, "5", "x")
	e.await("the message", 1, isKind(chat.NewsEntry))
}

func cut(t *testing.T, h *House) {
	s := h.Open(t)
	s.Subscribe(chat.RoomTopic("5"))
	e := listen(t, s)
	s.Subscribe(chat.RoomTopic("6"), chat.UserTopic(1))
	e.await("subscribed", 2, isKind(chat.NewsSubscribed))
	if !h.Cut(t) {
		t.Skip("this Redis cuts no connections")
	}
	e.await("the next restart", 2, isKind(chat.NewsRestart))
	post(t, s, "5", "x")
	post(t, s, "6", "x")
	must(t, s.MarkRead(t.Context(), chat.ReadMark{User: 1, Room: "5", ID: 1}))
	e.await("both messages", 2, isKind(chat.NewsEntry))
	e.await("the mark", 1, isKind(chat.NewsRead))
	var turns []chat.NewsKind
	for _, n := range e.all() {
		if n.Kind == chat.NewsDown || n.Kind == chat.NewsRestart {
			turns = append(turns, n.Kind)
		}
	}
	if diff := cmp.Diff([]chat.NewsKind{chat.NewsRestart, chat.NewsDown, chat.NewsRestart}, turns); diff != "" {
		t.Error(diff)
	}
}

// quickWishes changes its mind many times: the last wish of each topic holds.
func quickWishes(t *testing.T, h *House) {
	s := h.Open(t)
	e := listen(t, s)
	for n := range 60 {
		topic := chat.RoomTopic(chat.RoomID(strconv.Itoa(n % 6)))
		s.Subscribe(topic)
		if n%2 == 1 || n < 30 {
			s.Unsubscribe(topic)
		}
	}
	want := map[string]int64{}
	for n := range 6 {
		want["room:{"+strconv.Itoa(n)+"}:feed"] = int64(1 - n%2)
	}
	Until(t, "the last wishes hold", func() bool {
		channels := slices.Collect(maps.Keys(want))
		return cmp.Equal(want, h.listeners(t, channels...))
	})
	e.await("the last wishes are told", 3, isKind(chat.NewsSubscribed))
}
