package main

import (
	"context"
	"errors"
	"fmt"
	"net/rpc"
	"os"
	"os/exec"
	"time"

	"teahouse/bench/load"
	"teahouse/bench/seed"
	"teahouse/e2e/house"
)

// hallPatience is how long one figure may take, and stopPatience how long it
// may take until all processes of it have ended.
const (
	hallPatience = 30 * time.Minute
	stopPatience = 30 * time.Second
)

// hall is a chat that is served, and a driver that fills it with people.
type hall struct {
	*servers
	bench  *bench
	setup  setup
	driver *house.Process
	calls  *rpc.Client
}

// within has a hall open while do runs.
func (b *bench) within(ctx context.Context, s setup, stock seed.Size, do func(ctx context.Context, h *hall) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, hallPatience)
	defer cancel()
	dir, err := os.MkdirTemp(b.dir, "hall")
	if err != nil {
		return fmt.Errorf("making a place for a chat: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	h := &hall{bench: b, setup: s}
	if h.servers, err = s.start(ctx, b, order{dir: dir, stock: stock}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := h.startDriver(); err != nil {
		return err
	}
	return do(ctx, h)
}

func (h *hall) startDriver() error {
	cmd := exec.Command(h.bench.self, "drive")
	cmd.Env, cmd.Stderr = house.Environ(), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("making the driver's input: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("making the driver's output: %w", err)
	}
	if h.driver, err = house.StartProcess(cmd); err != nil {
		return err
	}
	h.calls = rpc.NewClient(stdio{out, in})
	return nil
}

// close sends everybody home, and ends all processes.
func (h *hall) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	var errs []error
	if h.calls != nil {
		errs = append(errs, h.call(ctx, "Leave", 0, &struct{}{}))
		_ = h.calls.Close() // it ends the driver, which is killed otherwise
		h.driver.Kill()
	}
	return errors.Join(append(errs, h.stop(ctx))...)
}

// call has the driver do something.
func (h *hall) call(ctx context.Context, what string, args, answer any) error {
	call := h.calls.Go("Driver."+what, args, answer, make(chan *rpc.Call, 1))
	select {
	case <-call.Done:
		if call.Error != nil {
			return fmt.Errorf("%s: the driver: %w", what, call.Error)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s: the driver does not answer: %w", what, context.Cause(ctx))
	}
}

// shape is how many do what, and on what screens.
type shape struct {
	sessions      int
	rate          float64 // messages a second, all together
	width, height int
	rooms         int
}

func (s shape) String() string {
	return fmt.Sprintf("%d/%g/%dx%d/%d", s.sessions, s.rate, s.width, s.height, s.rooms)
}

func (h *hall) visit(s shape) load.Visit {
	v := load.Visit{Addrs: h.addrs, Rooms: s.rooms, Cipher: h.bench.cipher}
	if h.setup.screens {
		v.Width, v.Height = s.width, s.height
	}
	return v
}

// sayPatience is how long nothing may come until what is still missing is
// taken for lost. A screen that falls behind by more than its height shows only
// the newest.
const sayPatience = 5 * time.Second

// join lets people in, and waits until all their screens are still.
func (h *hall) join(ctx context.Context, s shape, again bool) (joined load.Joined, err error) {
	const parallel = 8
	args := load.JoinArgs{Visit: h.visit(s), Sessions: s.sessions, Parallel: parallel, Again: again}
	if err := h.call(ctx, "Join", args, &joined); err != nil {
		return joined, err
	}
	return joined, h.call(ctx, "Settle", h.bench.quiet, &struct{}{})
}

// stillPatience is how long the servers may go on with what was begun.
const stillPatience = time.Minute

// still waits until the servers do next to nothing for so long, and gives what
// they have used until then. They are busy with people who have left for longer than
// the screens show: whoever came next would have that in their account.
func (h *hall) still(ctx context.Context, quiet time.Duration) (account, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, stillPatience, fmt.Errorf("the servers have not been still for %s within %s", quiet, stillPatience))
	defer cancel()
	was, err := h.usage()
	if err != nil {
		return account{}, err
	}
	for {
		if err := pause(ctx, quiet); err != nil {
			return account{}, err
		}
		now, err := h.usage()
		if err != nil || now.programs.CPU-was.programs.CPU < quiet/50 {
			return now, err
		}
		was = now
	}
}

// told is within what time a room of so many is told who is there: the more they
// are, the more rarely.
func told(people int) time.Duration { return 250 * time.Millisecond * time.Duration(1+people/100) }

// say has them write for a while.
func (h *hall) say(ctx context.Context, args load.SayArgs) (said load.Said, err error) {
	err = h.call(ctx, "Say", args, &said)
	return said, err
}

// fillScreens has them write until their screens are full of messages: only
// then does one message cost what the next does. It makes sure that nothing
// is lost before anything is measured.
func (h *hall) fillScreens(ctx context.Context, s shape) error {
	// A second: what the servers can do without haste, and what a screen that
	// is late by a third of a second still shows.
	const deliveries, aRoom = 6000, 50
	args := load.SayArgs{
		Messages: (s.height + 6) * s.rooms,
		Rate:     float64(s.rooms) * min(aRoom, max(2, deliveries/float64(s.sessions))),
		Patience: 3 * sayPatience,
	}
	said, err := h.say(ctx, args)
	if err == nil && (said.Delivered < said.Wanted || said.Cut > 0) {
		err = fmt.Errorf("of the first %d deliveries, %d came, and %d sessions were cut", said.Wanted, said.Delivered, said.Cut)
	}
	return err
}
