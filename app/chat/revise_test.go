package chat_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

var general = chat.GeneralRoom()

// shows waits until the screen shows the room as storage has it.
func (v *screen) shows(h house, what string) {
	v.t.Helper()
	store := h.store()
	v.until(what, func() bool {
		page, err := store.Before(v.t.Context(), v.room, 0, 10_000)
		must(v.t, err)
		return cmp.Equal(page.Messages, v.seen)
	})
}

func TestEditsAreSeen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, bert := h.connect(a, "anna"), h.connect(b, "bert")
	anna.send("tee")
	anna.send("mikl")
	bert.await(2)
	_, err := a.Edit(t.Context(), anna.User(), general, 1, "tea \n")
	must(t, err)
	_, err = b.React(t.Context(), bert.User(), general, 1, ":+1:", true)
	must(t, err)
	_, err = a.Delete(t.Context(), anna.User(), general, 2)
	must(t, err)
	for _, v := range []*screen{anna, bert} {
		v.until("all is there", func() bool { return len(v.seen) == 2 && v.seen[1].Deleted })
		if m := v.seen[0]; m.Body != "tea" || m.Edited.IsZero() || fmt.Sprint(m.Reactions) != "[{👍 [2]}]" || v.unread(chat.General) != 2 {
			t.Errorf("%s sees %+v, unread %d", v.User().Name, m, v.unread(chat.General))
		}
	}
	late := h.connect(b, "cleo")
	late.shows(h, "who comes later sees the same")
}

func TestEditsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica()
	anna, bert := h.user(svc, "anna"), h.user(svc, "bert")
	ops, err := svc.Join(t.Context(), anna, "ops")
	must(t, err)
	draft, err := svc.Compose(anna, ops.ID, chat.KindText, "x")
	must(t, err)
	_, err = svc.Post(t.Context(), draft)
	must(t, err)
	for want, do := range map[chat.Code]func() error{
		chat.CodeRefused:  func() error { _, err := svc.React(t.Context(), bert, ops, 1, "👍", true); return err },
		chat.CodeNotFound: func() error { _, err := svc.Delete(t.Context(), anna, ops, 2); return err },
		chat.CodeInvalid:  func() error { _, err := svc.Edit(t.Context(), anna, ops, 1, " \n"); return err },
		"":                func() error { _, err := svc.React(t.Context(), anna, ops, 1, "👍", false); return err },
	} {
		wantCode(t, do(), want)
	}
	_, err = svc.Join(t.Context(), bert, "ops")
	must(t, err)
	_, err = svc.Edit(t.Context(), bert, ops, 1, "y")
	wantCode(t, err, chat.CodeRefused)
	_, err = svc.React(t.Context(), bert, ops, 1, "yes", true)
	wantCode(t, err, chat.CodeInvalid)
}

// silentlyEdit changes the body of a message without that anyone is told.
func (h house) silentlyEdit(room chat.RoomID, id chat.MessageID, body string) {
	h.t.Helper()
	ctx, key := h.t.Context(), "room:{"+string(room)+"}"
	score := fmt.Sprint(id)
	text := h.Redis.ZRangeArgs(ctx, redis.ZRangeArgs{Key: key, Start: score, Stop: score, ByScore: true}).Val()[0]
	prev := h.Redis.HGet(ctx, key+":head", "key").Val()
	rev, err := h.Redis.HGet(ctx, key+":head", "rev").Int64()
	must(h.t, err)
	rev++
	edited := fmt.Sprintf(`%s,"edited":%d,"body":%q}`, text[:len(text)-1], time.Now().UnixMilli(), body)
	entry := fmt.Sprintf(`{"rev":%d,"key":%q,"prev":%q,"id":%d}`, rev, body, prev, id)
	_, err = h.Redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.ZRem(ctx, key, text)
		p.ZAdd(ctx, key, redis.Z{Score: float64(id), Member: edited})
		p.ZAdd(ctx, key+":changes", redis.Z{Score: float64(rev), Member: entry})
		p.HSet(ctx, key+":head", "rev", rev, "key", body)
		return nil
	})
	must(h.t, err)
}

func TestLostEdit(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	v := h.connect(h.replica(), "anna")
	v.send("one")
	v.send("two")
	v.await(2)
	h.silentlyEdit(chat.General, 1, "lost")
	lost := time.Now()
	v.until("the lost edit is found", func() bool { return v.seen[0].Body == "lost" })
	if took := time.Since(lost); took > 7*time.Second {
		t.Errorf("the lost edit was found after %s", took)
	}
	// The next change shows at once that one before it was lost.
	h.silentlyEdit(chat.General, 2, "lost too")
	lost = time.Now()
	v.send("three")
	v.await(3)
	if took := time.Since(lost); took > 2*time.Second || v.seen[1].Body != "lost too" || v.missed+v.rewound > 0 {
		t.Errorf("after %s seen %v, missed %d, rewound %d", took, bodies(v.seen), v.missed, v.rewound)
	}
}

// TestManyLostEdits loses more than is remembered one by one.
func TestManyLostEdits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica()
	v := h.connect(svc, "anna")
	v.send("one")
	v.send("two")
	v.await(2)
	h.silentlyEdit(chat.General, 1, "lost")
	must(t, h.Redis.Del(t.Context(), "room:{0}:changes").Err())
	_, err := svc.Edit(t.Context(), v.User(), general, 2, "2")
	must(t, err)
	v.until("all is there", func() bool { return len(v.seen) == 2 && v.seen[0].Body == "lost" && v.seen[1].Body == "2" })
	if v.missed == 0 || v.rewound != 0 {
		t.Errorf("missed %d times, rewound %d times", v.missed, v.rewound)
	}
}

// TestRewoundEdits has Redis come back with a log that lacks the newest posts
// and edits.
func TestRewoundEdits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, bert := h.connect(a, "anna"), h.connect(b, "bert")
	for _, body := range []string{"one", "two", "three"} {
		anna.send(body)
	}
	for _, v := range []*screen{anna, bert} {
		v.await(3)
	}
	room, head := "room:{0}", "room:{0}:head"
	wasRoom, wasHead := h.Redis.Dump(t.Context(), room).Val(), h.Redis.Dump(t.Context(), head).Val()
	if wasRoom == "" {
		t.Skip("this Redis dumps no keys")
	}
	_, err := a.Edit(t.Context(), anna.User(), general, 1, "ONE")
	must(t, err)
	anna.send("four")
	for _, v := range []*screen{anna, bert} {
		v.until("all is there", func() bool { return len(v.seen) == 4 && v.seen[0].Body == "ONE" })
	}
	must(t, h.Redis.RestoreReplace(t.Context(), room, 0, wasRoom).Err())
	must(t, h.Redis.RestoreReplace(t.Context(), head, 0, wasHead).Err())
	must(t, h.Redis.Del(t.Context(), room+":changes").Err())
	_, err = b.React(t.Context(), bert.User(), general, 2, "👍", true)
	must(t, err)
	for _, v := range []*screen{anna, bert} {
		v.shows(h, "what was lost is gone")
		if v.rewound != 1 || v.seen[0].Body != "one" || len(v.seen) != 3 || len(v.seen[1].Reactions) != 1 {
			t.Errorf("%s sees %v, rewound %d times", v.User().Name, bodies(v.seen), v.rewound)
		}
	}
}

// TestEditWhileRedisHangs: the first answers come too late; the edit is done
// once, and both replicas have it.
func TestEditWhileRedisHangs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, bert := h.connect(a, "anna"), h.connect(b, "bert")
	anna.send("one")
	bert.await(1)
	h.pause(7 * time.Second)
	m, err := a.Edit(t.Context(), anna.User(), general, 1, "ONE")
	must(t, err)
	for _, v := range []*screen{anna, bert} {
		v.until("the edit is there", func() bool { return cmp.Equal(v.seen, []*chat.Message{m}) })
	}
	marks, err := h.store().Marks(t.Context(), []chat.RoomID{chat.General})
	must(t, err)
	if marks[0].Head.Rev != 2 {
		t.Errorf("the log has %d changes", marks[0].Head.Rev)
	}
}

// TestReplicasAgree has four write at random through two replicas, whose
// connections for news die all the time.
func TestReplicasAgree(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	services := []*chat.Service{h.replica(), h.replica()}
	screens := []*screen{h.connect(services[0], "anna"), h.connect(services[1], "bert")}
	var writers []chat.User
	for _, name := range []string{"cleo", "dora", "emma", "fay"} {
		writers = append(writers, h.user(services[0], name))
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		storagetest.AtOnce(4, func(i int) { writeAtRandom(t, services[i%2], writers[i], 250) })
	}()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for writing := true; writing; {
		select {
		case <-done:
			writing = false
		case <-tick.C:
			h.Cut(t)
		case <-screens[0].Wake():
			screens[0].pull()
		case <-screens[1].Wake():
			screens[1].pull()
		}
	}
	for _, v := range screens {
		v.shows(h, "all is as in storage")
	}
	if diff := cmp.Diff(screens[0].seen, screens[1].seen); diff != "" || screens[0].rewound+screens[1].rewound > 0 {
		t.Errorf("rewound %d times: %s", screens[0].rewound, diff)
	}
}

// writeAtRandom makes so many changes, of one's own messages where only those
// may be changed.
func writeAtRandom(t *testing.T, svc *chat.Service, me chat.User, n int) {
	rnd := rand.New(rand.NewPCG(uint64(me.ID), 1))
	var mine []chat.MessageID
	for k := range n {
		one := chat.MessageID(1)
		if len(mine) > 0 {
			one = mine[rnd.IntN(len(mine))]
		}
		var err error
		switch what := rnd.IntN(10); {
		case what < 4 || len(mine) == 0:
			var m *chat.Message
			d, _ := svc.Compose(me, chat.General, chat.KindText, fmt.Sprint(me.Name, k))
			if m, err = svc.Deliver(t.Context(), d); err == nil {
				mine = append(mine, m.ID)
			}
		case what < 6:
			_, err = svc.Edit(t.Context(), me, general, one, fmt.Sprint(me.Name, k, " edited"))
		case what < 7:
			_, err = svc.Delete(t.Context(), me, general, one)
		default:
			other := chat.MessageID(1 + rnd.IntN(int(one)))
			_, err = svc.React(t.Context(), me, general, other, []string{"👍", "🎉", "☕"}[rnd.IntN(3)], rnd.IntN(3) > 0)
		}
		if err != nil && chat.ErrorCode(err) != chat.CodeRefused { // deleted before
			t.Error(err)
		}
	}
}
