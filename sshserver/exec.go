package sshserver

import (
	"context"
	"io"
	"sync"

	"teahouse/app/chat"
	"teahouse/app/command"
	"teahouse/internal/faults"
)

// command runs one command for a client and writes its answers. It ends early
// when everybody is asked to leave.
func (v *visit) command(ctx context.Context, user chat.User, line string) error {
	ctx, stop := v.untilDrained(ctx)
	defer stop()
	err := command.Run(ctx, line, &command.Call{
		Service: v.svc, User: user, Key: v.key, Face: command.Exec,
		In: &input{ctx: ctx, ch: v.ch}, Out: command.Printer{W: v.ssh},
	})
	if err != nil && ctx.Err() != nil && v.isDraining() {
		return chat.Errorf(chat.CodeUnavailable, "this replica restarts; give the command again")
	}
	return err
}

// untilDrained gives a context that ends early when everybody is asked to leave.
func (v *visit) untilDrained(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	v.ch.spawn("a command", func() {
		select {
		case <-ctx.Done():
		case <-v.draining:
			cancel()
		}
	})
	return ctx, cancel
}

// input is a client's standard input until ctx ends: then a read that waits
// for the client returns ctx's error.
type input struct {
	ctx  context.Context
	ch   *channel
	once sync.Once
	pipe *io.PipeReader
}

// Read implements io.Reader. What takes the client's bytes is started by the
// first, since most commands read nothing, and ends with the channel.
func (i *input) Read(p []byte) (int, error) {
	i.once.Do(i.start)
	return i.pipe.Read(p)
}

// Close makes a Read under way, and all others, return an error.
func (i *input) Close() error {
	i.once.Do(i.start)
	return i.pipe.Close()
}

func (i *input) start() {
	var w *io.PipeWriter
	i.pipe, w = io.Pipe()
	i.ch.spawn("a client's input", func() {
		if faults.On {
			faults.At("input", i.ch.user())
		}
		_, err := io.Copy(w, i.ch.Channel)
		_ = w.CloseWithError(err) // always nil
	})
	context.AfterFunc(i.ctx, func() { _ = w.CloseWithError(i.ctx.Err()) })
}
