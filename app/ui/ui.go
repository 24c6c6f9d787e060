// Package ui is the screen of one session: a Bubble Tea program whose parts
// are plain structs, each in a folder of its own. It knows the domain, and
// neither SSH nor Redis.
package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"teahouse/app/chat"
	"teahouse/app/ui/screen"
	"teahouse/app/ui/theme"
	"teahouse/internal/contain"
)

// Size is a window's, in cells.
type Size struct{ Width, Height int }

// Clamp makes what a client says of its window safe to allocate for.
func Clamp(columns, rows uint32) Size {
	return Size{Width: int(min(max(columns, 20), 500)), Height: int(min(max(rows, 6), 200))}
}

// House is what people are told of the place.
type House struct {
	Name      string
	MOTD      string
	Region    string
	Forgetful bool // history ends with the process
}

// Terminal is what the client says of what it can show.
type Terminal struct {
	Term, ColorTerm string
	NoColor         bool
}

// Options are what a screen needs. All are required but Key, New, Panics,
// Shared and Keep.
type Options struct {
	House    House
	Service  *chat.Service
	Session  *chat.Session
	Key      chat.Key
	New      bool // the user was made just now
	Terminal Terminal
	Log      *slog.Logger
	Panics   *contain.Panics // nil: they are told to the log
	Shared   *Shared         // among all screens; nil: this one shares nothing

	In       io.Reader
	Out      io.Writer
	Size     func() Size
	Resized  <-chan struct{} // Size may give another answer; Session is nudged then
	Draining <-chan struct{} // closed when people are asked to leave; Session is nudged then
	Keep     time.Duration   // how long it may take at the end to keep what was begun; 0: chat.SettleFor
}

// Run shows the chat until the person leaves, ctx ends, or people are asked to
// leave, which is ErrRestarts. It puts the terminal back as it was, also after a
// panic, which it passes on. goodbye, which may be several lines, is for the
// restored terminal. Nothing of what was started here runs on when it returns.
// o is Run's from then on.
func Run(ctx context.Context, o *Options) (goodbye string, err error) {
	inside, leave := context.WithCancel(ctx)
	m, err := open(inside, o)
	if err != nil {
		leave()
		return "", gone(err)
	}
	defer func() { err = errors.Join(err, gone(m.screen.Stop())) }()
	defer m.crew.leave()
	defer leave()
	program := m.program(ctx)
	m.watch(program.Send)
	_, err = program.Run()
	return m.ended(ctx, err)
}

// open takes the terminal and makes a model that draws on it.
func open(ctx context.Context, o *Options) (*model, error) {
	o.Panics = o.Panics.Or(o.Log)
	if o.Shared == nil {
		o.Shared = NewShared(o.Panics)
	}
	size := o.Size()
	profile := theme.Detect(o.Terminal.Term, o.Terminal.ColorTerm, o.Terminal.NoColor)
	asks := ""
	if profile < termenv.Ascii {
		asks = askBackground // dark until the terminal says otherwise
	}
	scr := screen.New(o.Out, size.Width, size.Height)
	scr.Share(o.Shared.inks)
	if err := scr.Start(asks); err != nil {
		return nil, err
	}
	return newModel(ctx, o, scr, size, profile), nil
}

// program makes the event loop, which ends with ctx.
func (m *model) program(ctx context.Context) *tea.Program {
	keys := m.In
	if m.profile < termenv.Ascii {
		keys = &keyboard{in: m.In, found: m.background, nudge: m.Session.Nudge}
	}
	strokes := &keystrokes{in: awaited{m, keys}, panics: m.Panics}
	return tea.NewProgram(m,
		tea.WithContext(ctx), tea.WithInput(strokes), tea.WithOutput(io.Discard),
		tea.WithEnvironment([]string{}), tea.WithoutRenderer(), tea.WithoutSignalHandler(), tea.WithoutCatchPanics())
}

// ended says what Run does once the event loop is over.
func (m *model) ended(ctx context.Context, err error) (goodbye string, _ error) {
	goodbye = m.close().Words()
	broken, isBroken := errors.AsType[*chat.Error](err)
	switch {
	case m.failed != nil:
		err = m.failed
	case isBroken:
		err = broken
	case ctx.Err() != nil || errors.Is(err, tea.ErrProgramKilled):
		err = nil
	case err != nil:
		err = fmt.Errorf("running the screen: %w", err)
	}
	return goodbye, err
}

// gone marks the error of a client that went away: nobody has to be told.
func gone(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", context.Canceled, err)
}
