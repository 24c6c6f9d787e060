package house

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Redis is a redis-server of its own, with an append-only file that outlives a
// restart and a kill.
type Redis struct {
	*Process
	Port int
	Log  *Transcript

	dir  string
	args []string
}

// StartRedis starts a redis-server on a port of the loopback address, keeps
// its data in dir, and returns when it answers. Arguments given win over the
// standard ones.
func StartRedis(ctx context.Context, dir string, port int, args ...string) (*Redis, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making a place for Redis: %w", err)
	}
	r := &Redis{Port: port, Log: &Transcript{}, dir: dir, args: args}
	return r, r.Restart(ctx)
}

// Restart starts the server again after a Stop or a Kill, with what it kept.
func (r *Redis) Restart(ctx context.Context) error {
	if r.Process != nil {
		r.Kill()
	}
	cmd := exec.Command("redis-server", append([]string{
		"--bind", "127.0.0.1", "--port", strconv.Itoa(r.Port), "--dir", r.dir,
		"--save", "", "--appendonly", "yes", "--daemonize", "no",
	}, r.args...)...)
	cmd.Env, cmd.Dir = Environ(), r.dir
	cmd.Stdout, cmd.Stderr = r.Log, r.Log
	p, err := StartProcess(cmd)
	if err != nil {
		return err
	}
	r.Process = p
	return r.ready(ctx)
}

// ready asks a server of its own for the answer, as a server that loads its
// data accepts connections already.
func (r *Redis) ready(ctx context.Context) error {
	client := r.Client()
	defer func() { _ = client.Close() }()
	err := Await(ctx, r.Done(), 0, func() bool {
		return reachable(r.Addr()) == nil && answers(client.Ping(ctx).Err())
	})
	if err != nil {
		r.Kill()
		return fmt.Errorf("redis-server does not answer: %w\n%s", err, r.Log)
	}
	return nil
}

// answers tells a server that refuses (for want of a password, say) from none.
func answers(err error) bool {
	var refusal redis.Error
	return err == nil || errors.As(err, &refusal) && !redis.HasErrorPrefix(err, "LOADING")
}

// Addr is the server's host and port.
func (r *Redis) Addr() string { return loopback(r.Port) }

// URL is the server's address as REDIS_URL takes it.
func (r *Redis) URL() string { return "redis://" + r.Addr() }

// Client is a new client of the server, which the caller closes.
func (r *Redis) Client() *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr: r.Addr(),
		// Lists rather than maps, as redis-cli shows them.
		Protocol: 2,
		// A test asks once, and says itself when it asks again.
		MaxRetries: -1, DialerRetries: 1,
		MaintNotificationsConfig: noMaintenance(),
	})
}

// noMaintenance keeps clients from asking for what Redis has not got.
func noMaintenance() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// Do runs one command and returns its answer as redis-cli prints it where its
// output is no terminal: a line an element, an empty one for nil.
func (r *Redis) Do(ctx context.Context, args ...string) (string, error) {
	if err := reachable(r.Addr()); err != nil {
		return "", err
	}
	client := r.Client()
	defer func() { _ = client.Close() }()
	return Ask(ctx, client, args...)
}

// Ask is Do for a client of any Redis.
func Ask(ctx context.Context, client redis.UniversalClient, args ...string) (string, error) {
	words := make([]any, len(args))
	for i, arg := range args {
		words[i] = arg
	}
	answer, err := client.Do(ctx, words...).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("redis %v: %w", args, err)
	}
	return lines(answer), nil
}

// Isolate keeps the server's replicas from following it any further, while
// everybody else is served as before: what is written from now on is on this
// server alone. It returns when the last replica is cut off.
func (r *Redis) Isolate(ctx context.Context) error {
	for _, command := range [][]string{
		{"ACL", "SETUSER", "default", "-psync", "-sync"},
		{"CLIENT", "KILL", "TYPE", "replica"},
	} {
		if _, err := r.Do(ctx, command...); err != nil {
			return err
		}
	}
	return Await(ctx, r.Done(), 0, func() bool {
		info, err := r.Do(ctx, "INFO", "replication")
		return err == nil && strings.Contains(info, "connected_slaves:0")
	})
}

func lines(answer any) string {
	switch answer := answer.(type) {
	case nil:
		return "\n"
	case []any:
		text := ""
		for _, element := range answer {
			text += lines(element)
		}
		return text
	default:
		return fmt.Sprintln(answer)
	}
}
