// Package embedded runs the Redis that a chat brings along when the operator
// names none: redis-server or valkey-server as a child with its append-only
// file in one directory, or, where neither is installed, one in memory.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
)

// Server is a running Redis of our own. Its methods may be called at once.
type Server struct {
	running backend
	close   func() error
}

// backend is what runs behind a Server: a child, or Redis in memory. Its
// methods keep the promises of the Server's of the same name.
type backend interface {
	URL() string
	Name() string
	Durable() bool
	Exited() <-chan struct{}
	Err() error

	// stop ends it, with everything stored that was accepted. It is called
	// once, also when it has ended by itself.
	stop() error
}

// Start makes dir if needed and starts a Redis whose data live there. It
// returns when commands are answered, with all data loaded; ctx bounds that
// wait and not the life of the server, which ends with Close.
//
// A directory is served by one process at a time: while another one runs on
// dir, Start is refused with words. After a crash it waits until the Redis
// that was left behind has ended.
func Start(ctx context.Context, dir string, log *slog.Logger) (*Server, error) {
	dir, err := makeDir(dir)
	if err != nil {
		return nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	running, err := startBackend(ctx, dir, log)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	stop := func() error { return errors.Join(running.stop(), lock.release()) }
	return &Server{running: running, close: sync.OnceValue(stop)}, nil
}

// URL is where the server answers, for ParseURL of go-redis. It may carry a
// password: it is not for logs.
func (s *Server) URL() string { return s.running.URL() }

// Name is for people: "redis-server 7.0.15" or "memory".
func (s *Server) Name() string { return s.running.Name() }

// Durable tells whether what is stored outlives the process.
func (s *Server) Durable() bool { return s.running.Durable() }

// Exited is closed when the server has ended by itself: crashed, or killed by
// someone. It stays open when Close ended it.
func (s *Server) Exited() <-chan struct{} { return s.running.Exited() }

// Err says, once Exited is closed, why, with the last lines that the server
// logged; it is nil before.
func (s *Server) Err() error { return s.running.Err() }

// Close ends the server with everything stored that it accepted, and frees the
// directory. It takes at most the ten seconds after which a Redis that does
// not end is killed, which is an error. Calls after the first return the same.
func (s *Server) Close() error {
	return s.close()
}

// makeDir returns the absolute path of dir, which exists afterwards.
func makeDir(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("finding the data directory %s: %w", dir, err)
	}
	// What people write to each other is stored there: nobody else's to read.
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("making the data directory: %w", err)
	}
	return path, nil
}

func startBackend(ctx context.Context, dir string, log *slog.Logger) (backend, error) {
	program, found := findProgram()
	if !found {
		warnUnread(dir, log)
		return startMemory()
	}
	return startChild(ctx, program, dir, log)
}

// warnUnread tells of history that is in dir and will not be seen, because the
// program that wrote it is not installed any more.
func warnUnread(dir string, log *slog.Logger) {
	for _, name := range []string{"appendonlydir", "appendonly.aof"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			log.Warn("the history kept here is not read: neither redis-server nor valkey-server is on the PATH",
				"directory", dir)
			return
		}
	}
}

// Find gives the URL of the Redis that another process runs on dir, where one
// does. It stays that one's: it ends when its owner says so.
func Find(ctx context.Context, dir string) (url string, running bool) {
	path := readNote(filepath.Join(dir, redisLockName))
	if path == "" {
		return "", false
	}
	answer, err := ask(ctx, path, "PING")
	return socket{path: path}.url(), err == nil && answer == "+PONG"
}
