package line_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"teahouse/app/chat"
	"teahouse/app/ui"
	"teahouse/app/ui/line"
	"teahouse/e2e/house"
	"teahouse/storage"
	"teahouse/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = time.Minute

// newChat starts a chat in which everything may be said at once.
func newChat(t *testing.T) *chat.Service {
	t.Helper()
	return chatOn(t, storagetest.Start(t).Open(t))
}

func chatOn(t *testing.T, store chat.Store) *chat.Service {
	t.Helper()
	svc := chat.New(store, slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	t.Cleanup(svc.Close)
	return svc
}

// keeping is storage that keeps so many messages of a room.
func keeping(t *testing.T, most int) chat.Store {
	t.Helper()
	return storagetest.Start(t).Open(t, func(o *storage.Options) { o.HistoryLimit = most })
}

// userOf gives the person of the name.
func userOf(t *testing.T, svc *chat.Service, name string) chat.User {
	t.Helper()
	user, _, err := svc.Enter(t.Context(), chat.Key{Fingerprint: "SHA256:" + name, Line: name}, name)
	must(t, err)
	return user
}

// post says something without a session.
func post(t *testing.T, svc *chat.Service, by chat.User, room chat.RoomID, body string) *chat.Message {
	t.Helper()
	draft, err := svc.Compose(by, room, chat.KindText, body)
	must(t, err)
	m, err := svc.Post(t.Context(), draft)
	must(t, err)
	return m
}

// seat is somebody who reads and writes lines.
type seat struct {
	*chat.Session
	t        *testing.T
	user     chat.User
	keyboard *io.PipeWriter
	paper    *paper
	drain    chan struct{}
	cancel   context.CancelFunc

	done    chan struct{} // closed when Run has returned
	goodbye string
	err     error
}

// sit begins a session of lines, at a terminal unless change says otherwise.
func sit(t *testing.T, svc *chat.Service, user chat.User, change ...func(*line.Options)) *seat {
	t.Helper()
	session, err := svc.Connect(t.Context(), user)
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	in, keyboard := io.Pipe()
	s := &seat{
		Session: session, t: t, user: user, keyboard: keyboard, paper: newPaper(),
		drain: make(chan struct{}), cancel: cancel, done: make(chan struct{}),
	}
	o := line.Options{
		House: ui.House{Name: "teahouse"}, Service: svc, Session: session, Terminal: true,
		Log: slog.New(slog.DiscardHandler),
		In:  in, Out: s.paper, Draining: s.drain,
	}
	for _, c := range change {
		c(&o)
	}
	go func() {
		defer close(s.done)
		s.goodbye, s.err = line.Run(ctx, o)
	}()
	t.Cleanup(s.rise)
	return s
}

func piped(o *line.Options) { o.Terminal = false }

// rise leaves, and waits for all that served the session.
func (s *seat) rise() {
	s.cancel()
	s.paper.reopen()
	<-s.done
	// What waits to be sent, in some tests, would wait for long.
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s.Close(ctx)
}

// types sends what a keyboard would.
func (s *seat) types(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.keyboard, text); err != nil {
		s.t.Fatalf("typing %q: %v", text, err)
	}
}

// sees waits until the texts were printed, one after the other, behind what was
// seen before.
func (s *seat) sees(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		s.until(fmt.Sprintf("%q is printed", text), func() bool { return s.paper.pass(text) })
	}
}

func (s *seat) until(what string, ok func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := house.Await(ctx, nil, 0, ok); err != nil {
		s.t.Fatalf("until %s: %v; printed is:\n%s", what, err, s.paper)
	}
}

// has tells whether the room's feed has come as far as the message.
func (s *seat) has(m *chat.Message) {
	s.t.Helper()
	s.until("the message is here", func() bool {
		view, in := s.Room(m.Room)
		return in && view.Head >= m.ID
	})
}

// ends waits until the session has ended by itself.
func (s *seat) ends() error {
	s.t.Helper()
	select {
	case <-s.done:
	case <-time.After(patience):
		s.t.Fatalf("the session does not end; printed is:\n%s", s.paper)
	}
	return s.err
}

// paper is what a client is sent. While it is shut, writes wait.
type paper struct {
	mu     sync.Mutex
	free   *sync.Cond
	shut   bool
	text   bytes.Buffer
	passed int // up to where it was seen
}

func newPaper() *paper {
	p := &paper{}
	p.free = sync.NewCond(&p.mu)
	return p
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.shut {
		p.free.Wait()
	}
	return p.text.Write(b)
}

func (p *paper) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut = true
}

func (p *paper) reopen() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut = false
	p.free.Broadcast()
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// pass goes behind the text where it was printed.
func (p *paper) pass(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := strings.Index(p.text.String()[p.passed:], text)
	if i >= 0 {
		p.passed += i + len(text)
	}
	return i >= 0
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
