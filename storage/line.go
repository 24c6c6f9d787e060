package storage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/internal/defence"
	"teahouse/internal/faults"
)

// How a dead or deaf subscription is found: every probeEvery a message goes
// through Redis to ourselves, and when none came back for probePatience the
// connection is given up.
const (
	probeEvery    = time.Second
	probePatience = 4 * time.Second
)

// patience is how long a connection may bring nothing; 0: for ever.
func patience() time.Duration {
	if !defence.On {
		return 0
	}
	return probePatience
}

// line keeps one connection for the channels of one node, made anew whenever
// it fails.
type line struct {
	*switchboard
	node *redis.Client
	stop context.CancelFunc
	wake chan struct{} // of size one: there are changes to send, or a probe

	// Guarded by the switchboard's lock.
	channels map[string]bool // what belongs here
	changes  map[string]bool // what of it is to be subscribed or left
	waiting  map[string]bool // channels asked for that Redis has not confirmed
	probe    string          // a channel of our own, on this connection
	due      bool            // a probe is to be sent at once
	heard    bool            // one came back on this connection
	echo     time.Time       // when the last one did
	delay    time.Duration   // how long it took
	up       bool            // nothing is missed
}

// run serves the line until ctx ends.
func (l *line) run(ctx context.Context) {
	pause := 50 * time.Millisecond
	for ctx.Err() == nil {
		began := time.Now()
		err := l.opts.Panics.Try("a subscription", func() error { return l.serve(ctx) })
		if ctx.Err() != nil {
			return
		}
		l.metrics.resubscribed.Inc()
		l.log.Debug("a subscription ended", "error", err)
		l.fail()
		if time.Since(began) > time.Minute {
			pause = 50 * time.Millisecond
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, 500*time.Millisecond)
	}
}

// fail notes that the connection is lost; where the node is not there any
// more, planning ends the line.
func (l *line) fail() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up = false
	if l.lines[l.node] == l {
		l.say(chat.NewsDown)
		nudge(l.trouble)
	}
}

// want notes that a channel is to be subscribed or left.
func (l *line) want(channel string, on bool) {
	if on {
		l.channels[channel] = true
	} else {
		delete(l.channels, channel)
	}
	l.changes[channel] = on
	nudge(l.wake)
}

// assign makes the line's channels those given. What is new is told one by
// one, or, while news is missed anyway, as part of the next restart.
func (l *line) assign(channels map[string]bool) {
	if l.channels == nil {
		l.channels, l.changes = map[string]bool{}, map[string]bool{}
	}
	for c := range l.channels {
		if !channels[c] {
			l.want(c, false)
		}
	}
	for c := range channels {
		if !l.channels[c] {
			l.want(c, true)
			l.up = l.up && l.told == chat.NewsRestart
		}
	}
}

// call is one connection of a line.
type call struct {
	*line
	conn *redis.PubSub
}

// serve subscribes the line's channels and hands on news until the connection
// fails.
func (l *line) serve(ctx context.Context) error {
	probe, err := l.net.probe(ctx, l.node)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &call{line: l, conn: l.node.Subscribe(ctx)}
	var work sync.WaitGroup
	defer work.Wait()
	defer cancel()
	if err := c.subscribe(ctx, c.begin(probe)); err != nil {
		return errors.Join(err, c.close())
	}
	work.Go(func() { c.watchOver(ctx) })
	for {
		msg, err := c.conn.ReceiveTimeout(ctx, patience())
		switch {
		case err == nil:
			err = c.take(msg)
		case redis.HasErrorPrefix(err, "MOVED"):
			err = c.astray()
		}
		if err != nil {
			return errors.Join(err, c.close())
		}
	}
}

// begin lists the channels of a new connection.
func (l *line) begin(probe string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.probe, l.due, l.heard, l.echo, l.up = probe, false, false, time.Now(), false
	l.waiting = maps.Clone(l.channels)
	l.waiting[probe] = true
	clear(l.changes)
	return slices.Collect(maps.Keys(l.waiting))
}

// close ends the connection; that it was closed already is no news.
func (c *call) close() error {
	if err := c.conn.Close(); !errors.Is(err, redis.ErrClosed) {
		return err
	}
	return nil
}

// subscribe asks for channels. In a cluster one command takes channels of one
// slot only.
func (c *call) subscribe(ctx context.Context, channels []string) error {
	if !c.net.sharded() {
		return c.conn.Subscribe(ctx, channels...)
	}
	for _, channel := range channels {
		if err := c.conn.SSubscribe(ctx, channel); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) unsubscribe(ctx context.Context, channels []string) error {
	if !c.net.sharded() {
		return c.conn.Unsubscribe(ctx, channels...)
	}
	for _, channel := range channels {
		if err := c.conn.SUnsubscribe(ctx, channel); err != nil {
			return err
		}
	}
	return nil
}

// watchOver tends the connection; a panic in that ends it as a failure does.
func (c *call) watchOver(ctx context.Context) {
	defer c.opts.Panics.Recover("tending a subscription", func(cause error) {
		c.log.Debug("tending a subscription", "error", errors.Join(cause, c.close()))
	})
	c.tend(ctx)
}

// tend sends probes and changes until ctx ends, or closes the connection when
// no probe comes back: that ends serve.
func (c *call) tend(ctx context.Context) {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			// A read that waits does not see ctx end: closing wakes it.
			if err := c.close(); err != nil {
				c.log.Debug("closing a subscription", "error", err)
			}
			return
		case <-c.wake:
			err = c.change(ctx)
		case <-tick.C:
			faults.At("tend", "")
			err = c.check(ctx)
		}
		if err != nil && ctx.Err() == nil {
			c.log.Debug("tending a subscription", "error", errors.Join(err, c.close()))
			return
		}
	}
}

// change sends what is to be subscribed or left, and a probe where one is due.
func (c *call) change(ctx context.Context) error {
	on, off, due := c.takeChanges()
	if len(on) > 0 {
		if err := c.subscribe(ctx, on); err != nil {
			return err
		}
	}
	if len(off) > 0 {
		if err := c.unsubscribe(ctx, off); err != nil {
			return err
		}
	}
	if due {
		return c.check(ctx)
	}
	return nil
}

func (l *line) takeChanges() (on, off []string, due bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for channel, wanted := range l.changes {
		if wanted {
			on = append(on, channel)
			l.waiting[channel] = true
		} else {
			off = append(off, channel)
			delete(l.waiting, channel)
		}
	}
	clear(l.changes)
	due, l.due = l.due, false
	return on, off, due
}

// check sends a probe, which goes the whole way: it is sent where messages are
// sent, and comes back where they are received.
func (c *call) check(ctx context.Context) error {
	c.mu.Lock()
	silent, probe := time.Since(c.echo), c.probe
	c.mu.Unlock()
	if limit := patience(); limit > 0 && silent > limit {
		return fmt.Errorf("no probe came back for %s", silent.Round(time.Millisecond))
	}
	ctx, cancel := context.WithTimeout(ctx, probePatience/2)
	defer cancel()
	// A probe that cannot be sent is one that does not come back.
	if err := c.broadcast(ctx, probe, strconv.FormatInt(time.Now().UnixNano(), 10)); err != nil {
		c.log.Debug("sending a probe", "error", err)
	}
	return nil
}

// take hands on what one message of the connection means.
func (c *call) take(msg any) error {
	switch m := msg.(type) {
	case *redis.Subscription:
		switch m.Kind {
		case "subscribe", "ssubscribe":
			c.confirmed(m.Channel)
		case "sunsubscribe":
			return c.moved(m.Channel)
		}
	case *redis.Message:
		faults.At("line", m.Payload)
		if m.Channel == c.probe {
			c.echoed(m.Payload)
			return nil
		}
		news, err := parse(m.Channel, m.Payload)
		if err != nil {
			// Whatever it was, the check of positions finds what is missing.
			c.log.Warn("news that cannot be read", "channel", m.Channel, "error", err)
			return nil
		}
		c.tell(news)
	}
	return nil
}

// echoed notes that a probe came back. Nothing counts as received before the
// first one has: a replica may answer long before it has what its primary has.
func (l *line) echoed(sent string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.echo, l.heard = time.Now(), true
	l.settle()
	if ns, err := strconv.ParseInt(sent, 10, 64); err == nil {
		l.delay = max(0, time.Since(time.Unix(0, ns)))
		l.delayed()
	}
}

// confirmed notes that a channel is subscribed.
func (l *line) confirmed(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.waiting, name)
	if name == l.probe {
		l.due = true
		nudge(l.wake)
	}
	if t, ok := topic(name); ok && l.up {
		l.sink(chat.News{Kind: chat.NewsSubscribed, Topic: t})
	}
	l.settle()
}

// settle notes when nothing is missed any more.
func (l *line) settle() {
	if !l.up && l.heard && len(l.waiting) == 0 {
		l.up = true
		l.judge()
	}
}

// moved notes that the node has ended a subscription, as it does with the
// channels of a slot that it gives away. Planning finds them another line, or,
// where it was the answer to a wish that has changed since, asks again.
func (l *line) moved(channel string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if channel == l.probe {
		return errors.New("the slot of the probe has moved")
	}
	if l.channels[channel] {
		delete(l.channels, channel)
		l.replan()
	}
	return nil
}

// astray notes that a channel was asked for at the wrong node. The answer does
// not tell which, so all that wait are planned again.
func (l *line) astray() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting[l.probe] {
		return errors.New("the slot of the probe is elsewhere")
	}
	for channel := range l.waiting {
		delete(l.channels, channel)
	}
	clear(l.waiting)
	l.replan()
	return nil
}
