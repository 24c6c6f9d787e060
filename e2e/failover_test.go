//go:build long

package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"teahouse/e2e/house"
)

const (
	// margin is how much longer than those who decide on a new primary the
	// chat may take until all is posted and shown again.
	margin = 5 * time.Second
	// forgets is when, after the decision, no screen may show any more what
	// was lost with the primary.
	forgets = 10 * time.Second
	// live is how late a message may be where the subscription works: what
	// only the comparison with storage every 5 seconds brings, is later.
	live = 2 * time.Second
)

// TestLongSentinelFailover: the primary goes, and with it what its replicas do
// not have yet.
func TestLongSentinelFailover(t *testing.T) {
	t.Parallel() // most of it is waiting
	for name, fault := range faults() {
		t.Run(name, func(t *testing.T) {
			bothAtOnce(t, func(w *town) error {
				w.startShape(onSentinels)
				s := w.shape.(*house.Sentinels)
				old := s.Servers[0]
				return w.failover(old, fault, func(ctx context.Context) error { return s.Decided(ctx, old) }, "general")
			})
		})
	}
}

// TestLongClusterFailover: the same with one of three primaries, whose replica
// takes its place; the rooms belong to all three.
func TestLongClusterFailover(t *testing.T) {
	t.Parallel() // most of it is waiting
	bothAtOnce(t, func(w *town) error {
		w.startShape(onCluster)
		c := w.shape.(*house.Cluster)
		// The home of general, and so of all presence.
		old, heir := c.Nodes[2], c.Nodes[5]
		return w.failover(old, faults()["killed"], func(ctx context.Context) error { return c.Served(ctx, heir) },
			"general", "kitchen", "garden", "attic")
	})
}

func faults() map[string]func(*house.Redis) error {
	return map[string]func(*house.Redis) error{
		"killed": func(r *house.Redis) error { r.Kill(); return nil },
		"hung":   (*house.Redis).Pause,
	}
}

// failover has the server go while people are at work in the rooms, the first
// of which it serves, and holds what they are shown then against history.
func (w *town) failover(old *house.Redis, fault func(*house.Redis) error, decided func(context.Context) error, rooms ...string) error {
	b := w.busy(250*time.Millisecond, rooms...)
	w.must(b.wrote(4))
	w.must(old.Isolate(w.ctx))
	alone := time.Now()
	w.must(b.sayWhatWillBeLost())

	w.must(fault(old))
	struck := time.Now()
	b.say("late")
	w.must(decided(w.ctx))
	at := time.Now()
	err := b.hear(at)
	if err != nil {
		return errors.Join(err, b.stray())
	}
	posted, shown, _ := b.heard(struck)
	w.Logf("decided after %s, then posted to all rooms after %s, shown to all after %s",
		round(at.Sub(struck)), round(posted.Sub(at)), round(shown.Sub(at)))
	if late := later(posted, shown).Sub(at); late > margin {
		return fmt.Errorf("it took %s longer than the decision", late)
	}
	select {
	case <-old.Done():
	default:
		// It comes back, and takes itself for the primary at first.
		w.must(old.Resume())
	}
	return errors.Join(b.forgotten(at), b.settled(alone.Add(-time.Second), at), b.inOrder())
}

// busy has people at work at three replicas; a line is written every so often.
func (w *town) busy(every time.Duration, rooms ...string) *bustle {
	w.Helper()
	for range 3 {
		w.startReplica("REDIS_URL="+w.url(), "MESSAGE_RATE=0", "LOG_LEVEL=error")
	}
	return w.startBustle(every, rooms...)
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// lines are what somebody at a screen says: three of a kind.
func (b *bustle) lines(screen int, word string) (lines []string) {
	for n := range 3 {
		lines = append(lines, fmt.Sprintf("%s-%s%d%d", b.watched(screen), word, screen, n))
	}
	return lines
}

// say has everybody at a screen type lines.
func (b *bustle) say(word string) {
	b.w.Helper()
	for i, s := range b.screens {
		for _, line := range b.lines(i, word) {
			b.w.must(s.Type(line + "\r"))
		}
	}
}

// sayWhatWillBeLost has everybody at a screen say something, and returns when
// everybody is shown it, which only what is posted is.
func (b *bustle) sayWhatWillBeLost() error {
	b.say("lost")
	ctx, cancel := context.WithTimeout(b.w.ctx, 20*time.Second)
	defer cancel()
	return house.Await(ctx, nil, 0, func() bool {
		for i := range b.screens {
			for _, line := range b.lines(i, "lost") {
				if !b.shownToAll(b.watched(i), line) {
					return false
				}
			}
		}
		return true
	})
}

func (b *bustle) shownToAll(room, body string) bool {
	for i := range b.screens {
		if b.watched(i) == room && !slices.Contains(b.onScreen(i), body) {
			return false
		}
	}
	for _, tail := range b.tails {
		if !slices.ContainsFunc(tail.list(), func(m arrival) bool { return m.Body == body }) {
			return false
		}
	}
	return true
}

// forgotten holds the screens, some time after the decision, against history:
// what was lost is on none, and that it was lost is told. And news comes as
// news again.
func (b *bustle) forgotten(decided time.Time) error {
	b.w.must(b.w.wait(time.Until(decided.Add(forgets))))
	if err := b.stray(); err != nil {
		return err
	}
	lost := b.lines(0, "lost")[0]
	if slices.Contains(b.stored(b.rooms[0]), lost) {
		b.w.Fatalf("%s is not lost: this test shows nothing", lost)
	}
	for i, s := range b.screens {
		if b.watched(i) == b.rooms[0] && !strings.Contains(s.Screen.String(), "has lost messages") {
			return fmt.Errorf("screen %d is not told that messages are lost\n%s", i, written(s))
		}
	}
	for i, told := range b.told {
		if !strings.Contains(told.String(), "lost messages of #"+b.rooms[0]) {
			return fmt.Errorf("follower %d is not told that messages are lost: %q", i, told)
		}
	}
	late := b.slowest(decided.Add(margin))
	b.w.Logf("from %s after the decision on, a message took %s at most", margin, round(late))
	if late > live {
		return fmt.Errorf("the subscription does not work: a message took %s", late)
	}
	return nil
}

// settled ends the writing: everybody shows what history has, which lacks of
// what was acknowledged only what was so between the two moments.
func (b *bustle) settled(from, to time.Time) error {
	b.end()
	if err := b.refused(); err != nil && !b.w.control {
		return err
	}
	if err := b.same(); err != nil {
		return err
	}
	lost, posts := b.lost(), 0
	for _, m := range lost {
		if m.came.Before(from) || m.came.After(to) {
			return fmt.Errorf("%s was acknowledged at %s and is lost", m.Body, m.came)
		}
	}
	for i, room := range b.rooms {
		posts += len(b.stored(room))
		b.w.Logf("%s: %d kept; the writer had %d acknowledged", room, len(b.stored(room)), len(b.writers[i].acks.list()))
	}
	b.w.Logf("%d posts are kept, of the writers' %d were lost; a follower was told: %s", posts, len(lost), b.told[0])
	return nil
}

// inOrder tells whether what was said while nobody served is kept as it was
// written.
func (b *bustle) inOrder() error {
	for i := range b.screens {
		want := b.lines(i, "late")
		got := slices.DeleteFunc(b.stored(b.watched(i)), func(s string) bool { return !slices.Contains(want, s) })
		if !slices.Equal(got, want) {
			return fmt.Errorf("at screen %d %q was said, %q is kept", i, want, got)
		}
	}
	return nil
}

// keysEvery makes a slot's move long enough for others to write meanwhile.
const keysEvery = 50 * time.Millisecond

// TestLongSlotsMigrate: the slots of rooms go from one primary to another while
// people are at work there. Nothing is lost, nothing comes twice, and nobody
// is told of it.
func TestLongSlotsMigrate(t *testing.T) {
	t.Parallel() // most of it is waiting
	bothAtOnce(t, func(w *town) error {
		w.startShape(onCluster)
		c := w.shape.(*house.Cluster)
		b := w.busy(100*time.Millisecond, "general", "kitchen", "garden", "attic")
		w.must(b.wrote(30))
		began := time.Now()
		for range 2 {
			for id, room := range b.rooms {
				if err := b.migrate(c, id); err != nil {
					return fmt.Errorf("%s has moved: %w", room, err)
				}
			}
		}
		if err := b.settled(time.Time{}, time.Time{}); err != nil {
			return err
		}
		late := b.slowest(began)
		w.Logf("a message took %s at most", round(late))
		if late > live {
			return fmt.Errorf("a message took %s", late)
		}
		return b.unharmed()
	})
}

// migrate gives a room to the next primary, and returns when everybody hears
// of all rooms.
func (b *bustle) migrate(c *house.Cluster, id int) error {
	b.w.Helper()
	from, slot, err := c.Home(b.w.ctx, fmt.Sprintf("room:{%d}", id))
	b.w.must(err)
	to := c.Nodes[(slices.Index(c.Nodes, from)+1)%3]
	began := time.Now()
	b.w.must(c.Migrate(b.w.ctx, slot, from, to, keysEvery))
	moved := time.Now()
	err = b.hear(moved)
	if err != nil {
		return errors.Join(err, b.refused())
	}
	_, shown, _ := b.heard(moved)
	b.w.Logf("%s moved in %s; %s after, everybody had heard of all rooms", b.rooms[id], round(moved.Sub(began)), round(shown.Sub(moved)))
	return nil
}

// unharmed tells whether nobody was told that anything was lost.
func (b *bustle) unharmed() error {
	for i, tail := range b.tails {
		if told := b.told[i].String(); told != "" {
			return fmt.Errorf("follower %d was told: %s", i, told)
		}
		for _, room := range b.rooms {
			if _, rewinds, err := tail.log(room); rewinds > 0 || err != nil {
				return fmt.Errorf("follower %d was shown %s again, %d times: %w", i, room, rewinds, err)
			}
		}
	}
	for i, s := range b.screens {
		if strings.Contains(s.Screen.String(), "has lost messages") {
			return fmt.Errorf("screen %d is told of a loss\n%s", i, written(s))
		}
	}
	return nil
}
