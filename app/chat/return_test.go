package chat_test

import (
	"sync/atomic"
	"testing"
	"time"

	"teahouse/app/chat"
)

// TestNewsOfWhoLeft goes on coming for as long as they may come back, and is given
// up then.
func TestNewsOfWhoLeft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var later atomic.Int64
	replica := h.replica(func(o *chat.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	})
	hears := func(who chat.User) bool {
		channel := "user:{" + who.ID.String() + "}:feed"
		n, err := h.Redis.PubSubNumSub(t.Context(), channel).Result()
		must(t, err)
		return n[channel] == 1
	}
	anna := h.user(replica, "anna")
	sess, err := replica.Connect(t.Context(), anna)
	must(t, err)
	host := h.connect(replica, "host")
	eventually(t, "news of anna comes", func() bool { return hears(anna) })
	sess.Close(t.Context())
	// What is asked for later than that is answered later: one of them may be asked for
	// at once with it.
	for _, name := range []string{"bert", "cora"} {
		came := h.connect(replica, name)
		eventually(t, "news of "+name+" comes", func() bool { return hears(came.User()) })
	}
	if !hears(anna) {
		t.Fatal("news of anna was given up at once")
	}
	later.Store(int64(time.Minute))
	eventually(t, "news of anna is given up", func() bool { return !hears(anna) })
	if !hears(host.User()) {
		t.Error("news of who is here was given up too")
	}
}
