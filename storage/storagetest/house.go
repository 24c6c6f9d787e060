// Package storagetest is the promises of chat.Store as a test suite, to be run
// against every Redis set-up, and what tests need that stand on a real store.
package storagetest

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"teahouse/app/chat"
	"teahouse/storage"
	"teahouse/storage/embedded"
)

// patience is how long a test waits for what must happen.
const patience = time.Minute

// House is one Redis, and a way to open replicas on it.
type House struct {
	URL string
	// Redis is the operator's own client.
	Redis redis.UniversalClient
}

// Start runs a Redis for the test: redis-server where it is on the PATH, else
// one in memory.
func Start(t *testing.T) *House {
	t.Helper()
	server, err := embedded.Start(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { report(t, server.Close()) })
	return Visit(t, server.URL())
}

// Visit makes a house of a Redis that runs already. All it holds goes.
func Visit(t *testing.T, url string) *House {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return VisitBy(t, url, redis.NewClient(options))
}

// VisitBy makes a house of a Redis that the client is a client of, and which
// it closes. All it holds goes.
func VisitBy(t *testing.T, url string, client redis.UniversalClient) *House {
	t.Helper()
	h := &House{URL: url, Redis: client}
	t.Cleanup(func() { report(t, h.Redis.Close()) })
	h.Flush(t)
	return h
}

// Flush empties the Redis.
func (h *House) Flush(t *testing.T) {
	t.Helper()
	must(t, h.each(t.Context(), func(ctx context.Context, node *redis.Client) error { return node.FlushAll(ctx).Err() }))
}

// each does something at every server that takes what is written.
func (h *House) each(ctx context.Context, do func(context.Context, *redis.Client) error) error {
	if c, ok := h.Redis.(*redis.ClusterClient); ok {
		return c.ForEachMaster(ctx, do)
	}
	return do(ctx, h.Redis.(*redis.Client))
}

// sharded tells whether it is a cluster.
func (h *House) sharded() bool {
	_, is := h.Redis.(*redis.ClusterClient)
	return is
}

// listeners counts who listens to the channels.
func (h *House) listeners(t *testing.T, channels ...string) map[string]int64 {
	t.Helper()
	var mu sync.Mutex
	sum := map[string]int64{}
	must(t, h.each(t.Context(), func(ctx context.Context, node *redis.Client) error {
		ask := node.PubSubNumSub
		if h.sharded() {
			ask = node.PubSubShardNumSub
		}
		counts, err := ask(ctx, channels...).Result()
		mu.Lock()
		defer mu.Unlock()
		for c, n := range counts {
			sum[c] += n
		}
		return err
	}))
	return sum
}

// Open gives another replica's store.
func (h *House) Open(t *testing.T, change ...func(*storage.Options)) *storage.Store {
	t.Helper()
	options := storage.Options{
		URL: h.URL, HistoryLimit: 10_000, Patience: patience, Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&options)
	}
	store, err := storage.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { report(t, store.Close()) })
	return store
}

// Cut ends all connections that listen to news. It reports false where this
// Redis cannot.
func (h *House) Cut(t *testing.T) bool {
	t.Helper()
	err := h.each(context.WithoutCancel(t.Context()), func(ctx context.Context, node *redis.Client) error {
		return node.ClientKillByFilter(ctx, "TYPE", "pubsub").Err()
	})
	if err != nil && strings.Contains(err.Error(), "KILL") {
		return false
	}
	report(t, err)
	return true
}

func report(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// Until waits for a condition, and fails the test where it never comes true.
func Until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited %s in vain: %s", patience, what)
		}
	}
}

// AtOnce runs do n times at the same moment and waits for all.
func AtOnce(n int, do func(i int)) {
	var work sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		work.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	work.Wait()
}

// name parses a user's name that is known to be valid.
func name(t *testing.T, s string) chat.Name {
	t.Helper()
	n, err := chat.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func roomName(t *testing.T, s string) chat.Name {
	t.Helper()
	n, err := chat.ParseRoomName(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// key makes up the key of a newcomer.
func key(who string) chat.Key {
	return chat.Key{Fingerprint: "SHA256:" + who, Line: "ssh-ed25519 AAAA " + who}
}

// user makes a user of the name.
func user(t *testing.T, s chat.Store, who string) chat.User {
	t.Helper()
	u, _, err := s.EnsureUser(t.Context(), key(who), chat.Candidates(who))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// room makes a public room of the name.
func room(t *testing.T, s chat.Store, title string) chat.Room {
	t.Helper()
	r, _, err := s.EnsureRoom(t.Context(), roomName(t, title), 1)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wantCode fails the test where err is not of the code.
func wantCode(t *testing.T, err error, want chat.Code) {
	t.Helper()
	if got := chat.ErrorCode(err); got != want {
		t.Fatalf("error %v has code %q, want %q", err, got, want)
	}
}

// must fails the test at an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
