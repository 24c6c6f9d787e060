package chat_test

import (
	"testing"

	"teahouse/app/chat"
)

// TestUnreadAfterRewind: what takes the place of lost messages that had been
// read is news.
func TestUnreadAfterRewind(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica()
	anna, bert := h.connect(svc, "anna"), h.connect(svc, "bert")
	for range 10 {
		anna.send("old")
	}
	bert.await(10)
	bert.Read(chat.General, 10)
	must(t, h.Redis.ZRemRangeByScore(t.Context(), "room:{0}", "7", "+inf").Err())
	must(t, h.Redis.HSet(t.Context(), "room:{0}:head", "id", 6, "rev", 6, "key", bert.seen[5].Key).Err())
	anna.send("new 7")
	bert.until("the new one is there", func() bool { return bert.rewound == 1 && len(bert.seen) == 7 })
	if n := bert.unread(chat.General); n != 1 {
		t.Errorf("%d are unread, want 1", n)
	}
	if again := h.connect(svc, "cleo"); again.unread(chat.General) != 0 { // new people have read all
		t.Errorf("who comes now has %d unread", again.unread(chat.General))
	}
	bert.Read(chat.General, 7)
	if n := bert.unread(chat.General); n != 0 {
		t.Errorf("%d are unread, want 0", n)
	}
}
