package sshserver

import (
	"context"
	"sync"
	"time"

	"teahouse/app/chat"
	"teahouse/app/command"
)

// command runs one command for a client and writes its answers.
func (v *visit) command(ctx context.Context, user chat.User, line string) error {
	ctx, stop := v.untilDrained(ctx)
	defer stop()
	err := command.Run(ctx, line, &command.Call{
		Service: v.svc, User: user, Key: v.key, Face: command.Exec,
		In: v.ssh, Out: command.Printer{W: v.ssh},
	})
	if v.isDraining() && ctx.Err() != nil {
		return chat.Errorf(chat.CodeUnavailable, "this replica restarts; give the command again")
	}
	return err
}

// untilDrained gives a context that ends early when everybody is asked to
// leave. A command that waits for its client's input does not see that; its
// channel is closed a moment later.
func (v *visit) untilDrained(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		select {
		case <-done:
			return
		case <-v.draining:
			cancel()
		}
		select {
		case <-done:
		case <-time.After(time.Second):
			_ = v.ch.Close() // fails where the client is gone
		}
	})
	return ctx, func() { close(done); wait.Wait(); cancel() }
}
