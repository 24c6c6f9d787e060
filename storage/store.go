// Package storage keeps the chat in Redis. It implements chat.Store: users,
// rooms, the message log, presence, and the feed between replicas. README.md
// has the table of all keys; lua/ holds the steps that must be atomic.
package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// Options say which Redis to use and how much to keep there.
type Options struct {
	URL          string        // redis://, rediss:// or unix://
	ReadURL      string        // a replica of it near by, or ""
	HistoryLimit int           // messages kept a room
	HistoryTTL   time.Duration // how long messages are kept; 0: for ever
	Patience     time.Duration // how long Open tries to reach Redis
	Log          *slog.Logger
}

// Store is the chat's storage. It may be used from many goroutines.
type Store struct {
	rdb     *redis.Client
	read    *redis.Client // history is read and channels are subscribed here; may be rdb
	opts    Options
	scripts scripts
	publish string // the command that reaches the feed's subscribers
	wire    *wire
}

var _ chat.Store = (*Store)(nil)

// Open connects to Redis, trying for as long as opts.Patience says, and makes
// what every chat has. Errors are worded for the operator.
func Open(ctx context.Context, opts Options) (*Store, error) {
	redis.SetLogger(quiet{opts.Log})
	s := &Store{opts: opts, scripts: loadScripts(), publish: "PUBLISH"}
	if err := s.connect(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.makeGeneral(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing the chat in Redis: %w", err), s.Close())
	}
	return s, nil
}

func (s *Store) connect(ctx context.Context) (err error) {
	if s.rdb, err = s.dial(ctx, "REDIS_URL", s.opts.URL); err != nil {
		return err
	}
	s.read = s.rdb
	if s.opts.ReadURL != "" {
		if s.read, err = s.dial(ctx, "REDIS_READ_URL", s.opts.ReadURL); err != nil {
			return err
		}
	}
	// A probe is sent where messages are sent and comes back where they are
	// received: it goes the whole way.
	s.wire = newWire(s.rdb, s.read, s.opts.Log)
	return nil
}

// dial connects to the Redis that a setting names.
func (s *Store) dial(ctx context.Context, setting, url string) (*redis.Client, error) {
	ro, err := parseURL(url)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	rdb := redis.NewClient(ro)
	if err := s.reach(ctx, rdb, setting); err != nil {
		return nil, errors.Join(err, rdb.Close())
	}
	return rdb, nil
}

// Close ends the connections. Listen must have returned before.
func (s *Store) Close() error {
	var err error
	if s.rdb != nil {
		err = s.rdb.Close()
	}
	if s.read != nil && s.read != s.rdb {
		err = errors.Join(err, s.read.Close())
	}
	return err
}

// Ping tells whether Redis answers.
func (s *Store) Ping(ctx context.Context) error {
	return wrap("asking Redis", s.rdb.Ping(ctx).Err())
}

// reach waits until Redis answers. What waiting cannot mend is told at once.
func (s *Store) reach(ctx context.Context, rdb *redis.Client, setting string) error {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Patience)
	defer cancel()
	addr := rdb.Options().Addr
	for last := error(nil); ; {
		err := rdb.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		if hint := hopeless(err); hint != "" {
			return fmt.Errorf("the Redis at %s refuses: %w; %s", addr, err, strings.ReplaceAll(hint, "REDIS_URL", setting))
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the Redis at %s could not be reached for %s: %w; start it, or correct %s", addr, s.opts.Patience, last, setting)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// inBatches runs n commands in pipelines of bounded size.
func inBatches(ctx context.Context, rdb *redis.Client, n int, add func(p redis.Pipeliner, i int)) error {
	const batch = 500
	for from := 0; from < n; from += batch {
		_, err := rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i := from; i < min(from+batch, n); i++ {
				add(p, i)
			}
			return nil
		})
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
	}
	return nil
}
