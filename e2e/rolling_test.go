//go:build long

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

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
// back with one reconnection. In the control the replicas are killed.
func TestLongRollingRestart(t *testing.T) {
	t.Run("drained", func(t *testing.T) {
		r := newRolling(t)
		r.must(r.roll(func(re *house.Replica) error { return re.Stop(r.ctx) }))
		r.must(r.whole())
		r.must(r.smooth())
	})
	t.Run("control", func(t *testing.T) {
		r := newRolling(t)
		r.patience = 8 * time.Second // it waits in vain
		err := errors.Join(
			r.roll(func(re *house.Replica) error { re.Kill(); return nil }), r.whole(), r.smooth())
		if err == nil {
			t.Fatal("killing replicas does no harm: this test shows nothing")
		}
		t.Logf("killed: %.300s", err)
	})
}

// rolling is people at work behind a balancer.
type rolling struct {
	*town
	balancer  *balancer
	lookers   []*looker
	followers []*follower
	posters   []*poster
	drafts    []string // of the lookers
	patience  time.Duration
	stop      context.CancelFunc
	work      sync.WaitGroup
}

func newRolling(t *testing.T) *rolling {
	r := &rolling{town: newTown(t, 3, "MESSAGE_RATE=0", "LOG_LEVEL=error", "DRAIN_DELAY=1s", "DRAIN_TIMEOUT=15s"), patience: 30 * time.Second}
	r.balancer = r.startBalancer()
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
	ctx, cancel := context.WithTimeout(r.ctx, r.patience)
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
	ctx, cancel := context.WithTimeout(r.ctx, r.patience)
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

// roll ends each replica, right after something was typed at every screen, and
// starts it again.
func (r *rolling) roll(end func(*house.Replica) error) error {
	for i, replica := range r.replicas {
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
		if err := end(replica); err != nil {
			return err
		}
		took := time.Since(began)
		// Nobody is left of those who were there.
		if err := r.allAt(before + 1); err != nil {
			return err
		}
		r.Logf("replica %d ended after %s; %d came back", i, round(took), r.returns()-before)
		if err := r.drafted(); err != nil {
			return err
		}
		if err := replica.Start(r.ctx); err != nil {
			return err
		}
		if err := house.Await(r.ctx, nil, 0, func() bool { return r.balancer.count() == 3 }); err != nil {
			return err
		}
	}
	return nil
}

// posted waits until every poster has had so many more lines acknowledged.
func (r *rolling) posted(more int) error {
	for _, p := range r.posters {
		want := len(p.acknowledged()) + more
		if err := house.Await(r.ctx, nil, 0, func() bool { return len(p.acknowledged()) >= want }); err != nil {
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

// follower is a caller who goes on with tail where it ended.
type follower struct {
	*caller
	out *lines
}

func (w *town) follower(name, addr string) *follower {
	f := &follower{caller: w.caller(name, addr), out: &lines{}}
	f.begin = func(_ context.Context, s *gossh.Session) error {
		f.out.cut()
		s.Stdout = f.out
		return s.Start(fmt.Sprintf("tail general --json --since %d", len(f.out.list())))
	}
	return f
}

// shown waits until the follower was shown what is stored, and nothing else.
func (f *follower) shown(ctx context.Context, stored []string) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	var got []string
	err := house.Await(ctx, nil, 0, func() bool {
		got = f.out.list()
		return slices.Equal(got, stored)
	})
	if err != nil {
		return fmt.Errorf("%s was shown %d messages of %d: %w", f.name, len(got), len(stored), err)
	}
	return nil
}

// lines takes the bodies out of messages as commands print them with --json.
type lines struct {
	mu     sync.Mutex
	rest   []byte
	bodies []string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, ok := bytes.Cut(l.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		l.rest = rest
		var m arrival
		if err := json.Unmarshal(line, &m); err != nil {
			return 0, fmt.Errorf("reading %q: %w", line, err)
		}
		if m.Event == "" || m.Event == "message" {
			l.bodies = append(l.bodies, m.Body)
		}
	}
}

// cut drops a line of which only a part came.
func (l *lines) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = nil
}

func (l *lines) list() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.bodies)
}

// poster is a caller who posts lines, and goes on where it is told to.
type poster struct {
	*caller
	acks *lines
	told *house.Transcript // what the session under way says of errors

	mu   sync.Mutex
	said []string  // all lines
	done int       // of these, those that sessions before had done
	sent int       // of these, those that this session was given
	in   io.Writer // of this session
	full bool      // nothing more is said
}

var goOn = regexp.MustCompile(`go on with line (\d+)`)

func (w *town) poster(name, addr string) *poster {
	p := &poster{caller: w.caller(name, addr), acks: &lines{}, told: &house.Transcript{}}
	p.begin = p.open
	p.ended = func(error) { p.closed() }
	return p
}

func (p *poster) open(_ context.Context, s *gossh.Session) error {
	in, err := s.StdinPipe()
	if err != nil {
		return err
	}
	p.acks.cut()
	p.told = &house.Transcript{}
	s.Stdout, s.Stderr = p.acks, p.told
	if err := s.Start("send general --lines --json"); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in, p.sent = in, p.done
	return p.flush()
}

// flush gives the session what it was not given yet. A session that is gone
// takes nothing, and is found so elsewhere.
func (p *poster) flush() error {
	for ; p.in != nil && p.sent < len(p.said); p.sent++ {
		if _, err := io.WriteString(p.in, p.said[p.sent]+"\n"); err != nil {
			return nil
		}
	}
	return nil
}

// closed notes how far the session came: by its own words, or else by what was
// acknowledged.
func (p *poster) closed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in = nil
	if m := goOn.FindStringSubmatch(p.told.String()); m != nil {
		n, _ := strconv.Atoi(m[1])
		p.done += n - 1
		return
	}
	p.done = len(p.acks.list())
}

// produce says two lines a second.
func (p *poster) produce(ctx context.Context) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		p.mu.Lock()
		if !p.full {
			p.said = append(p.said, fmt.Sprintf("%s-%04d", p.name, len(p.said)))
			_ = p.flush()
		}
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// finish waits until all that was said is acknowledged.
func (p *poster) finish(ctx context.Context) error {
	p.mu.Lock()
	p.full = true
	said := len(p.said)
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if err := house.Await(ctx, nil, 0, func() bool { return len(p.acks.list()) >= said }); err != nil {
		return fmt.Errorf("%s said %d lines, %d are acknowledged: %w", p.name, said, len(p.acks.list()), err)
	}
	return nil
}

func (p *poster) acknowledged() []string { return p.acks.list() }
