package storage

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/internal/defence"
)

// wire keeps the wishes for topics. Listen's goroutines talk to Redis.
type wire struct {
	*Store
	net  nodes
	log  *slog.Logger
	deaf atomic.Bool // Listen runs, and news is missed just now

	mu      sync.Mutex
	topics  map[chat.Topic]bool
	changes []chat.Topic  // wishes that Listen has not taken yet
	changed chan struct{} // of size one
}

func newWire(s *Store) *wire {
	return &wire{
		Store: s, net: nodesOf(s.heard()), log: s.opts.Log,
		topics: map[chat.Topic]bool{}, changed: make(chan struct{}, 1),
	}
}

// heard is where channels are subscribed: where history is read, so that no
// notice comes before its data.
func (s *Store) heard() redis.UniversalClient {
	if !defence.On {
		return s.rdb
	}
	return s.read
}

// Subscribe implements chat.Wire.
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
		w.changes = append(w.changes, t)
	}
	nudge(w.changed)
}

// nudge wakes whoever reads from a channel of size one.
func nudge(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// pending takes the wishes that wait, as channels; of several for a topic the
// last holds.
func (w *wire) pending() map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	wishes := map[string]bool{}
	for _, t := range w.changes {
		wishes[channel(t)] = w.topics[t]
	}
	w.changes = nil
	return wishes
}

// everything gives the channels of all topics, and forgets wishes that this
// makes superfluous.
func (w *wire) everything() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changes = nil
	channels := make([]string, 0, len(w.topics))
	for t := range w.topics {
		channels = append(channels, channel(t))
	}
	return channels
}

var errBehind = errors.New("the replica of REDIS_READ_URL has no news of its primary")

// readable fails while what the read replica has may be older than what it had
// before: it has started again, or lost its primary, and until a message went
// the whole way again a log read there could look as if it had been rewound.
func (s *Store) readable() error {
	if s.read != s.rdb && s.wire.deaf.Load() {
		return chat.Unavailable(errBehind)
	}
	return nil
}
