// Package load drives a chat from outside, as its users do: many SSH clients
// that write and look through all they get. It runs as a process of its own, so
// that what it costs is not taken for the server's, and is called by RPC.
package load

import (
	"errors"
	"fmt"
	"io"
	"net/rpc"
	"slices"
	"sync"
	"time"
)

// Serve is a driver that is called over conn, until the caller closes it.
func Serve(conn io.ReadWriteCloser) error {
	d := &Driver{}
	server := rpc.NewServer()
	if err := server.RegisterName("Driver", d); err != nil {
		return fmt.Errorf("offering the driver: %w", err)
	}
	server.ServeConn(conn)
	return d.Leave(0, &nothing{})
}

// Driver holds the sessions. Its exported methods are what can be called.
type Driver struct {
	mu       sync.Mutex
	sessions []*session
	rooms    []*room
	tokens   int
	opened   int // ids given
}

// JoinArgs says how many come in, and how.
type JoinArgs struct {
	Visit
	Sessions int
	Parallel int
	Again    bool // those who were here before come again
}

// Joined is how they came in.
type Joined struct {
	Latency    Spread // until the first screen
	Algorithms string
}

// Join opens sessions beside those that are open.
func (d *Driver) Join(args JoinArgs, answer *Joined) error {
	first := d.prepare(args)
	fresh := make([]*session, args.Sessions)
	took := make([]time.Duration, args.Sessions)
	err := inParallel(args.Parallel, args.Sessions, func(i int) (err error) {
		began := time.Now()
		fresh[i], err = open(args.Visit, first+i, d.rooms)
		took[i] = time.Since(began)
		return err
	})
	fresh = slices.DeleteFunc(fresh, func(s *session) bool { return s == nil })
	d.mu.Lock()
	d.sessions = append(d.sessions, fresh...)
	d.mu.Unlock()
	if err != nil || len(fresh) == 0 {
		return err
	}
	for _, s := range fresh {
		s.room.members.Add(1)
	}
	answer.Latency, answer.Algorithms = spread(took), fresh[0].algorithms()
	return enterRooms(args.Visit, fresh)
}

// prepare makes the rooms, and says from which number on sessions come in.
func (d *Driver) prepare(args JoinArgs) (first int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.rooms) < max(1, args.Rooms) {
		d.rooms = append(d.rooms, &room{})
	}
	if args.Again {
		return d.opened - args.Sessions
	}
	d.opened += args.Sessions
	return d.opened - args.Sessions
}

// enterRooms has sessions that see the first room go to their own.
func enterRooms(v Visit, sessions []*session) error {
	if v.Rooms < 2 || v.Width == 0 {
		return nil
	}
	return inParallel(8, len(sessions), func(i int) error {
		s := sessions[i]
		_, at := v.place(s.id)
		before := s.bytes.Load()
		s.write("/join " + roomName(at) + "\r")
		if !wait(joinPatience, func() bool { return s.over() || s.bytes.Load() > before }) || s.over() {
			return fmt.Errorf("session %d: nothing came of /join", s.id)
		}
		return nil
	})
}

// nothing is what needs no saying.
type nothing = struct{}

// Leave ends the last n sessions that came in, or with 0 all.
func (d *Driver) Leave(n int, _ *nothing) error {
	d.mu.Lock()
	keep := 0
	if n > 0 {
		keep = max(0, len(d.sessions)-n)
	}
	leaving := slices.Clone(d.sessions[keep:])
	d.sessions = d.sessions[:keep]
	d.mu.Unlock()
	return inParallel(8, len(leaving), func(i int) error {
		leaving[i].room.members.Add(-1)
		leaving[i].close()
		return nil
	})
}

// Settle waits until nobody has been sent anything for that long.
func (d *Driver) Settle(quiet time.Duration, _ *nothing) error {
	const limit = time.Minute
	if !wait(limit, func() bool {
		last := int64(0)
		for _, s := range d.open() {
			last = max(last, s.last.Load())
		}
		return time.Since(time.Unix(0, last)) >= quiet
	}) {
		return fmt.Errorf("the screens have not been still for %s within %s", quiet, limit)
	}
	return nil
}

// Traffic is what all sessions have received since they came in.
//
// Where little comes, a read is what the server has written at once.
type Traffic struct{ Bytes, Reads int64 }

// Count tells what was received, and fails when a session has ended.
func (d *Driver) Count(_ nothing, answer *Traffic) error {
	sessions := d.open()
	*answer = received(sessions)
	if n := cut(sessions); n > 0 {
		return fmt.Errorf("%d sessions have been cut", n)
	}
	return nil
}

func (d *Driver) open() []*session {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.sessions)
}

// wait looks again and again, for at most that long.
func wait(limit time.Duration, ok func() bool) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); !ok(); <-tick.C {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// inParallel does n things, so many at a time, and gives the errors' first few.
func inParallel(parallel, n int, do func(i int) error) error {
	var workers sync.WaitGroup
	next, errs := make(chan int), make([]error, n)
	for range max(1, parallel) {
		workers.Go(func() {
			for i := range next {
				errs[i] = do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	return errors.Join(errs[:min(len(errs), 3)]...)
}
