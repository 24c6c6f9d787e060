package ui_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"teahouse/app/chat"
	"teahouse/app/ui"
	"teahouse/e2e/house"
	"teahouse/storage/storagetest"
)

func TestMain(m *testing.M) {
	// The clock by which the highlighting of code gives up ends by itself, a
	// moment after the last that was highlighted.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

const patience = time.Minute

// What keys send.
const (
	enter     = "\r"
	newline   = "\n" // Ctrl+J
	escape    = "\x1b"
	backspace = "\x7f"
	up        = "\x1b[A"
	pageUp    = "\x1b[5~"
	pageDown  = "\x1b[6~"
	ctrlC     = "\x03"
	ctrlD     = "\x04"
	ctrlG     = "\x07"
	ctrlK     = "\x0b"
	ctrlP     = "\x10"
	altN      = "\x1bn"
)

// newChat starts a chat. Unless its options say otherwise, everything may be
// said at once.
func newChat(t *testing.T, change ...func(*chat.Options)) *chat.Service {
	t.Helper()
	o := chat.Options{Replica: "test"}
	for _, c := range change {
		c(&o)
	}
	svc := chat.New(storagetest.Start(t).Open(t), slog.New(slog.DiscardHandler), o)
	t.Cleanup(svc.Close)
	return svc
}

// userOf gives the person of the name.
func userOf(t *testing.T, svc *chat.Service, name string) chat.User {
	t.Helper()
	user, _, err := svc.Enter(t.Context(), chat.Key{Fingerprint: "SHA256:" + name, Line: name}, name)
	must(t, err)
	return user
}

// onePer has a message of the burst go at once, and the next much later.
func onePer(seconds float64) func(*chat.Options) {
	return func(o *chat.Options) { o.MessageRate, o.MessageBurst = 1/seconds, 1 }
}

// post says something without a screen.
func post(t *testing.T, svc *chat.Service, by chat.User, room chat.RoomID, body string) {
	t.Helper()
	draft, err := svc.Compose(by, room, chat.KindText, body)
	must(t, err)
	_, err = svc.Post(t.Context(), draft)
	must(t, err)
}

// join brings somebody into a room.
func join(t *testing.T, svc *chat.Service, user chat.User, name string) chat.Room {
	t.Helper()
	room, err := svc.Join(t.Context(), user, name)
	must(t, err)
	return room
}

// seat is somebody who looks at a screen.
type seat struct {
	*chat.Session
	t    *testing.T
	user chat.User

	term     *house.Screen
	keyboard *io.PipeWriter
	gate     *gate
	size     atomic.Pointer[ui.Size]
	resized  chan struct{}
	drain    chan struct{}
	leave    context.CancelFunc

	answers sync.WaitGroup // of the terminal, to what it is asked

	done    chan struct{} // closed when Run has returned
	goodbye string
	err     error
}

// sit opens a screen for the person; change may alter what it is opened with.
func sit(t *testing.T, svc *chat.Service, user chat.User, w, h int, change ...func(*ui.Options)) *seat {
	t.Helper()
	session, err := svc.Connect(t.Context(), user)
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	in, keyboard := io.Pipe()
	term := house.NewScreen(house.Size{Columns: w, Rows: h})
	s := &seat{
		Session: session, t: t, user: user, term: term, keyboard: keyboard,
		gate:    &gate{to: term, open: make(chan struct{}, 1)},
		resized: make(chan struct{}, 1), drain: make(chan struct{}), done: make(chan struct{}), leave: cancel,
	}
	s.gate.open <- struct{}{}
	s.size.Store(&ui.Size{Width: w, Height: h})
	o := ui.Options{
		House: ui.House{Name: "teahouse", Region: "ams"}, Service: svc, Session: session,
		Terminal: ui.Terminal{Term: "xterm-256color"}, Log: slog.New(slog.DiscardHandler),
		In: in, Out: s.gate, Size: func() ui.Size { return *s.size.Load() }, Resized: s.resized, Draining: s.drain,
	}
	for _, c := range change {
		c(&o)
	}
	s.answers.Go(func() {
		_, _ = io.Copy(keyboard, term.Replies()) // until the screen has gone
		_, _ = io.Copy(io.Discard, term.Replies())
	})
	go func() {
		defer close(s.done)
		s.goodbye, s.err = ui.Run(ctx, &o)
	}()
	t.Cleanup(s.rise)
	return s
}

// rise leaves the screen and waits for all that served it.
func (s *seat) rise() {
	s.leave()
	_ = s.keyboard.Close() // a pipe's never fails
	<-s.done
	// What waits to be sent, in some tests, would wait for long.
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s.Close(ctx)
	s.term.Close()
	s.answers.Wait()
}

// ended waits until the screen has ended by itself.
func (s *seat) ended() (goodbye string, err error) {
	s.t.Helper()
	select {
	case <-s.done:
	case <-time.After(patience):
		s.t.Fatalf("the screen does not end\n%s", s.term)
	}
	return s.goodbye, s.err
}

// keys types, one key or text after the other: a terminal sends them apart.
func (s *seat) keys(keys ...string) {
	s.t.Helper()
	for _, key := range keys {
		if _, err := io.WriteString(s.keyboard, key); err != nil {
			s.t.Fatalf("typing %q: %v", key, err)
		}
	}
}

// resize changes the window.
func (s *seat) resize(w, h int) {
	s.term.Resize(house.Size{Columns: w, Rows: h})
	s.size.Store(&ui.Size{Width: w, Height: h})
	s.resized <- struct{}{}
	s.Nudge()
}

// text is the screen as it is now.
func (s *seat) text() string {
	var rows []string
	for _, row := range s.term.Rows() {
		rows = append(rows, row.Text)
	}
	return strings.Join(rows, "\n")
}

// row is the last row with the words; "" where none has them.
func (s *seat) row(words string) string {
	for _, row := range slices.Backward(s.term.Rows()) {
		if strings.Contains(row.Text, words) {
			return row.Text
		}
	}
	return ""
}

// until waits for the screen to be as it should.
func (s *seat) until(what string, ok func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := house.Await(ctx, s.done, 0, ok); err != nil {
		s.t.Fatalf("%s: %v\n%s", what, err, s.term)
	}
}

// sees waits until all words are on the screen; those that begin with "!" must
// not be.
func (s *seat) sees(words ...string) {
	s.t.Helper()
	s.until(fmt.Sprintf("seeing %q", words), func() bool {
		text := s.text()
		return !slices.ContainsFunc(words, func(w string) bool {
			unwanted, not := strings.CutPrefix(w, "!")
			return strings.Contains(text, unwanted) == not
		})
	})
}

// gate is a client's window: while it is shut, writes wait.
type gate struct {
	to     io.Writer
	open   chan struct{}
	writes atomic.Int64
}

func (g *gate) Write(p []byte) (int, error) {
	<-g.open
	defer func() { g.open <- struct{}{} }()
	g.writes.Add(1)
	return g.to.Write(p)
}

// shut makes writes wait, once none is in progress, until reopen.
func (g *gate) shut()   { <-g.open }
func (g *gate) reopen() { g.open <- struct{}{} }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newcomer is somebody who was made just now.
func newcomer(o *ui.Options) { o.New = true }
