package sshserver

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"teahouse/app/chat"
	"teahouse/app/command"
	"teahouse/internal/faults"
)

// maxCommand is how long a command may be, in bytes.
const maxCommand = 64 << 10

// command runs one command for a client and writes its answers. It ends early
// when everybody is asked to leave.
func (v *visit) command(ctx context.Context, user chat.User, line string) error {
	if len(line) > maxCommand {
		return chat.Errorf(chat.CodeInvalid, "that is too long for a command: it may have %d KiB; give the text on standard input", maxCommand>>10)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	in := &input{ctx: ctx, ch: v.ch, stop: stop}
	v.ch.spawn("a command", func() { v.attend(ctx, stop, in) })
	err := command.Run(ctx, line, &command.Call{
		Service: v.svc, User: user, Key: v.key, Face: command.Exec, In: in, Out: command.Printer{W: v.ssh, Columns: v.ch.Columns},
	})
	return stopped(ctx, err)
}

// stopped gives why a command was told to end, unless its error tells that with
// more words.
func stopped(ctx context.Context, err error) error {
	why := context.Cause(ctx)
	if err == nil || errors.Is(err, why) || why == nil || chat.ErrorCode(why) == chat.CodeInternal {
		return err
	}
	return why
}

// attend stops a command early when everybody is asked to leave, and its input
// from piling up when it does not read. It ends with ctx.
func (v *visit) attend(ctx context.Context, stop context.CancelCauseFunc, in *input) {
	late := time.NewTimer(v.limits.Unread)
	defer late.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-v.draining:
			stop(restarts())
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
	stop context.CancelCauseFunc // ends ctx; nil where that is not the input's to do
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
	w := i.open()
	i.ch.spawn("a client's input", func() {
		if faults.On {
			faults.At("input", i.ch.user())
		}
		_, err := io.Copy(metered{w, &i.ch.in}, i.ch)
		_ = w.CloseWithError(err) // always nil
	})
	context.AfterFunc(i.ctx, func() { _ = w.CloseWithError(i.ctx.Err()) })
}

// open makes the pipe, and lets the channel be told that it holds too much.
func (i *input) open() (w *io.PipeWriter) {
	i.pipe, w = io.Pipe()
	i.ch.mu.Lock()
	defer i.ch.mu.Unlock()
	i.ch.overfull = func() {
		_ = w.Close() // always nil
		if i.stop != nil {
			i.stop(chat.Errorf(chat.CodeTooFast, "too much input from your address waits for its turn; send less at a time"))
		}
	}
	return w
}

// ignore drops what the client sends from now on, unless somebody reads it
// already. Whoever comes later to read is told.
func (i *input) ignore() {
	i.once.Do(func() {
		w := i.open()
		_ = w.CloseWithError(chat.Errorf(chat.CodeUnavailable, // always nil
			"what was sent could not be read in time; give the command again"))
		i.ch.spawn("dropping input", i.ch.dropInput)
	})
}
