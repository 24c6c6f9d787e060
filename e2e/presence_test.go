//go:build long

package e2e

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"teahouse/e2e/house"
)

func quietLog() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// TestLongReplicaDies: who was at the replica alone is gone elsewhere within 45
// seconds, told once; who has another session stays.
func TestLongReplicaDies(t *testing.T) {
	t.Parallel() // most of it is waiting
	bothAtOnce(t, func(w *town) error {
		w.startRedis()
		for range 3 {
			w.startReplica("REDIS_URL=" + w.redis.URL())
		}
		watchers := []*house.Terminal{w.open("dave", 1), w.open("erin", 2)}
		w.open("bob", 0)
		w.open("bob", 1)
		w.open("alice", 0)
		// A message in between, or coming and going are told in one line.
		for _, s := range watchers {
			w.must(w.sees(s, "alice"))
		}
		w.must(watchers[0].Type("so many people\r"))
		for _, s := range watchers {
			w.must(w.sees(s, "so many people"))
		}
		w.replicas[0].Kill()
		died := time.Now()
		for i, s := range watchers {
			if err := w.sees(s, "alice left"); err != nil {
				return fmt.Errorf("watcher %d: %w", i, err)
			}
			w.Logf("watcher %d was told %s after the death", i, time.Since(died).Round(time.Millisecond))
		}
		if late := time.Since(died); late > 45*time.Second {
			return fmt.Errorf("that took %s", late)
		}
		if w.isHere("alice") || !w.isHere("bob") {
			return fmt.Errorf("here: alice %t, bob %t", w.isHere("alice"), w.isHere("bob"))
		}
		for i, s := range watchers {
			text := s.Screen.String()
			if strings.Count(text, "alice left") != 1 || strings.Contains(text, "bob left") {
				return fmt.Errorf("watcher %d is shown\n%s", i, text)
			}
		}
		return nil
	})
}

// sees waits for a text on a screen; up to a minute, as a lease takes its time.
func (w *town) sees(s *house.Terminal, text string) error {
	ctx, cancel := w.lease()
	defer cancel()
	return s.Await(ctx, 0, shows(text))
}

// lease bounds the wait for a dead replica's lease to end, for a control too.
func (w *town) lease() (context.Context, context.CancelFunc) {
	return context.WithTimeout(w.ctx, time.Minute)
}

// TestLongRedisEmptied: somebody empties Redis while people chat.
func TestLongRedisEmptied(t *testing.T) {
	t.Parallel() // most of it is waiting
	bothAtOnce(t, func(w *town) error {
		w.startRedis()
		for range 2 {
			w.startReplica("REDIS_URL=" + w.redis.URL())
		}
		alice, bob := w.open("alice", 0), w.open("bob", 1)
		w.must(alice.Type("before it\r"))
		w.must(w.sees(bob, "before it"))
		_, err := w.redis.Do(w.ctx, "FLUSHALL")
		w.must(err)
		emptied := time.Now()
		for _, name := range []string{"alice", "bob"} {
			ctx, cancel := w.soon()
			defer cancel()
			if err := house.Await(ctx, nil, 0, func() bool { return w.isHere(name) }); err != nil {
				return fmt.Errorf("%s is not listed again: %w", name, err)
			}
		}
		w.Logf("listed again after %s", time.Since(emptied).Round(time.Millisecond))
		w.must(alice.Type("after it\r"))
		ctx, cancel := w.soon()
		defer cancel()
		if err := bob.Await(ctx, 0, shows("after it")); err != nil {
			return err
		}
		if strings.Contains(bob.Screen.String(), "before it") {
			return fmt.Errorf("bob is shown what history does not have")
		}
		// The key still opens the user that it opened, under the same name.
		who := w.ssh(w.person("alice"), 1, "", "whoami")
		if !strings.HasPrefix(who, "alice,") {
			return fmt.Errorf("alice is now %q", who)
		}
		return nil
	})
}
