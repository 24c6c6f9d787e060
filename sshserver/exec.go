package sshserver

import (
	"context"
	"io"
	"sync"
	"time"

	"teahouse/app/chat"
	"teahouse/app/command"
)

// maxCommand is how long a command may be, in bytes.
const maxCommand = 64 << 10

// command runs one command for a client and writes its answers. It ends early
// when everybody is asked to leave.
func (v *visit) command(ctx context.Context, user chat.User, line string) error {
	if len(line) > maxCommand {
		return chat.Errorf(chat.CodeInvalid, "that is too long for a command: it may have %d KiB; give the text on standard input", maxCommand>>10)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	in := &input{ctx: ctx, ch: v.ch}
	v.ch.work.Go(func() { v.attend(ctx, stop, in) })
	err := command.Run(ctx, line, &command.Call{
		Service: v.svc, User: user, Key: v.key, Face: command.Exec, In: in, Out: command.Printer{W: v.ssh},
	})
	if err != nil && ctx.Err() != nil && v.isDraining() {
		return chat.Errorf(chat.CodeUnavailable, "this replica restarts; give the command again")
	}
	return err
}

// attend stops a command early when everybody is asked to leave, and its input
// from piling up when it does not read. It ends with ctx.
func (v *visit) attend(ctx context.Context, stop func(), in *input) {
	late := time.NewTimer(v.limits.Unread)
	defer late.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-v.draining:
			stop()
			return
		case <-late.C:
			in.ignore()
		}
	}
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
	i.ch.work.Go(func() {
		_, err := io.Copy(w, i.ch.Channel)
		_ = w.CloseWithError(err) // always nil
	})
	context.AfterFunc(i.ctx, func() { _ = w.CloseWithError(i.ctx.Err()) })
}

// ignore drops what the client sends from now on, unless somebody reads it
// already. Whoever comes later to read is told.
func (i *input) ignore() {
	i.once.Do(func() {
		var w *io.PipeWriter
		i.pipe, w = io.Pipe()
		_ = w.CloseWithError(chat.Errorf(chat.CodeUnavailable, "what was sent could not be read in time; give the command again"))
		i.ch.work.Go(func() {
			_, _ = io.Copy(io.Discard, i.ch.Channel) // it ends with the channel
		})
	})
}
