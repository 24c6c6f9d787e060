package chat_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/storage"
)

// pause has Redis answer nobody for a while; the test is skipped where it
// cannot.
func (h house) pause(d time.Duration) {
	h.t.Helper()
	if err := h.Redis.Do(h.t.Context(), "CLIENT", "PAUSE", d.Milliseconds(), "ALL").Err(); err != nil {
		h.t.Skip("this Redis cannot be paused: ", err)
	}
}

// TestRedisHangs: what is sent meanwhile waits, and goes out in order.
func TestRedisHangs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	anna, bert := h.connect(h.replica(), "anna"), h.connect(h.replica(), "bert")
	const hangs = 7 * time.Second
	h.pause(hangs)
	back := time.Now().Add(hangs)
	want := []string{}
	for n := range 5 {
		want = append(want, fmt.Sprint(n))
		anna.send(fmt.Sprint(n))
	}
	anna.until("the hanging is seen", func() bool { return !anna.DownSince().IsZero() })
	waiting := anna.Pending(chat.General)
	if len(waiting) != 5 || waiting[0].Posted != 0 || waiting[0].Refused != nil || waiting[4].Body != "4" {
		t.Errorf("waiting are %+v", waiting)
	}
	for _, v := range []*screen{anna, bert} {
		v.await(5)
		if got := bodies(v.seen); !slices.Equal(got, want) {
			t.Errorf("%s sees %v", v.User().Name, got)
		}
	}
	if late := time.Since(back); late > 2*time.Second {
		t.Errorf("all was there %s after Redis was back", late)
	}
	anna.until("storage answers", func() bool { return anna.DownSince().IsZero() })
	anna.until("nothing waits", func() bool { return len(anna.Pending(chat.General)) == 0 })
}

func TestRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica()
	anna := h.connect(svc, "anna")
	must(t, anna.Send("99", chat.KindText, "to nobody"))
	anna.send("to all")
	anna.await(1) // the refused one holds up nothing
	var refused []chat.Pending
	anna.until("it is refused", func() bool {
		refused = anna.Pending("99")
		return len(refused) == 1 && refused[0].Refused != nil
	})
	wantCode(t, refused[0].Refused, chat.CodeRefused)
	if body, ok := anna.Drop(refused[0].Key); !ok || body != "to nobody" {
		t.Errorf("dropped %q, %v", body, ok)
	}
	if _, ok := anna.Drop(refused[0].Key); ok || len(anna.Pending("99")) != 0 {
		t.Error("what was dropped is still there")
	}
	wantCode(t, anna.Send(chat.General, chat.KindText, " \n"), chat.CodeInvalid)
}

// TestOutboxIsBounded also has Close give up what ctx leaves no time for.
func TestOutboxIsBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica(func(o *chat.Options) { o.MessageRate, o.MessageBurst = 0.001, 1 })
	anna := h.connect(svc, "anna")
	anna.send("goes")
	anna.await(1)
	anna.until("it waits no more", func() bool { return len(anna.Pending(chat.General)) == 0 })
	for range chat.LimitOutbox - 1 {
		anna.send("waits")
	}
	sendsTheLast(anna)
	wantCode(t, anna.Send(chat.General, chat.KindText, "too much"), chat.CodeTooFast)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	anna.Close(ctx)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("closing took %s", took)
	}
	wantCode(t, anna.Send(chat.General, chat.KindText, "too late"), chat.CodeRefused)
}

// TestCloseFinishes: what was sent before the end is posted.
func TestCloseFinishes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica()
	anna, bert := h.connect(svc, "anna"), h.connect(svc, "bert")
	for range 50 {
		anna.send("x")
	}
	anna.Close(t.Context())
	page, err := h.store().Before(t.Context(), chat.General, 0, 100)
	must(t, err)
	if len(page.Messages) != 50 {
		t.Errorf("%d messages were posted", len(page.Messages))
	}
	bert.await(50)
}

// forgetful is a storage that loses a message right behind its answer, as one
// does that fails over.
type forgetful struct {
	*storage.Store
	lost atomic.Bool
}

func (f *forgetful) Post(ctx context.Context, d chat.Draft, among ...chat.UserID) (*chat.Message, error) {
	if !f.lost.Swap(true) {
		return &chat.Message{ID: 1, Key: d.Key, Room: d.Room}, nil
	}
	return f.Store.Post(ctx, d, among...)
}

// TestLostBehindItsAnswer: what was posted, and came back to nobody, is posted
// again; also where its number is another message's by now.
func TestLostBehindItsAnswer(t *testing.T) {
	t.Parallel()
	for name, others := range map[string][]string{"nobody writes": {}, "somebody writes": {"another"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			svc := chat.New(&forgetful{Store: h.store()}, slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
			t.Cleanup(svc.Close)
			anna := h.connect(svc, "anna")
			anna.send("lost")
			anna.until("it is posted", func() bool {
				p := anna.Pending(chat.General)
				return len(p) == 1 && p[0].Posted == 1
			})
			bert := h.connect(h.replica(), "bert")
			for _, body := range others {
				bert.send(body)
			}
			want := append(others, "lost")
			bert.await(len(want))
			if got := bodies(bert.seen); !slices.Equal(got, want) {
				t.Errorf("bert sees %q", got)
			}
			anna.until("nothing waits", func() bool { return len(anna.Pending(chat.General)) == 0 })
		})
	}
}

// late is storage whose answer to a post comes later than the news of it.
type late struct {
	*storage.Store
	ready chan struct{}
}

func (l late) Post(ctx context.Context, d chat.Draft, among ...chat.UserID) (*chat.Message, error) {
	m, err := l.Store.Post(ctx, d, among...)
	<-l.ready
	return m, err
}

// TestNewsBeforeTheAnswer: what the feed has brought waits no more.
func TestNewsBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store := late{h.store(), make(chan struct{})}
	svc := chat.New(store, slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	t.Cleanup(svc.Close)
	anna := h.connect(svc, "anna")
	anna.send("tea?")
	anna.await(1)
	if waiting := anna.Pending(chat.General); len(waiting) > 0 {
		t.Errorf("these wait: %+v", waiting)
	}
	close(store.ready)
	anna.send("now")
	anna.await(2)
}

func TestPace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica(func(o *chat.Options) { o.MessageRate, o.MessageBurst = 20, 1 })
	for range 3 {
		must(t, svc.Pace(t.Context(), 1))
	}
	began := time.Now()
	must(t, svc.Pace(t.Context(), 1))
	if took := time.Since(began); took < 25*time.Millisecond {
		t.Errorf("the fourth message waited only %s", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := svc.Pace(ctx, 2); err == nil {
		t.Error("a message goes out for somebody who has gone")
	}
}
