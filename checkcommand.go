package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"teahouse/keys"
	"teahouse/sshserver"
	"teahouse/storage"
	"teahouse/storage/embedded"
)

const checkUsage = `usage: teahouse check     tries all that a server needs: its settings, ports, folder, keys and Redis`

// checkCommand says of each thing that a server needs how it is, and what to do.
// The settings have been read already. An error says that a server would not
// work; it may be run beside one.
func checkCommand(config Config, args []string, stdout io.Writer) error {
	if len(args) > 0 {
		return usageError{"these words do not fit:\n" + checkUsage}
	}
	c := &check{Config: config, out: stdout, log: slog.New(slog.DiscardHandler)}
	c.say(storage.Fine, "the settings can be read")
	c.port("SSH_ADDR", config.SSHAddr, c.sshRuns)
	if config.HTTPAddr != "off" {
		c.port("HTTP_ADDR", config.HTTPAddr, func() bool { return healthcheck(config) == nil })
	}
	c.files()
	c.redis(context.Background())
	switch {
	case c.err != nil:
		return c.err
	case c.unfit > 0:
		return fmt.Errorf("a server would not work like this: %d of the above failed", c.unfit)
	}
	return nil
}

// check is one that runs.
type check struct {
	Config
	out   io.Writer
	log   *slog.Logger
	unfit int
	runs  bool  // beside a teahouse
	err   error // of writing
}

func (c *check) say(g storage.Grade, format string, args ...any) {
	word := map[storage.Grade]string{storage.Fine: "ok", storage.Doubtful: "warning", storage.Unfit: "FAILED"}[g]
	if g == storage.Unfit {
		c.unfit++
	}
	_, err := fmt.Fprintf(c.out, "%-8s %s\n", word, fmt.Sprintf(format, args...))
	c.err = errors.Join(c.err, err)
}

// port tries to listen. A teahouse that runs there already is no failure.
func (c *check) port(name, addr string, runs func() bool) {
	ln, err := sshserver.Listen(addr)
	switch {
	case err == nil:
		c.say(storage.Fine, "%s: %s is free", name, addr)
		_ = ln.Close()
	case errors.Is(err, syscall.EADDRINUSE) && runs():
		c.runs = true
		c.say(storage.Fine, "%s: a teahouse answers at %s", name, addr)
	default:
		c.say(storage.Unfit, "%s", listenError(name, addr, err))
	}
}

// sshRuns tells whether a teahouse answers at SSH_ADDR. Behind a proxy it says
// nothing without being told who comes.
func (c *check) sshRuns() bool {
	if c.ProxyProtocol == "required" {
		return c.HTTPAddr != "off" && healthcheck(c.Config) == nil
	}
	host, port, err := net.SplitHostPort(c.SSHAddr)
	if err != nil {
		return false
	}
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(reachable(host), port), time.Second)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Second)) // without one, the answer is as good
	line, err := bufio.NewReader(io.LimitReader(conn, 255)).ReadString('\n')
	return err == nil && strings.HasPrefix(line, "SSH-2.0-Teahouse")
}

// files looks at the folder, and at how many files may be open.
func (c *check) files() {
	if c.RedisURL == "" {
		if err := writable(c.DataDir); err != nil {
			c.say(storage.Unfit, "DATA_DIR: %s cannot be written (%s): let the user who runs teahouse own it, or set DATA_DIR", c.DataDir, err)
		} else {
			c.say(storage.Fine, "DATA_DIR: %s can be written", c.DataDir)
		}
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		c.say(storage.Doubtful, "how many files may be open is not known: %s", err)
		return
	}
	// A connection each, and what else there is.
	if need := uint64(c.MaxSessions) + 100; limit.Max < need {
		c.say(storage.Doubtful, "MAX_SESSIONS is %d, and only %d files may be open: raise the limit (LimitNOFILE=, ulimit -n) to %d, or lower MAX_SESSIONS", c.MaxSessions, limit.Max, need)
		return
	}
	c.say(storage.Fine, "enough files may be open for MAX_SESSIONS")
}

// writable tries to make a file in the folder, or in the one where it would be
// made; nothing of it stays.
func writable(dir string) error {
	for {
		f, err := os.CreateTemp(dir, ".check-*")
		if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
			dir = filepath.Dir(dir)
			continue
		}
		if err != nil {
			return err
		}
		return errors.Join(f.Close(), os.Remove(f.Name()))
	}
}

// redis looks at the operator's Redis, or at the chat's own.
func (c *check) redis(ctx context.Context) {
	url, end := c.RedisURL, func() error { return nil }
	if url == "" {
		own, ok := embedded.Find(ctx, c.DataDir)
		if url = own; !ok {
			url, end = c.ownRedis(ctx)
		}
	}
	if url == "" {
		return
	}
	tell := func(f storage.Finding) { c.say(f.Grade, "%s", strings.ReplaceAll(f.Text, "REDIS_URL: ", "")) }
	if c.RedisURL != "" {
		tell = func(f storage.Finding) { c.say(f.Grade, "%s", f.Text) }
	}
	if err := storage.Examine(ctx, storeOptions(c.Config, url, c.log), tell); err != nil {
		c.say(storage.Unfit, "closing the connection to Redis: %s", err)
	}
	c.hostKeys(ctx, url)
	if err := end(); err != nil {
		c.say(storage.Unfit, "the Redis in DATA_DIR: %s", err)
	}
}

// ownRedis starts the Redis in DATA_DIR; no URL where it cannot be looked at.
func (c *check) ownRedis(ctx context.Context) (url string, end func() error) {
	own, err := embedded.Start(ctx, c.DataDir, c.log)
	if err != nil && c.runs {
		c.say(storage.Doubtful, "the teahouse that runs here keeps all in memory, or in another DATA_DIR: %s", err)
		return "", nil
	}
	if err != nil {
		c.say(storage.Unfit, "starting a Redis in DATA_DIR: %s", err)
		return "", nil
	}
	if !own.Durable() {
		c.say(storage.Doubtful, "there is no redis-server or valkey-server on the PATH: everything is kept in memory, and history ends with the server: install one, or set REDIS_URL")
	}
	return own.URL(), own.Close
}

// hostKeys reads the host keys, and makes none.
func (c *check) hostKeys(ctx context.Context, url string) {
	var store *storage.Store
	if hostKeysOf(c.Config, nil).where == inRedis {
		var err error
		if store, err = storage.Attach(ctx, storeOptions(c.Config, url, c.log)); err != nil {
			return // told already
		}
		defer func() { _ = store.Close() }() // nothing was written
	}
	h := hostKeysOf(c.Config, store)
	ring, err := h.read(ctx)
	switch {
	case errors.Is(err, keys.ErrNone):
		c.say(storage.Fine, "%s: the first start makes one", h.where)
	case err != nil:
		c.say(storage.Unfit, "%s", err)
	default:
		c.say(storage.Fine, "%s: people see %s", h.where, keys.Fingerprint(ring[0].PublicKey()))
	}
}
