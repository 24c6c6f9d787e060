//go:build long

package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"teahouse/e2e/house"
)

// bothWays runs a fault with the chat's defences, where it must do no harm,
// and then as a control without them, where it must: a fault that harms
// neither shows nothing.
func bothWays(t *testing.T, fault func(w *town) error) {
	t.Run("defended", func(t *testing.T) { harmless(t, fault) })
	t.Run("control", func(t *testing.T) { harmful(t, fault) })
}

// bothAtOnce is bothWays for faults that are mostly waited for.
func bothAtOnce(t *testing.T, fault func(w *town) error) {
	t.Run("defended", func(t *testing.T) {
		t.Parallel()
		harmless(t, fault)
	})
	t.Run("control", func(t *testing.T) {
		t.Parallel()
		harmful(t, fault)
	})
}

func harmless(t *testing.T, fault func(w *town) error) {
	w := newGround(t)
	w.build()
	w.must(fault(w))
}

func harmful(t *testing.T, fault func(w *town) error) {
	w := newGround(t)
	w.build("undefended")
	w.control = true
	err := fault(w)
	if err == nil {
		t.Fatal("the fault does no harm even without defences: this test shows nothing")
	}
	t.Logf("without defences: %v", err)
}

// post sends numbered lines to general from somebody new, until all are posted.
func (w *town) post(name string, replica, n int) error {
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "%s %d\n", name, i)
	}
	return w.send(name, replica, lines.String())
}

func (w *town) send(name string, replica int, lines string) error {
	_, err := w.try(w.person(name), house.Visit{Command: []string{"send", "general", "--lines"}}, replica, lines)
	return err
}

// whole tells whether the tails have come to show what is stored, n messages,
// and nothing else.
func (w *town) whole(tails []*tail, n int) error {
	ctx, cancel := w.soon()
	defer cancel()
	for i, t := range tails {
		if err := t.await(ctx, n); err != nil {
			return fmt.Errorf("follower %d: %w", i, err)
		}
	}
	stored := w.stored()
	for i, t := range tails {
		if !slices.Equal(stored, w.bodies(t.messages())) {
			return fmt.Errorf("follower %d was shown something else than is stored", i)
		}
	}
	return nil
}

// TestLongSubscriptionsKilled: 60 clients at 3 replicas, 6,000 posts, and the
// subscriptions are cut five times a second.
func TestLongSubscriptionsKilled(t *testing.T) {
	t.Parallel()
	const clients, senders, each = 60, 6, 1000
	bothWays(t, func(w *town) error {
		w.startRedis()
		for range 3 {
			w.startReplica("REDIS_URL="+w.redis.URL(), "MESSAGE_RATE=0", "LOG_LEVEL=error")
		}
		tails := make([]*tail, clients)
		for i := range tails {
			tails[i] = w.tail(fmt.Sprint("c", i), i%3)
		}
		stop := w.every(200*time.Millisecond, "CLIENT", "KILL", "TYPE", "pubsub")
		began := time.Now()
		err := atOnce(senders, func(i int) error { return w.post(fmt.Sprint("s", i), i%3, each) })
		posted := time.Since(began)
		// A few more cuts while the last of it is on its way.
		err = errors.Join(err, w.post("last", 0, 1), w.wait(time.Second))
		kills := stop()
		if err != nil {
			return err
		}
		err = w.whole(tails, senders*each+1)
		w.Logf("%d posts in %s, %d times all subscriptions cut, %d clients", senders*each, posted.Round(time.Millisecond), kills, clients)
		return err
	})
}

// wait lets a fault last for a while.
func (w *town) wait(d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-w.ctx.Done():
		return w.ctx.Err()
	}
}

// every has Redis run a command again and again until stop is called, which
// tells how often it was.
func (w *town) every(d time.Duration, command ...string) (stop func() int) {
	ctx, cancel := context.WithCancel(w.ctx)
	times := 0
	var work sync.WaitGroup
	work.Go(func() {
		tick := time.NewTicker(d)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if _, err := w.redis.Do(ctx, command...); err == nil {
				times++
			}
		}
	})
	w.Cleanup(func() { cancel(); work.Wait() })
	return func() int { cancel(); work.Wait(); return times }
}

func atOnce(n int, do func(i int) error) error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// TestLongRedisHangs: Redis does not answer for 20 seconds.
func TestLongRedisHangs(t *testing.T) {
	t.Parallel() // most of it is waiting
	bothAtOnce(t, func(w *town) error {
		return w.outage(w.redisHangs)
	})
}

// TestLongRedisDies: Redis is killed and comes back with its append-only file.
func TestLongRedisDies(t *testing.T) {
	t.Parallel() // most of it is waiting
	bothAtOnce(t, func(w *town) error {
		return w.outage(w.redisDies)
	})
}

func (w *town) redisHangs(during func() error) (time.Time, error) {
	w.must(w.redis.Pause())
	err := errors.Join(during(), w.wait(20*time.Second))
	back := time.Now()
	return back, errors.Join(err, w.redis.Resume())
}

func (w *town) redisDies(during func() error) (time.Time, error) {
	w.redis.Kill()
	err := errors.Join(during(), w.wait(5*time.Second))
	err = errors.Join(err, w.redis.Restart(w.ctx))
	return time.Now(), err
}

// outage has two people write before, during and after Redis is away, each at a
// replica of their own, and two follow.
func (w *town) outage(away func(during func() error) (time.Time, error)) error {
	w.startRedis()
	for range 2 {
		w.startReplica("REDIS_URL="+w.redis.URL(), "MESSAGE_RATE=0", "LOG_LEVEL=error")
	}
	tails := []*tail{w.tail("erin", 0), w.tail("fred", 1)}
	screens := []*house.Terminal{w.open("alice", 0), w.open("bob", 1)}
	write := func(when string) error {
		for i, s := range screens {
			for n := range 10 {
				w.must(s.Type(fmt.Sprintf("%s %d %d\r", when, i, n)))
			}
		}
		return nil
	}
	w.must(write("before"))
	w.must(w.whole(tails, 20))
	back, err := away(func() error { return write("during") })
	w.must(err)
	// The last session is whole when all that was written during shows.
	err = w.whole(tails, 40)
	w.Logf("whole %s after Redis was back", time.Since(back).Round(time.Millisecond))
	if err != nil {
		return err
	}
	w.must(write("after"))
	if err := w.whole(tails, 60); err != nil {
		return err
	}
	return w.inOrder()
}

// inOrder tells whether each person's lines are stored as they were written.
func (w *town) inOrder() error {
	stored := w.stored()
	for person := range 2 {
		var want []string
		for _, when := range []string{"before", "during", "after"} {
			for n := range 10 {
				want = append(want, fmt.Sprintf("%s %d %d", when, person, n))
			}
		}
		mine := slices.DeleteFunc(slices.Clone(stored), func(s string) bool { return !slices.Contains(want, s) })
		if !slices.Equal(mine, want) {
			return fmt.Errorf("person %d wrote %q, stored is %q", person, want, mine)
		}
	}
	return nil
}
