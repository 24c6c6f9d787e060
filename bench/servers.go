package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"teahouse/bench/seed"
	"teahouse/e2e/house"
)

// setup is a way to serve a chat.
type setup struct {
	name    string
	screens bool // its sessions have screens, not lines
	start   func(ctx context.Context, b *bench, o order) (*servers, error)
}

// The setups by name, as the tables show them.
const (
	bareCopy    = "bare copy"
	embedded    = "embedded Redis"
	oneReplica  = "redis-server"
	twoReplicas = "two replicas"
)

// order is what is asked for at a start.
type order struct {
	dir   string
	stock seed.Size // what the redis-server holds already
}

func setups(names ...string) (some []setup) {
	for _, s := range []setup{
		{bareCopy, false, startBare},
		{embedded, true, startEmbedded},
		{oneReplica, true, func(ctx context.Context, b *bench, o order) (*servers, error) {
			return startReplicas(ctx, b, o, 1)
		}},
		{twoReplicas, true, func(ctx context.Context, b *bench, o order) (*servers, error) {
			return startReplicas(ctx, b, o, 2)
		}},
	} {
		for _, name := range names {
			if s.name == name {
				some = append(some, s)
			}
		}
	}
	return some
}

// servers are the processes that serve, and what they keep things in.
type servers struct {
	addrs    []string
	programs []*house.Process
	replicas []*house.Replica
	redis    *house.Redis // nil: there is none, or a program has started it
}

// stop ends all, the programs as an operator does.
func (s *servers) stop(ctx context.Context) error {
	var errs []error
	for _, p := range s.programs {
		status, err := p.Stop(ctx)
		if err == nil && status != 0 {
			err = fmt.Errorf("a server ended with status %d", status)
		}
		errs = append(errs, err)
		p.Kill()
	}
	if s.redis != nil {
		s.redis.Kill()
	}
	return errors.Join(errs...)
}

// account is what the programs have used, and apart from it what Redis has.
type account struct{ programs, redis usage }

func (s *servers) usage() (a account, err error) {
	var programs, stores []int
	for _, p := range s.programs {
		programs = append(programs, p.Pid())
		started, err := children(p.Pid())
		if err != nil {
			return a, err
		}
		stores = append(stores, started...)
	}
	if s.redis != nil {
		stores = append(stores, s.redis.Pid())
	}
	if a.programs, err = used(programs); err != nil {
		return a, err
	}
	a.redis, err = used(stores)
	return a, err
}

func (b *bench) addr() (addr string, port int, err error) {
	port, err = b.ports.Free()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), port, err
}

// startBare starts the bare copy, which is this program again.
func startBare(ctx context.Context, b *bench, _ order) (*servers, error) {
	addr, _, err := b.addr()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(b.self, "bare", addr)
	cmd.Env, cmd.Stderr = house.Environ(), os.Stderr
	p, err := house.StartProcess(cmd)
	if err != nil {
		return nil, err
	}
	s := &servers{addrs: []string{addr}, programs: []*house.Process{p}}
	listens := func() bool {
		c, err := net.Dial("tcp", addr)
		return err == nil && c.Close() == nil
	}
	if err := house.Await(ctx, p.Done(), 0, listens); err != nil {
		p.Kill()
		return nil, fmt.Errorf("the bare copy does not listen: %w", err)
	}
	return s, nil
}

// startEmbedded starts the program as somebody who tries it does.
func startEmbedded(ctx context.Context, b *bench, o order) (*servers, error) {
	s := &servers{}
	return s, s.startProgram(ctx, b, filepath.Join(o.dir, "embedded"))
}

// startReplicas starts a redis-server, and programs that share it.
func startReplicas(ctx context.Context, b *bench, o order, n int) (*servers, error) {
	s := &servers{}
	if err := s.startRedis(ctx, b, o); err != nil {
		return nil, errors.Join(err, s.stop(ctx))
	}
	for i := range n {
		name := "replica" + strconv.Itoa(i)
		env := []string{"REDIS_URL=" + s.redis.URL(), "REPLICA_ID=" + name}
		if o.stock.Messages > 0 {
			env = append(env, "HISTORY_LIMIT="+strconv.Itoa(seed.HistoryLimit))
		}
		if err := s.startProgram(ctx, b, filepath.Join(o.dir, name), env...); err != nil {
			return nil, errors.Join(err, s.stop(ctx))
		}
	}
	return s, nil
}

// startRedis starts a redis-server as operators run it: with an append-only
// file, unless it is to be filled first.
func (s *servers) startRedis(ctx context.Context, b *bench, o order) error {
	_, port, err := b.addr()
	if err != nil {
		return err
	}
	var args []string
	if o.stock.Messages > 0 {
		args = []string{"--appendonly", "no"}
	}
	if s.redis, err = house.StartRedis(ctx, filepath.Join(o.dir, "redis"), port, args...); err != nil {
		return err
	}
	if o.stock.Messages == 0 {
		return nil
	}
	client := s.redis.Client()
	return errors.Join(seed.Fill(ctx, client, o.stock), client.Close())
}

// startProgram starts the program with its limits lifted.
func (s *servers) startProgram(ctx context.Context, b *bench, dir string, env ...string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making a place for the program: %w", err)
	}
	ssh, sshPort, err := b.addr()
	if err != nil {
		return err
	}
	_, httpPort, err := b.addr()
	if err != nil {
		return err
	}
	env = append(env, "MESSAGE_RATE=0", "MAX_SESSIONS=1000000", "MAX_SESSIONS_PER_IP=0")
	r := house.NewReplica(house.ReplicaSpec{
		Program: b.program, Dir: dir, SSHPort: sshPort, HTTPPort: httpPort, Env: append(env, b.settings...),
	})
	if err := r.Start(ctx); err != nil {
		return err
	}
	s.addrs, s.programs, s.replicas = append(s.addrs, ssh), append(s.programs, r.Process), append(s.replicas, r)
	return nil
}
