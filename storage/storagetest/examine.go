package storagetest

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"teahouse/storage"
)

func examinations() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"all is well":         allWell,
		"half an import":      halfImport,
		"it leaves no traces": noTraces,
	}
}

// Examine gives what is found of a kind.
func (h *House) Examine(t *testing.T, grade storage.Grade, change ...func(*storage.Options)) (texts []string) {
	t.Helper()
	options := storage.Options{URL: h.URL, HistoryLimit: 10_000, Patience: patience, Log: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&options)
	}
	must(t, storage.Examine(t.Context(), options, func(f storage.Finding) {
		if f.Grade == grade {
			texts = append(texts, f.Text)
		}
	}))
	return texts
}

func allWell(t *testing.T, h *House) {
	h.Open(t)
	if bad := h.Examine(t, storage.Unfit); len(bad) > 0 {
		t.Errorf("found unfit: %q", bad)
	}
	// The server, its answers, scripts, news, the clock, and the chat.
	if fine := h.Examine(t, storage.Fine); len(fine) < 5 {
		t.Errorf("found fine: %q", fine)
	}
}

func halfImport(t *testing.T, h *House) {
	must(t, h.Redis.Set(t.Context(), "import", "abc", 0).Err())
	bad := h.Examine(t, storage.Unfit)
	if len(bad) != 1 || !strings.Contains(bad[0], "an import into this Redis has not come to its end") {
		t.Errorf("found unfit: %q", bad)
	}
}

func noTraces(t *testing.T, h *House) {
	h.Examine(t, storage.Fine)
	Until(t, "nothing is left", func() bool {
		n, err := h.size(t.Context())
		must(t, err)
		return n == 0
	})
}

// size is how many keys there are.
func (h *House) size(ctx context.Context) (n int64, err error) {
	var mu sync.Mutex
	err = h.each(ctx, func(ctx context.Context, node *redis.Client) error {
		more, err := node.DBSize(ctx).Result()
		mu.Lock()
		defer mu.Unlock()
		n += more
		return err
	})
	return n, err
}
