package storage

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/internal/defence"
)

// How a dead or deaf subscription is found: every probeEvery a message goes
// through Redis to ourselves, and when none came back for probePatience the
// connection is given up.
const (
	probeEvery    = time.Second
	probePatience = 4 * time.Second
)

// wire holds one subscription for all topics of the replica.
type wire struct {
	pub   *redis.Client // probes are sent here
	sub   *redis.Client // topics are subscribed here
	log   *slog.Logger
	probe string // the channel of our own

	mu      sync.Mutex
	topics  map[chat.Topic]bool
	changes []change      // not yet sent to Redis
	changed chan struct{} // of size one
}

// change is a topic to subscribe or to leave.
type change struct {
	topic chat.Topic
	on    bool
}

func newWire(pub, sub *redis.Client, log *slog.Logger) *wire {
	return &wire{
		pub: pub, sub: sub, log: log, probe: "probe:" + rand.Text(),
		topics: map[chat.Topic]bool{}, changed: make(chan struct{}, 1),
	}
}

// Subscribe implements chat.Wire. It only notes the wish: Listen's goroutines
// talk to Redis.
func (s *Store) Subscribe(topics ...chat.Topic) { s.wire.want(true, topics) }

// Unsubscribe implements chat.Wire.
func (s *Store) Unsubscribe(topics ...chat.Topic) { s.wire.want(false, topics) }

func (w *wire) want(on bool, topics []chat.Topic) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range topics {
		if on {
			w.topics[t] = true
		} else {
			delete(w.topics, t)
		}
		w.changes = append(w.changes, change{t, on})
	}
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// Listen implements chat.Wire.
func (s *Store) Listen(ctx context.Context, sink func(chat.News)) {
	w := s.wire
	pause := 50 * time.Millisecond
	for ctx.Err() == nil {
		began := time.Now()
		err := w.serve(ctx, sink)
		if ctx.Err() != nil {
			return
		}
		w.log.Debug("the subscription ended", "error", err)
		sink(chat.News{Kind: chat.NewsDown})
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

// listening is one connection's worth of Listen.
type listening struct {
	*wire
	conn *redis.PubSub
	sink func(chat.News)

	mu      sync.Mutex
	echo    time.Time       // when the last probe came back
	initial map[string]bool // channels to be confirmed before NewsRestart
}

// serve subscribes all topics and hands on news until the connection fails.
func (w *wire) serve(ctx context.Context, sink func(chat.News)) error {
	ctx, cancel := context.WithCancel(ctx)
	l := &listening{wire: w, conn: w.sub.Subscribe(ctx), sink: sink, echo: time.Now(), initial: map[string]bool{}}
	var work sync.WaitGroup
	defer work.Wait()
	defer cancel()
	channels := w.everything()
	for _, c := range channels {
		l.initial[c] = true
	}
	if err := l.conn.Subscribe(ctx, channels...); err != nil {
		return errors.Join(err, l.conn.Close())
	}
	work.Go(func() { l.tend(ctx) })
	for {
		msg, err := l.conn.ReceiveTimeout(ctx, probePatience)
		if err != nil {
			return errors.Join(err, l.close())
		}
		l.take(msg)
	}
}

// close ends the connection; that it was closed already is no news.
func (l *listening) close() error {
	if err := l.conn.Close(); !errors.Is(err, redis.ErrClosed) {
		return err
	}
	return nil
}

// everything lists the channels of all topics and of the probe, and forgets
// changes that this makes superfluous.
func (w *wire) everything() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changes = nil
	channels := []string{w.probe}
	for t := range w.topics {
		channels = append(channels, channel(t))
	}
	return channels
}

// tend sends probes and changes of topics until ctx ends, or closes the
// connection when no probe comes back: that ends serve.
func (l *listening) tend(ctx context.Context) {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			// A read that waits does not see ctx end: closing wakes it.
			if err := l.close(); err != nil {
				l.log.Debug("closing the subscription", "error", err)
			}
			return
		case <-l.changed:
			err = l.change(ctx)
		case <-tick.C:
			err = l.check(ctx)
		}
		if err != nil && ctx.Err() == nil {
			l.log.Debug("tending the subscription", "error", errors.Join(err, l.close()))
			return
		}
	}
}

func (l *listening) change(ctx context.Context) error {
	on, off := l.pending()
	if len(on) > 0 {
		if err := l.conn.Subscribe(ctx, on...); err != nil {
			return err
		}
	}
	if len(off) > 0 {
		return l.conn.Unsubscribe(ctx, off...)
	}
	return nil
}

// pending takes the changes that wait; of several for a topic the last holds.
func (w *wire) pending() (on, off []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := map[chat.Topic]bool{}
	for _, c := range w.changes {
		if seen[c.topic] {
			continue
		}
		seen[c.topic] = true
		if w.topics[c.topic] {
			on = append(on, channel(c.topic))
		} else {
			off = append(off, channel(c.topic))
		}
	}
	w.changes = nil
	return on, off
}

func (l *listening) check(ctx context.Context) error {
	l.mu.Lock()
	silent := time.Since(l.echo)
	l.mu.Unlock()
	if silent > probePatience && defence.On {
		return fmt.Errorf("no probe came back for %s", silent.Round(time.Millisecond))
	}
	ctx, cancel := context.WithTimeout(ctx, probePatience/2)
	defer cancel()
	// A probe that cannot be sent is one that does not come back.
	if err := l.pub.Publish(ctx, l.probe, "").Err(); err != nil {
		l.log.Debug("sending a probe", "error", err)
	}
	return nil
}

// take hands on what one message of the connection means.
func (l *listening) take(msg any) {
	switch m := msg.(type) {
	case *redis.Subscription:
		if m.Kind == "subscribe" {
			l.confirmed(m.Channel)
		}
	case *redis.Message:
		if m.Channel == l.probe {
			l.mu.Lock()
			l.echo = time.Now()
			l.mu.Unlock()
			return
		}
		news, err := parse(m.Channel, m.Payload)
		if err != nil {
			// Whatever it was, the check of positions finds what is missing.
			l.log.Warn("news that cannot be read", "channel", m.Channel, "error", err)
			return
		}
		l.sink(news)
	}
}

func (l *listening) confirmed(name string) {
	if !l.initial[name] {
		if t, ok := topic(name); ok {
			l.sink(chat.News{Kind: chat.NewsSubscribed, Topic: t})
		}
		return
	}
	delete(l.initial, name)
	if len(l.initial) == 0 {
		l.sink(chat.News{Kind: chat.NewsRestart})
	}
}

// channel names the Redis channel of a topic: room:{7}:feed.
func channel(t chat.Topic) string {
	kind, id, _ := strings.Cut(string(t), ":")
	return kind + ":{" + id + "}:feed"
}

func topic(channel string) (chat.Topic, bool) {
	kind, rest, ok := strings.Cut(channel, ":{")
	id, isFeed := strings.CutSuffix(rest, "}:feed")
	return chat.Topic(kind + ":" + id), ok && isFeed
}

// parse reads the payload of a channel: a letter for the kind, then the rest.
func parse(name, payload string) (chat.News, error) {
	t, ok := topic(name)
	if !ok || payload == "" {
		return chat.News{}, fmt.Errorf("not a feed's: %.40q", payload)
	}
	_, id, _ := strings.Cut(string(t), ":")
	news := chat.News{Topic: t, Room: chat.RoomID(id)}
	var err error
	switch rest := payload[1:]; payload[0] {
	case 'm':
		news.Kind = chat.NewsMessage
		news.Message, err = decode(news.Room, rest)
	case 'r':
		news.Kind = chat.NewsRoll
		news.Change, err = parseChange(rest)
	case 't':
		news.Kind = chat.NewsRoom
	case 's':
		news.Kind = chat.NewsSeats
	case 'd':
		news.Kind = chat.NewsRead
		news.Room, news.Read, err = parseRead(rest)
	default:
		err = fmt.Errorf("of an unknown kind: %.40q", payload)
	}
	return news, err
}

func parseChange(text string) (chat.Change, error) {
	var c struct {
		V int64
		T chat.Turn
		U chat.UserID
		N string
	}
	err := json.Unmarshal([]byte(text), &c)
	return chat.Change{Version: c.V, Turn: c.T, User: c.U, Name: c.N}, err
}

func parseRead(text string) (chat.RoomID, chat.MessageID, error) {
	id, room, _ := strings.Cut(text, " ")
	n, err := strconv.ParseInt(id, 10, 64)
	return chat.RoomID(room), chat.MessageID(n), err
}
