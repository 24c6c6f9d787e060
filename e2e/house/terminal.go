package house

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/creack/pty"
)

// Terminal is a program in a terminal of its own, and the screen it draws.
type Terminal struct {
	*Process
	Screen  *Screen
	pty     *os.File
	shown   io.Writer
	drained chan struct{}
	pumps   sync.WaitGroup
}

// OpenTerminal starts cmd in a new terminal. What the terminal is sent goes to
// others as well. The caller ends it with Close.
func OpenTerminal(cmd *exec.Cmd, size Size, also ...io.Writer) (*Terminal, error) {
	f, err := pty.StartWithAttrs(cmd, winsize(size), ownSession())
	if err != nil {
		return nil, fmt.Errorf("starting %s in a terminal: %w", cmd.Path, err)
	}
	t := &Terminal{Process: watch(cmd), Screen: NewScreen(size), pty: f, drained: make(chan struct{})}
	t.shown = io.MultiWriter(append(also, t.Screen)...)
	t.pumps.Go(t.show)
	t.pumps.Go(t.reply)
	return t, nil
}

// show runs until the terminal's other side is closed, which the kernel
// reports as an input error and which is no news.
func (t *Terminal) show() {
	defer close(t.drained)
	defer t.Screen.Close()
	_, _ = io.Copy(t.shown, t.pty)
}

// reply runs until show closed the screen. What nobody takes any more is no loss.
func (t *Terminal) reply() {
	_, _ = io.Copy(t.pty, t.Screen.Replies())
	_, _ = io.Copy(io.Discard, t.Screen.Replies())
}

// Type sends what a person's keyboard would.
func (t *Terminal) Type(text string) error {
	if _, err := t.pty.WriteString(text); err != nil {
		return fmt.Errorf("typing %q: %w", text, err)
	}
	return nil
}

// Resize changes the window, and the program is told (SIGWINCH).
func (t *Terminal) Resize(size Size) error {
	t.Screen.Resize(size)
	if err := pty.Setsize(t.pty, winsize(size)); err != nil {
		return fmt.Errorf("resizing the terminal: %w", err)
	}
	return nil
}

// Await waits until ok holds of the screen without a break for settle. It
// returns early where the program has ended and ok does not hold. The error
// shows the screen.
func (t *Terminal) Await(ctx context.Context, settle time.Duration, ok func([]Row) bool) error {
	err := Await(ctx, t.drained, settle, func() bool { return ok(t.Screen.Rows()) })
	if err != nil {
		return fmt.Errorf("%w\n%s", err, t.Screen)
	}
	return nil
}

// Close kills the program and waits for everything that served it.
func (t *Terminal) Close() {
	t.Kill()
	t.pumps.Wait()
	_ = t.pty.Close() // nothing is left to be written
}

func winsize(s Size) *pty.Winsize {
	return &pty.Winsize{Cols: uint16(s.Columns), Rows: uint16(s.Rows)}
}
