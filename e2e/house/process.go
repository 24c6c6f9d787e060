// Package house runs the built program and what stands around it (Redis
// servers, people at terminals) as real processes, for the end-to-end scripts
// and for the benches.
//
// Whatever is started here is owned by the value that the start returned: its
// Close (or Kill) ends the process and returns only when the process and every
// goroutine that served it are gone. On Linux the processes also die with the
// test binary, so that one which is killed leaves nothing behind.
package house

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// Process is a running program. Its methods may be called from any goroutine
// and at any time, also after the program has ended.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
}

// StartProcess starts cmd in a process group of its own.
func StartProcess(cmd *exec.Cmd) (*Process, error) {
	cmd.SysProcAttr = ownGroup()
	// A grandchild that inherited the output must not keep Wait waiting.
	cmd.WaitDelay = 2 * time.Second
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	return watch(cmd), nil
}

// watch takes over a command that was started: its goroutine lives until the
// command ends.
func watch(cmd *exec.Cmd) *Process {
	p := &Process{cmd: cmd, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		// How it ended is in ProcessState; an error of the output's copying
		// says nothing about the program.
		_ = cmd.Wait()
	}()
	return p
}

// Pid is the process's number.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended and its output is complete.
func (p *Process) Done() <-chan struct{} { return p.done }

// Status is the exit status once Done is closed, and -1 for a process that was
// ended by a signal.
func (p *Process) Status() int { return p.cmd.ProcessState.ExitCode() }

// Wait returns the exit status, or the context's error if that ends first.
func (p *Process) Wait(ctx context.Context) (int, error) {
	select {
	case <-p.done:
		return p.Status(), nil
	case <-ctx.Done():
		return -1, fmt.Errorf("waiting for %s to end: %w", p.cmd.Path, ctx.Err())
	}
}

// Pause stops the process in its tracks (SIGSTOP): its sockets stay open and
// nobody answers.
func (p *Process) Pause() error { return p.signal(syscall.SIGSTOP) }

// Resume lets a paused process go on.
func (p *Process) Resume() error { return p.signal(syscall.SIGCONT) }

// Terminate asks the process to end (SIGTERM), and does not wait.
func (p *Process) Terminate() error { return p.signal(syscall.SIGTERM) }

// Stop asks the process to end (SIGTERM), also when it is paused, and returns
// its exit status, or the context's error if it has not ended by then.
func (p *Process) Stop(ctx context.Context) (int, error) {
	if err := errors.Join(p.signal(syscall.SIGTERM), p.Resume()); err != nil {
		return -1, err
	}
	return p.Wait(ctx)
}

// Kill ends the process and its group at once (SIGKILL) and waits until it is gone.
func (p *Process) Kill() {
	select {
	case <-p.done:
	default:
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		// The group's id is gone where the leader left it; the leader is not.
		_ = p.cmd.Process.Kill()
	}
	<-p.done
}

func (p *Process) signal(sig syscall.Signal) error {
	select {
	case <-p.done:
		return fmt.Errorf("%s has ended with status %d", p.cmd.Path, p.Status())
	default:
	}
	if err := p.cmd.Process.Signal(sig); err != nil {
		return fmt.Errorf("sending %v to %s: %w", sig, p.cmd.Path, err)
	}
	return nil
}
