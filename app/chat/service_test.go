package chat_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

func TestEveryoneSeesTheSame(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	screens := []*screen{h.connect(a, "anna"), h.connect(b, "bert"), h.connect(b, "cleo")}
	for n := range 20 {
		for _, v := range screens[:2] {
			v.send(fmt.Sprint(v.User().Name, n))
		}
	}
	for _, v := range screens {
		v.await(40)
		if diff := cmp.Diff(screens[0].seen, v.seen); diff != "" {
			t.Errorf("%s sees others: %s", v.User().Name, diff)
		}
		for i, m := range v.seen {
			if m.ID != chat.MessageID(i+1) {
				t.Errorf("%s sees %d at place %d", v.User().Name, m.ID, i)
			}
		}
	}
	for _, who := range []string{"anna", "bert"} {
		mine := slices.DeleteFunc(bodies(screens[2].seen), func(b string) bool { return !strings.HasPrefix(b, who) })
		if !slices.IsSortedFunc(mine, func(x, y string) int { return cmp2(len(x), len(y), x, y) }) {
			t.Errorf("the messages of %s came as %v", who, mine)
		}
	}
}

// cmp2 orders by length, then by text: anna9 before anna10.
func cmp2(lx, ly int, x, y string) int {
	if lx != ly {
		return lx - ly
	}
	return strings.Compare(x, y)
}

// TestCutConnections has the connections that bring news die all the time.
// What is said meanwhile fits into a feed, so that no reader can lag behind it.
func TestCutConnections(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if !h.Cut(t) {
		t.Skip("this Redis cuts no connections")
	}
	services := []*chat.Service{h.replica(), h.replica()}
	screens := []*screen{h.connect(services[0], "anna"), h.connect(services[1], "bert")}
	posted := make(chan struct{})
	go func() {
		defer close(posted)
		storagetest.AtOnce(4, func(i int) {
			for n := range 100 {
				d, err := services[i%2].Compose(screens[i%2].User(), chat.General, chat.KindText, fmt.Sprint(i, " ", n))
				if err == nil {
					_, err = services[i%2].Deliver(t.Context(), d)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for cutting := true; cutting; {
		select {
		case <-posted:
			cutting = false
		case <-tick.C:
			h.Cut(t)
		case <-screens[0].Wake():
			screens[0].pull()
		case <-screens[1].Wake():
			screens[1].pull()
		}
	}
	h.Cut(t)
	healed := time.Now()
	for _, v := range screens {
		v.await(400)
		if len(v.seen) != 400 || v.missed+v.rewound > 0 {
			t.Errorf("%s sees %d messages, missed %d times, rewound %d times", v.User().Name, len(v.seen), v.missed, v.rewound)
		}
		for i, m := range v.seen {
			if m.ID != chat.MessageID(i+1) {
				t.Fatalf("%s sees %d at place %d", v.User().Name, m.ID, i)
			}
		}
	}
	if took := time.Since(healed); took > 2*time.Second {
		t.Errorf("what was missing took %s", took)
	}
}

// silently posts to a room without that anyone is told.
func (h house) silently(room chat.RoomID, body string) {
	h.t.Helper()
	ctx, key := h.t.Context(), "room:{"+string(room)+"}"
	prev := h.Redis.HGet(ctx, key+":head", "key").Val()
	id, err := h.Redis.HIncrBy(ctx, key+":head", "id", 1).Result()
	must(h.t, err)
	rev, err := h.Redis.HIncrBy(ctx, key+":head", "rev", 1).Result()
	must(h.t, err)
	text, err := json.Marshal(map[string]any{"id": id, "rev": rev, "at": 1, "prev": prev, "key": body, "from": 1, "name": "x", "body": body})
	must(h.t, err)
	must(h.t, h.Redis.ZAdd(ctx, key, redis.Z{Score: float64(id), Member: text}).Err())
	must(h.t, h.Redis.HSet(ctx, key+":head", "key", body).Err())
}

func TestLostPublish(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	v := h.connect(h.replica(), "anna")
	v.send("heard")
	v.await(1)
	h.silently(chat.General, "lost 1")
	h.silently(chat.General, "lost 2")
	lost := time.Now()
	v.await(3)
	if took := time.Since(lost); took > 7*time.Second {
		t.Errorf("the lost messages were found after %s", took)
	}
	// The next message shows at once that one before it was lost.
	h.silently(chat.General, "lost 3")
	lost = time.Now()
	v.send("heard")
	v.await(5)
	if took := time.Since(lost); took > 2*time.Second {
		t.Errorf("the hole was filled after %s", took)
	}
	if got := bodies(v.seen); !slices.Equal(got, []string{"heard", "lost 1", "lost 2", "lost 3", "heard"}) {
		t.Errorf("seen %v", got)
	}
}

// TestLag has a session not look while more is said than the tail holds.
func TestLag(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica()
	slow, quick := h.connect(svc, "anna"), h.connect(svc, "bert")
	slow.send("first")
	slow.await(1)
	for n := range 1000 {
		_, err := svc.Post(t.Context(), chat.Draft{Key: fmt.Sprint("k", n), Room: chat.General, From: 1, Body: fmt.Sprint(n)})
		must(t, err)
	}
	quick.until("all is there", func() bool { v, _ := quick.Room(chat.General); return v.Head == 1001 })
	slow.pull()
	if slow.missed != 1 || slow.seen[len(slow.seen)-1].ID != 1001 {
		t.Fatalf("missed %d times, the last is %d", slow.missed, slow.seen[len(slow.seen)-1].ID)
	}
	// What lies between is in storage.
	filled := slow.seen[:1:1]
	for upTo := slow.seen[1].ID; filled[len(filled)-1].ID < upTo-1; {
		page, err := svc.Since(t.Context(), slow.User(), chat.Room{ID: chat.General}, filled[len(filled)-1].ID)
		must(t, err)
		for _, m := range page.Messages {
			if m.ID < upTo {
				filled = append(filled, m)
			}
		}
	}
	for i, m := range append(filled, slow.seen[1:]...) {
		if m.ID != chat.MessageID(i+1) {
			t.Fatalf("message %d at place %d", m.ID, i)
		}
	}
	slow.seen = nil
	quick.send("next")
	slow.await(1)
	if slow.missed != 1 || slow.seen[0].ID != 1002 {
		t.Errorf("missed %d times, went on with %d", slow.missed, slow.seen[0].ID)
	}
}

// TestRewound has Redis come back with an older log, as after a failover.
func TestRewound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	screens := []*screen{h.connect(a, "anna"), h.connect(b, "bert")}
	for n := range 10 {
		screens[0].send(fmt.Sprint("old ", n+1))
	}
	for _, v := range screens {
		v.await(10)
	}
	must(t, h.Redis.ZRemRangeByScore(t.Context(), "room:{0}", "7", "+inf").Err())
	must(t, h.Redis.HSet(t.Context(), "room:{0}:head", "id", 6, "rev", 6, "key", screens[0].seen[5].Key).Err())
	screens[1].send("new 7")
	for _, v := range screens {
		v.until("the new one is there", func() bool { return v.rewound == 1 && len(v.seen) == 7 })
		if got := v.seen[6].Body; got != "new 7" || v.seen[5].Body != "old 6" {
			t.Errorf("%s sees %v", v.User().Name, bodies(v.seen))
		}
	}
	screens[0].send("new 8")
	for _, v := range screens {
		v.await(8)
	}
}

// TestRedisCameBackEmpty: what was said is gone, and the chat goes on, without
// anyone reconnecting.
func TestRedisCameBackEmpty(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	screens := []*screen{h.connect(a, "anna"), h.connect(b, "bert")}
	for range 3 {
		screens[0].send("old")
	}
	for _, v := range screens {
		v.await(3)
	}
	h.Flush(t)
	screens[0].send("new")
	for _, v := range screens {
		v.until("only the new one is there", func() bool { return len(v.seen) == 1 && v.seen[0].Body == "new" })
	}
	// Who is here comes back with the leases.
	for _, v := range screens {
		v.until("both are here", func() bool { return len(v.Roster(chat.General).People) == 2 })
	}
}

func TestUnread(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, desk, phone := h.connect(a, "anna"), h.connect(a, "bert"), h.connect(b, "bert")
	for range 3 {
		anna.send("x")
	}
	for _, v := range []*screen{desk, phone} {
		v.until("three are unread", func() bool { return v.unread(chat.General) == 3 })
	}
	desk.Read(chat.General, 2)
	phone.until("one is unread", func() bool { return phone.unread(chat.General) == 1 })
	phone.Read(chat.General, 3)
	desk.Read(chat.General, 1) // late
	desk.until("none is unread", func() bool { return desk.unread(chat.General) == 0 })
	if again := h.connect(b, "bert"); again.unread(chat.General) != 0 || anna.unread(chat.General) != 3 {
		t.Errorf("a new session counts %d, anna %d", again.unread(chat.General), anna.unread(chat.General))
	}
}

func TestDirectRoom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, cleo := h.connect(a, "anna"), h.connect(b, "cleo")
	h.user(b, "bert") // who is away
	for _, peer := range []string{"bert", "cleo"} {
		room, err := a.FindRoom(t.Context(), anna.User(), "@"+peer)
		must(t, err)
		anna.look(room.ID)
		cleo.until("the room is empty", func() bool { return !cleo.lists("@anna") })
		anna.send("hello " + peer)
		anna.await(1)
	}
	cleo.until("the room opens", func() bool { return cleo.lists("@anna") })
	bert := h.connect(b, "bert")
	bert.until("the room is there", func() bool { return bert.lists("@anna") })
	for v, want := range map[*screen]string{bert: "hello bert", cleo: "hello cleo"} {
		id := chat.Direct(anna.User().ID, v.User().ID)
		if v.unread(id) != 1 {
			t.Errorf("%s counts %d unread", v.User().Name, v.unread(id))
		}
		v.look(id)
		if got := bodies(v.seen); !slices.Equal(got, []string{want}) {
			t.Errorf("%s sees %v", v.User().Name, got)
		}
	}
	_, err := a.FindRoom(t.Context(), anna.User(), "@anna")
	wantCode(t, err, chat.CodeRefused)
	_, err = a.FindRoom(t.Context(), anna.User(), "@nobodyknows")
	wantCode(t, err, chat.CodeNotFound)
}

// told counts the notices of a turn about a person.
func (v *screen) told(turn chat.Turn, name string) (n int) {
	for _, notice := range v.notices {
		if notice.Turn == turn && notice.Name == name {
			n++
		}
	}
	return n
}

func TestComingAndGoing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna := h.connect(a, "anna")
	desk, phone := h.connect(a, "bert"), h.connect(b, "bert")
	anna.until("bert came", func() bool { return anna.told(chat.TurnIn, "bert") > 0 })
	desk.Close(t.Context())
	_, err := b.Rename(t.Context(), phone.User(), "robert")
	must(t, err)
	phone.until("the session knows the new name", func() bool { return phone.User().Name == "robert" })
	anna.until("bert is robert", func() bool { return anna.told(chat.TurnName, "robert") > 0 })
	phone.Close(t.Context())
	anna.until("robert went", func() bool { return anna.told(chat.TurnOut, "robert") > 0 })
	var got []string
	for _, n := range anna.notices {
		got = append(got, fmt.Sprint(n.Turn, " ", n.Name))
	}
	got = slices.DeleteFunc(got, func(s string) bool { return strings.HasSuffix(s, " anna") })
	if diff := cmp.Diff([]string{"in bert", "name robert", "out robert"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestGoingUntold: a session whose end could not be told does not stay here
// for as long as its replica lives.
func TestGoingUntold(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, bert := h.connect(a, "anna"), h.connect(b, "bert")
	anna.until("bert is here", func() bool { return len(anna.Roster(chat.General).People) == 2 })
	cut, cancel := context.WithCancel(t.Context())
	cancel()
	bert.Close(cut)
	anna.until("bert went", func() bool { return len(anna.Roster(chat.General).People) == 1 })
	if n := anna.told(chat.TurnOut, "bert"); n != 1 {
		t.Errorf("bert's going was told %d times", n)
	}
}

func TestRooms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, bert := h.connect(a, "anna"), h.connect(b, "bert")
	for _, v := range []*screen{anna, bert} {
		_, err := b.Join(t.Context(), v.User(), "#ops")
		must(t, err)
	}
	ops, err := a.FindRoom(t.Context(), anna.User(), "#ops")
	must(t, err)
	anna.until("ops is there", func() bool { return anna.lists("#ops") })
	anna.look(ops.ID)
	must(t, b.SetTopic(t.Context(), bert.User(), ops, "arm64"))
	anna.until("the topic is told", func() bool { return anna.told(chat.TurnTopic, "bert") == 1 })
	if v, _ := anna.Room(ops.ID); v.Topic != "arm64" {
		t.Errorf("the room is %+v", v)
	}
	must(t, b.Leave(t.Context(), bert.User(), ops))
	anna.until("bert left", func() bool { return anna.told(chat.TurnOut, "bert") == 1 })
	bert.until("ops is gone", func() bool { return !bert.lists("#ops") })
	wantCode(t, b.Leave(t.Context(), bert.User(), ops), chat.CodeRefused)
	wantCode(t, b.SetTopic(t.Context(), bert.User(), ops, "mine"), chat.CodeRefused)
	wantCode(t, b.Leave(t.Context(), bert.User(), chat.Room{ID: chat.General}), chat.CodeRefused)
}

func TestSessionsPerUser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica(func(o *chat.Options) { o.SessionsPerUser = 2 })
	first := h.connect(svc, "anna")
	h.connect(svc, "anna")
	_, err := svc.Connect(t.Context(), first.User())
	wantCode(t, err, chat.CodeRefused)
	first.Close(t.Context())
	h.connect(svc, "anna")
}
