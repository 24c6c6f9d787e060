package house

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// SentinelMaster is how the sentinels call the primary.
const SentinelMaster = "tea"

// SentinelPatience is how long a server may be silent before a sentinel takes
// it for dead.
const SentinelPatience = "2000" // milliseconds

// Sentinels are a primary, two replicas of it, and three sentinels that make
// one of these the primary when it dies.
type Sentinels struct {
	Servers   []*Redis // the first one is the primary at the start
	Sentinels []*Redis
}

// StartSentinels starts them all and returns when the sentinels know the
// replicas and each other. The caller closes what it gets, also with an error.
func StartSentinels(ctx context.Context, dir string, ports *Ports) (*Sentinels, error) {
	s := &Sentinels{}
	for i := range 3 {
		port, err := ports.Free()
		if err != nil {
			return s, err
		}
		args := []string{"--repl-diskless-sync-delay", "0"}
		if i > 0 {
			args = append(args, "--replicaof", "127.0.0.1", strconv.Itoa(s.Servers[0].Port))
		}
		server, err := StartRedis(ctx, filepath.Join(dir, "server"+strconv.Itoa(i)), port, args...)
		if err != nil {
			return s, err
		}
		s.Servers = append(s.Servers, server)
	}
	for i := range 3 {
		sentinel, err := startSentinel(ctx, filepath.Join(dir, "sentinel"+strconv.Itoa(i)), s.Servers[0].Port, ports)
		if err != nil {
			return s, err
		}
		s.Sentinels = append(s.Sentinels, sentinel)
	}
	return s, s.settled(ctx)
}

func startSentinel(ctx context.Context, dir string, primary int, ports *Ports) (*Redis, error) {
	port, err := ports.Free()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making a place for a sentinel: %w", err)
	}
	config := filepath.Join(dir, "sentinel.conf")
	text := fmt.Sprintf("bind 127.0.0.1\nport %d\ndir %s\nsentinel monitor %[3]s 127.0.0.1 %[4]d 2\n"+
		"sentinel down-after-milliseconds %[3]s %[5]s\nsentinel failover-timeout %[3]s 5000\n",
		port, dir, SentinelMaster, primary, SentinelPatience)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("writing a sentinel's configuration: %w", err)
	}
	s := &Redis{Port: port, Log: &Transcript{}, dir: dir}
	cmd := exec.Command("redis-server", config, "--sentinel")
	cmd.Env, cmd.Dir = Environ(), dir
	cmd.Stdout, cmd.Stderr = s.Log, s.Log
	if s.Process, err = StartProcess(cmd); err != nil {
		return nil, err
	}
	return s, s.ready(ctx)
}

// settled waits until every sentinel could lead a failover.
func (s *Sentinels) settled(ctx context.Context) error {
	err := Await(ctx, nil, 0, func() bool {
		for _, sentinel := range s.Sentinels {
			text, err := sentinel.Do(ctx, "SENTINEL", "MASTER", SentinelMaster)
			if err != nil || !strings.Contains(text, "num-slaves\n2\n") || !strings.Contains(text, "num-other-sentinels\n2\n") {
				return false
			}
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("the sentinels do not find each other: %w", err)
	}
	return nil
}

// URL is the address as REDIS_URL takes it.
func (s *Sentinels) URL() string {
	return "redis+sentinel://" + strings.Join(addrs(s.Sentinels), ",") + "/" + SentinelMaster
}

// Primary is the server that most sentinels take for the primary.
func (s *Sentinels) Primary(ctx context.Context) (*Redis, error) {
	votes := map[string]int{}
	for _, sentinel := range s.Sentinels {
		votes[sentinel.vote(ctx)]++
	}
	for _, server := range s.Servers {
		if votes[server.Addr()] > len(s.Sentinels)/2 {
			return server, nil
		}
	}
	return nil, errors.New("the sentinels do not agree on a primary")
}

// vote is the primary's address; of a sentinel that does not answer at once, "".
func (r *Redis) vote(ctx context.Context) string {
	client := r.Client()
	defer func() { _ = client.Close() }()
	answer, err := client.WithTimeout(100*time.Millisecond).
		Do(ctx, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", SentinelMaster).StringSlice()
	if err != nil || len(answer) != 2 {
		return ""
	}
	return net.JoinHostPort(answer[0], answer[1])
}

// Client is a client of the present primary, which the caller closes; of the
// first one while the sentinels do not agree.
func (s *Sentinels) Client() redis.UniversalClient {
	primary, err := s.Primary(context.Background())
	if err != nil {
		primary = s.Servers[0]
	}
	return primary.Client()
}

// Decided waits until most sentinels have another primary than the old one.
func (s *Sentinels) Decided(ctx context.Context, old *Redis) error {
	return Await(ctx, nil, 0, func() bool {
		now, err := s.Primary(ctx)
		return err == nil && now != old
	})
}

// Close ends all.
func (s *Sentinels) Close() { closeAll(append(s.Sentinels, s.Servers...)) }

func closeAll(servers []*Redis) {
	for _, server := range servers {
		if server != nil && server.Process != nil {
			server.Kill()
		}
	}
}

func addrs(servers []*Redis) []string {
	list := make([]string, len(servers))
	for i, server := range servers {
		list[i] = server.Addr()
	}
	return list
}
