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
	"teahouse/internal/contain"
	"teahouse/internal/recent"
)

// Options say which Redis to use and how much to keep there.
type Options struct {
	URL          string        // see CheckURL
	ReadURL      string        // a replica of it near by, one server, or ""
	HistoryLimit int           // messages kept a room
	HistoryTTL   time.Duration // how long messages are kept; 0: for ever
	Patience     time.Duration // how long Open tries to reach Redis
	Log          *slog.Logger
	Hook         redis.Hook // sees what is asked of Redis; may be nil
	// Panics is told of those that end nothing but a connection; nil: they are
	// told to the log.
	Panics *contain.Panics
}

// Store is the chat's storage. It may be used from many goroutines.
type Store struct {
	rdb     redis.UniversalClient
	read    redis.UniversalClient // history is read and channels are subscribed here; may be rdb
	opts    Options
	scripts scripts
	publish string // the command that reaches the feed's subscribers
	wire    *wire
	metrics *metrics

	// What was so when it was asked for last, and is asked for with what depends on
	// it: which id a key held, and which rooms a user had.
	ids     *recent.Cache[string, chat.UserID]
	guesses *recent.Cache[chat.UserID, []string]
}

var _ chat.Store = (*Store)(nil)

// Open connects to Redis, trying for as long as opts.Patience says, looks
// whether it will do, and makes what every chat has. Errors are worded for the
// operator.
func Open(ctx context.Context, opts Options) (*Store, error) {
	s, err := Attach(ctx, opts)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Attach connects as Open does, and makes nothing: Export and Import want what
// is there, and all that is there.
func Attach(ctx context.Context, opts Options) (*Store, error) {
	redis.SetLogger(quiet{opts.Log})
	opts.Panics = opts.Panics.Or(opts.Log)
	s := &Store{
		opts: opts, scripts: loadScripts(), metrics: newMetrics(),
		ids:     recent.New[string](keptGuesses, func(string, chat.UserID) int { return 1 }),
		guesses: recent.New[chat.UserID](keptGuesses, func(_ chat.UserID, rooms []string) int { return 1 + len(rooms) }),
	}
	if err := s.connect(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context) error {
	if err := s.wholeChat(ctx); err != nil {
		return err
	}
	if err := s.makeGeneral(ctx); err != nil {
		return fmt.Errorf("preparing the chat in Redis: %w", err)
	}
	return nil
}

func (s *Store) connect(ctx context.Context) error {
	main, err := s.reachAll(ctx)
	if err != nil {
		return err
	}
	return s.inspect(ctx, main.shape)
}

// reachAll connects to all that the URLs name.
func (s *Store) reachAll(ctx context.Context) (main endpoint, err error) {
	if main, err = parseURL(s.opts.URL); err != nil {
		return main, fmt.Errorf("REDIS_URL: %w", err)
	}
	if s.rdb, err = s.dial(ctx, "REDIS_URL", main); err != nil {
		return main, err
	}
	s.read = s.rdb
	if s.opts.ReadURL != "" {
		if err := s.connectRead(ctx, main.shape); err != nil {
			return main, err
		}
	}
	s.publish = "PUBLISH"
	if main.shape == cluster {
		s.publish = "SPUBLISH"
	}
	s.wire = newWire(s)
	return main, nil
}

// isCluster tells whether what has different tags may be on different servers.
func (s *Store) isCluster() bool { return s.publish == "SPUBLISH" }

func (s *Store) connectRead(ctx context.Context, main shape) error {
	near, err := parseURL(s.opts.ReadURL)
	switch {
	case err != nil:
		return fmt.Errorf("REDIS_READ_URL: %w", err)
	case near.shape != single:
		return errors.New("REDIS_READ_URL: it must name one server, a replica, as redis://, rediss:// or unix://")
	case main == cluster:
		return errors.New("REDIS_READ_URL: a cluster is read where it is written; take the setting out")
	}
	read, err := s.dial(ctx, "REDIS_READ_URL", near)
	if err != nil {
		return err
	}
	s.read = read
	return nil
}

// dial connects to the Redis that a setting names.
func (s *Store) dial(ctx context.Context, setting string, to endpoint) (redis.UniversalClient, error) {
	rdb := to.open()
	rdb.AddHook(s.metrics)
	if s.opts.Hook != nil {
		rdb.AddHook(s.opts.Hook)
	}
	if err := s.reach(ctx, rdb, setting, to.where); err != nil {
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
func (s *Store) reach(ctx context.Context, rdb redis.UniversalClient, setting, where string) error {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Patience)
	defer cancel()
	for last := error(nil); ; {
		err := rdb.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		if hint := hopeless(err); hint != "" {
			return fmt.Errorf("the Redis at %s refuses: %w; %s", where, err, strings.ReplaceAll(hint, "REDIS_URL", setting))
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the Redis at %s could not be reached for %s: %w; start it, or correct %s", where, s.opts.Patience, last, setting)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// broadcast tells the subscribers of a channel.
func (s *Store) broadcast(ctx context.Context, channel, payload string) error {
	return s.rdb.Do(ctx, s.publish, channel, payload).Err()
}

// inBatches runs n commands in pipelines of bounded size; in a cluster each of
// its nodes gets its own.
func inBatches(ctx context.Context, rdb redis.UniversalClient, n int, add func(p redis.Pipeliner, i int)) error {
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
