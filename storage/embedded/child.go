package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// stopPatience is how long Redis may take to write its file and end.
	stopPatience = 10 * time.Second
	// outputPatience is how long the output of a child that has ended may be
	// kept open by a child of its own (which rewrites the append-only file).
	outputPatience = 2 * time.Second
)

// child is Redis as a process of its own.
type child struct {
	name   string
	cmd    *exec.Cmd
	socket socket
	output *output
	// patience is how long stop waits before it kills.
	patience time.Duration

	stopping atomic.Bool
	lost     chan struct{} // closed when it ended and nobody had asked it to
	done     chan struct{} // closed when it has ended; waitErr is set before
	waitErr  error
}

// findProgram looks for the server on the PATH.
func findProgram() (path string, found bool) {
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	return "", false
}

// startChild runs program on dir, and returns when it answers.
func startChild(ctx context.Context, program, dir string, log *slog.Logger) (*child, error) {
	name, err := nameOf(ctx, program)
	if err != nil {
		return nil, err
	}
	lock, err := lockRedis(ctx, dir)
	if err != nil {
		return nil, err
	}
	removeOldSocket(dir, readNote(lock.file.Name()))
	c, err := launch(program, dir, lock, newOutput(log.With("program", filepath.Base(program))))
	if err = errors.Join(err, lock.leave()); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	c.name = name
	if err := c.awaitReady(ctx); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	c.output.setServing(true)
	return c, nil
}

// nameOf asks program for its version: "redis-server 7.0.15".
func nameOf(ctx context.Context, program string) (string, error) {
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("asking %s for its version: %w", program, err)
	}
	name := filepath.Base(program)
	if version := regexp.MustCompile(`\bv=(\S+)`).FindSubmatch(out); version != nil {
		name += " " + string(version[1])
	}
	return name, nil
}

// launch starts program on dir with the lock in its hands.
func launch(program, dir string, lock fileLock, out *output) (*child, error) {
	socket, err := newSocket(dir)
	if err != nil {
		return nil, err
	}
	if err := lock.write(socket.path + "\n"); err != nil {
		return nil, errors.Join(err, socket.remove())
	}
	c := &child{
		cmd:      command(program, dir, socket.path, lock, out),
		socket:   socket,
		output:   out,
		patience: stopPatience,
		lost:     make(chan struct{}),
		done:     make(chan struct{}),
	}
	started := make(chan error)
	go c.run(started)
	if err := <-started; err != nil {
		return nil, errors.Join(err, socket.remove())
	}
	return c, nil
}

func command(program, dir, socketPath string, lock fileLock, out *output) *exec.Cmd {
	cmd := exec.Command(program, "-")
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(config(dir, socketPath))
	cmd.Stdout, cmd.Stderr = out, out
	cmd.ExtraFiles = []*os.File{lock.file}
	cmd.SysProcAttr = processAttributes()
	cmd.WaitDelay = outputPatience
	return cmd
}

// run is the child's life, on one thread: where the kernel ends the child with
// its parent, that means the thread which started it, and Go ends idle threads.
func (c *child) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := c.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	c.waitErr = c.cmd.Wait()
	if !c.stopping.Load() {
		close(c.lost)
	}
	close(c.done)
}

// awaitReady returns when PING is answered with PONG: before, Redis loads its
// file and answers LOADING.
func (c *child) awaitReady(ctx context.Context) error {
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for {
		if answer, err := ask(ctx, c.socket.path, "PING"); err == nil && answer == "+PONG" {
			return nil
		}
		select {
		case <-retry.C:
		case <-c.done:
			return c.Err()
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s to answer: %w; %s", c.name, ctx.Err(), c.output.lastLines())
		}
	}
}

func (c *child) URL() string             { return c.socket.url() }
func (c *child) Name() string            { return c.name }
func (c *child) Durable() bool           { return true }
func (c *child) Exited() <-chan struct{} { return c.lost }

func (c *child) Err() error {
	select {
	case <-c.lost:
	default:
		return nil
	}
	return fmt.Errorf("%s ended by itself: %s; %s", c.name, c.cmd.ProcessState, c.output.lastLines())
}

// stop ends the child in order, or by force when it does not end.
func (c *child) stop() error {
	c.stopping.Store(true)
	c.output.setServing(false)
	err := c.end()
	return errors.Join(err, c.socket.remove())
}

func (c *child) end() error {
	// On SIGTERM Redis writes and syncs its file, as SHUTDOWN does. The error
	// is that it has ended already.
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	patience := time.NewTimer(c.patience)
	defer patience.Stop()
	select {
	case <-c.done:
	case <-patience.C:
		_ = c.cmd.Process.Kill()
		<-c.done
		return fmt.Errorf("%s did not end within %s and was killed: what was written last may be lost; %s",
			c.name, c.patience, c.output.lastLines())
	}
	return c.endError()
}

// endError tells of a child that was asked to end and ended badly; one that
// had ended by itself is told of by Err.
func (c *child) endError() error {
	select {
	case <-c.lost:
		return nil
	default:
	}
	if c.waitErr == nil || errors.Is(c.waitErr, exec.ErrWaitDelay) {
		return nil
	}
	return fmt.Errorf("stopping %s: %w; %s", c.name, c.waitErr, c.output.lastLines())
}
