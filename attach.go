package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"teahouse/storage"
	"teahouse/storage/embedded"
)

// withStore lets a command work on the chat's Redis beside or instead of a
// server: the operator's, or that of DATA_DIR, which runs for as long as it
// takes. Where a server runs on DATA_DIR, its Redis is used. The first signal
// ends do's context.
func withStore(config Config, stderr io.Writer, do func(context.Context, *storage.Store) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	config.level = max(config.level, slog.LevelWarn)
	log := newLogger(config, stderr)
	url, end, err := redisOf(ctx, config, log)
	if err != nil {
		return err
	}
	store, err := storage.Attach(ctx, storeOptions(config, url, log))
	if err != nil {
		return errors.Join(err, end())
	}
	err = do(ctx, store)
	if err != nil && ctx.Err() != nil {
		err = errors.New("it was interrupted: run the same command again")
	}
	return errors.Join(err, store.Close(), end())
}

// redisOf finds the Redis, and starts that of DATA_DIR where it does not run.
func redisOf(ctx context.Context, config Config, log *slog.Logger) (url string, end func() error, err error) {
	nothing := func() error { return nil }
	if config.RedisURL != "" {
		return config.RedisURL, nothing, nil
	}
	if url, ok := embedded.Find(ctx, config.DataDir); ok {
		return url, nothing, nil
	}
	own, err := embedded.Start(ctx, config.DataDir, log)
	if err != nil {
		return "", nil, fmt.Errorf("starting a Redis in DATA_DIR: %w", err)
	}
	if !own.Durable() {
		return "", nil, errors.Join(own.Close(), errors.New("there is no redis-server or valkey-server on the PATH, and so no chat that is kept in DATA_DIR: install one, or set REDIS_URL"))
	}
	return own.URL(), own.Close, nil
}
