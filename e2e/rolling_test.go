//go:build long

package e2e

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"teahouse/e2e/house"
)

const (
	lookers   = 60 // at screens, each with a draft
	followers = 20 // with tail
	posters   = 10 // with send --lines, 2 lines a second each
)

// TestLongRollingRestart restarts three replicas one after the other behind a
// balancer while 90 people are there and 20 messages a second are posted: what
// was acknowledged is in history once, drafts are there again, and everybody is
// back with one reconnection. In the control one is killed.
func TestLongRollingRestart(t *testing.T) {
	t.Run("drained", func(t *testing.T) {
		r := newRolling(t)
		for i := range r.replicas {
			r.must(r.restart(i, func(re *house.Replica) error { return re.Stop(r.ctx) }))
			if lost := r.lost(); len(lost) > 0 {
				t.Fatalf("drafts are not there again: %q", lost)
			}
		}
		r.must(r.whole())
		r.must(r.smooth())
	})
	t.Run("control", func(t *testing.T) {
		r := newRolling(t)
		r.must(r.restart(0, func(re *house.Replica) error { re.Kill(); return nil }))
		lost := r.lost()
		if len(lost) == 0 {
			t.Fatal("killing a replica loses no draft: this test shows nothing")
		}
		t.Logf("killed: %d of %d drafts lost their end", len(lost), lookers)
	})
}

// rolling is people at work behind a balancer.
type rolling struct {
	*town
	balancer  *spreader
	lookers   []*looker
	followers []*follower
	posters   []*poster
	drafts    []string // of the lookers
	stop      context.CancelFunc
	work      sync.WaitGroup
}

func newRolling(t *testing.T) *rolling {
	r := &rolling{town: newTown(t, 3, "MESSAGE_RATE=0", "LOG_LEVEL=error", "DRAIN_DELAY=1s", "DRAIN_TIMEOUT=15s")}
	r.balancer = r.startSpreader()
	ctx, stop := context.WithCancel(r.ctx)
	r.stop = stop
	r.Cleanup(r.end)
	addr := r.balancer.Addr().String()
	for i := range lookers {
		l := r.looker(fmt.Sprintf("looker%02d", i), addr, shows("message #general"))
		r.lookers, r.drafts = append(r.lookers, l), append(r.drafts, "")
		r.work.Go(func() { l.run(ctx) })
	}
	r.must(r.allAt(0))
	for i := range r.lookers {
		r.must(r.types(i, fmt.Sprintf("draft-%02d", i)))
	}
	r.must(r.drafted())
	for _, l := range r.lookers {
		l.ready = shows("› draft-") // from now on
	}
	for i := range followers {
		f := r.follower(fmt.Sprintf("tail%02d", i), addr)
		r.followers = append(r.followers, f)
		r.work.Go(func() { f.run(ctx) })
	}
	for i := range posters {
		p := r.poster(fmt.Sprintf("poster%d", i), addr)
		r.posters = append(r.posters, p)
		r.work.Go(func() { p.run(ctx) })
		r.work.Go(func() { p.produce(ctx) })
	}
	r.must(r.allAt(0))
	return r
}

func (r *rolling) end() {
	r.stop()
	r.work.Wait()
}

func (r *rolling) callers() (all []*caller) {
	for _, l := range r.lookers {
		all = append(all, l.caller)
	}
	for _, f := range r.followers {
		all = append(all, f.caller)
	}
	for _, p := range r.posters {
		all = append(all, p.caller)
	}
	return all
}

func (r *rolling) types(i int, text string) error {
	r.drafts[i] += text
	return r.lookers[i].types(text)
}

// drafted waits until every screen shows its whole draft.
func (r *rolling) drafted() error {
	ctx, cancel := context.WithTimeout(r.ctx, time.Minute)
	defer cancel()
	for i, l := range r.lookers {
		if err := house.Await(ctx, nil, 0, func() bool { return l.sees(shows("› " + r.drafts[i])) }); err != nil {
			return fmt.Errorf("%s has begun %q, and does not see it: %w", l.name, r.drafts[i], err)
		}
	}
	return nil
}

// allAt waits until all are at work and have come back that often in all.
func (r *rolling) allAt(returns int) error {
	ctx, cancel := context.WithTimeout(r.ctx, time.Minute)
	defer cancel()
	missing := ""
	err := house.Await(ctx, nil, 0, func() bool {
		total := 0
		missing = ""
		for _, c := range r.callers() {
			at, n := c.isAt()
			if total += n; !at {
				missing = c.name
			}
		}
		return missing == "" && total >= returns
	})
	if err != nil {
		return fmt.Errorf("not all are there, %q for one: %w", missing, err)
	}
	return nil
}

func (r *rolling) returns() (n int) {
	for _, c := range r.callers() {
		_, m := c.isAt()
		n += m
	}
	return n
}

// restart ends a replica, right after something was typed at every screen, and
// starts it again when all are back.
func (r *rolling) restart(i int, end func(*house.Replica) error) error {
	if err := r.posted(6); err != nil {
		return err
	}
	for n := range r.lookers {
		if err := r.types(n, strconv.Itoa(i)); err != nil {
			return err
		}
	}
	if err := r.drafted(); err != nil {
		return err
	}
	before, began := r.returns(), time.Now()
	if err := end(r.replicas[i]); err != nil {
		return err
	}
	took := time.Since(began)
	if err := r.allAt(before + 1); err != nil {
		return err
	}
	r.Logf("replica %d ended after %s; %d came back", i, round(took), r.returns()-before)
	if err := r.replicas[i].Start(r.ctx); err != nil {
		return err
	}
	return house.Await(r.ctx, nil, 0, func() bool { return r.balancer.count() == len(r.replicas) })
}

// lost gives who does not see the whole draft. A screen is at work when it shows
// what storage had of it.
func (r *rolling) lost() (names []string) {
	for i, l := range r.lookers {
		if !l.sees(shows("› " + r.drafts[i])) {
			names = append(names, l.name)
		}
	}
	return names
}

// posted waits until every poster has had so many more lines acknowledged.
func (r *rolling) posted(more int) error {
	want := make([]int, len(r.posters))
	for i, p := range r.posters {
		want[i] = len(p.acknowledged()) + more
	}
	for i, p := range r.posters {
		if err := house.Await(r.ctx, nil, 0, func() bool { return len(p.acknowledged()) >= want[i] }); err != nil {
			return err
		}
	}
	return nil
}

// whole ends the posting, and holds history against what was acknowledged and
// what the followers were shown.
func (r *rolling) whole() error {
	for _, p := range r.posters {
		if err := p.finish(r.ctx); err != nil {
			return err
		}
	}
	stored := r.stored()
	acked := 0
	for _, p := range r.posters {
		for _, body := range p.acknowledged() {
			acked++
			if n := count(stored, body); n != 1 {
				return fmt.Errorf("%s was acknowledged, and is in history %d times", body, n)
			}
		}
	}
	for _, f := range r.followers {
		if err := f.shown(r.ctx, stored); err != nil {
			return err
		}
	}
	r.Logf("%d messages acknowledged, %d in history, each once; %d followers were shown all, in order", acked, len(stored), followers)
	if acked != len(stored) {
		return fmt.Errorf("%d messages in history were never acknowledged", len(stored)-acked)
	}
	return nil
}

func count(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

// smooth tells whether everybody came back at the first try.
func (r *rolling) smooth() error {
	returns, most, longest := 0, 0, time.Duration(0)
	for _, c := range r.callers() {
		c.mu.Lock()
		returns, most, longest = returns+c.returns, max(most, c.returns), max(longest, c.longest)
		vain, failed := c.attempts, c.failed
		c.mu.Unlock()
		if vain > 0 {
			return fmt.Errorf("%s tried %d times in vain: %w", c.name, vain, failed)
		}
	}
	r.Logf("%d sessions came back %d times, none more than %d times, each at the first try; the longest wait until all was there again: %s",
		len(r.callers()), returns, most, round(longest))
	return nil
}
