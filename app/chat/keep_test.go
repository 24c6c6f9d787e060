package chat_test

import (
	"log/slog"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/storage"
	"teahouse/storage/storagetest"
)

// TestNewcomersSeeWhatIsKept: what a replica remembers of a room is no reason to
// show what the operator wants gone.
func TestNewcomersSeeWhatIsKept(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		limit int
		ttl   time.Duration
		want  int
	}{
		"so many":     {3, 0, 3},
		"for so long": {10_000, time.Second, 0},
	} {
		h := newHouse(t)
		store := h.Open(t, func(o *storage.Options) { o.HistoryLimit, o.HistoryTTL = c.limit, c.ttl })
		svc := chat.New(store, slog.New(slog.DiscardHandler), chat.Options{
			Replica: "test", HistoryLimit: c.limit, HistoryTTL: c.ttl,
		})
		t.Cleanup(svc.Close)
		anna := h.connect(svc, "anna")
		for i := range 5 {
			anna.send("x")
			anna.await(i + 1) // before the next one takes its place
		}
		storagetest.Until(t, what, func() bool {
			p, err := store.Before(t.Context(), chat.General, 0, 10)
			must(t, err)
			return len(p.Messages) == c.want
		})
		if bert := h.connect(svc, "bert"); len(bert.seen) != c.want {
			t.Errorf("%s: a newcomer sees %d messages, want %d", what, len(bert.seen), c.want)
		}
	}
}
