package storage

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/internal/faults"
)

// switchboard decides which line brings which channel, and makes of how the
// lines are the one state that Listen tells: news is missed while any is down.
// One server has one line, a cluster one for each primary.
//
// Its lock is held while the sink is called, which so is called by one at a
// time. Nobody who holds the wire's lock takes it.
type switchboard struct {
	*wire
	sink    func(chat.News)
	trouble chan struct{}  // of size one: the lines must be planned again
	work    sync.WaitGroup // the lines' goroutines

	mu    sync.Mutex
	lines map[*redis.Client]*line
	lost  bool          // a channel has no line
	told  chat.NewsKind // NewsDown or NewsRestart, whichever was told last
}

// Listen implements chat.Wire.
func (s *Store) Listen(ctx context.Context, sink func(chat.News)) {
	b := &switchboard{
		wire: s.wire, sink: sink,
		lines: map[*redis.Client]*line{}, trouble: make(chan struct{}, 1),
	}
	b.deaf.Store(true)
	defer b.deaf.Store(false)
	ctx, cancel := context.WithCancel(ctx)
	defer b.work.Wait()
	defer cancel()
	again := time.NewTimer(0)
	defer again.Stop()
	for ctx.Err() == nil {
		b.operate(ctx, again)
	}
}

// operate waits for the next thing to do, and does it. What a panic left
// undone is planned again.
func (b *switchboard) operate(ctx context.Context, again *time.Timer) {
	defer b.opts.Panics.Recover("planning subscriptions", func(error) { again.Reset(500 * time.Millisecond) })
	select {
	case <-ctx.Done():
	case <-b.changed:
		faults.At("route", "")
		b.route(ctx)
	case <-b.trouble:
		// Not at once: the nodes of a cluster need a moment to agree.
		again.Reset(50 * time.Millisecond)
	case <-again.C:
		if !b.plan(ctx) {
			again.Reset(500 * time.Millisecond)
		}
	}
}

// plan gives each node its line and each channel its node. It reports false
// when that has to be tried again.
func (b *switchboard) plan(ctx context.Context) bool {
	nodes, err := b.net.all(ctx)
	if ctx.Err() != nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.log.Debug("finding the nodes of Redis", "error", err)
		b.say(chat.NewsDown)
		return false
	}
	b.setLines(ctx, nodes)
	b.lost = !b.share(ctx)
	b.judge()
	return !b.lost
}

// setLines makes the lines of new nodes and ends those of nodes that are gone.
func (b *switchboard) setLines(ctx context.Context, nodes []*redis.Client) {
	for node, l := range b.lines {
		if !slices.Contains(nodes, node) {
			l.stop()
			delete(b.lines, node)
		}
	}
	for _, node := range nodes {
		if b.lines[node] != nil {
			continue
		}
		if b.told == chat.NewsRestart {
			// What moves there is missed until the line is up.
			b.say(chat.NewsDown)
		}
		ctx, stop := context.WithCancel(ctx)
		l := &line{switchboard: b, node: node, stop: stop, wake: make(chan struct{}, 1)}
		b.lines[node] = l
		b.work.Go(func() { l.run(ctx) })
	}
}

// share assigns all channels to the lines. It reports false where one belongs
// to no line.
func (b *switchboard) share(ctx context.Context) bool {
	shares := map[*line]map[string]bool{}
	all := b.everything()
	for _, c := range all {
		l := b.lineOf(ctx, c)
		if shares[l] == nil {
			shares[l] = map[string]bool{}
		}
		shares[l][c] = true
	}
	for _, l := range b.lines {
		l.assign(shares[l])
	}
	return shares[nil] == nil
}

// lineOf is the line that a channel belongs to, or nil.
func (b *switchboard) lineOf(ctx context.Context, channel string) *line {
	node, err := b.net.home(ctx, channel)
	if err != nil {
		b.log.Debug("finding the node of a channel", "channel", channel, "error", err)
	}
	return b.lines[node]
}

// route hands the wishes that changed to their lines.
func (b *switchboard) route(ctx context.Context) {
	wishes := b.pending()
	b.mu.Lock()
	defer b.mu.Unlock()
	for c, on := range wishes {
		switch l := b.lineOf(ctx, c); {
		case l != nil:
			l.want(c, on)
		case on:
			b.replan()
		}
	}
}

// replan has all topics looked at again: some channel has no line.
func (b *switchboard) replan() {
	b.lost = true
	nudge(b.trouble)
}

// judge says what the lines come to. Their being not up yet is no news before
// one has failed.
func (b *switchboard) judge() {
	for _, l := range b.lines {
		if !l.up {
			return
		}
	}
	if !b.lost && len(b.lines) > 0 {
		b.say(chat.NewsRestart)
	}
}

// say tells a state once.
func (b *switchboard) say(kind chat.NewsKind) {
	if b.told == kind {
		return
	}
	b.told = kind
	b.deaf.Store(kind == chat.NewsDown)
	b.sink(chat.News{Kind: kind})
}

func (b *switchboard) tell(news chat.News) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sink(news)
}

// delayed tells how long the slowest line's probe took.
func (b *switchboard) delayed() {
	var slowest time.Duration
	for _, l := range b.lines {
		slowest = max(slowest, l.delay)
	}
	b.sink(chat.News{Kind: chat.NewsDelay, Delay: slowest})
}
