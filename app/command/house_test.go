package command_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"teahouse/app/chat"
	"teahouse/app/command"
	"teahouse/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a chat to give commands to.
type house struct {
	t   *testing.T
	svc *chat.Service
}

func open(t *testing.T) house {
	t.Helper()
	svc := chat.New(storagetest.Start(t).Open(t), slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	t.Cleanup(svc.Close)
	return house{t, svc}
}

// call makes a call of a command, as the person and with the input.
func (h house) call(name string, in io.Reader, out io.Writer) *command.Call {
	h.t.Helper()
	key := chat.Key{Fingerprint: "SHA256:" + name, Line: "ssh-ed25519 AAAA " + name}
	user, _, err := h.svc.Enter(h.t.Context(), key, name)
	must(h.t, err)
	return &command.Call{Service: h.svc, User: user, Key: key, Face: command.Exec, In: in, Out: command.Printer{W: out}}
}

// run gives a command and returns what it printed.
func (h house) run(name, line string, in ...string) (string, error) {
	h.t.Helper()
	var out bytes.Buffer
	err := command.Run(h.t.Context(), line, h.call(name, strings.NewReader(strings.Join(in, "")), &out))
	return out.String(), err
}

// does gives a command that must succeed.
func (h house) does(name, line string, in ...string) string {
	h.t.Helper()
	out, err := h.run(name, line, in...)
	if err != nil {
		h.t.Fatalf("%s: %v", line, err)
	}
	return out
}

// refused gives a command that must be refused in these words.
func (h house) refused(line, want string, in ...string) {
	h.t.Helper()
	out, err := h.run("alice", line, in...)
	if err == nil || !strings.Contains(words(err), want) {
		h.t.Errorf("%.40s: %v, want %q", line, err, want)
	}
	if out != "" {
		h.t.Errorf("%.40s prints %q", line, out)
	}
}

// words are what the person reads of an error.
func words(err error) string {
	var usage *command.UsageError
	if errors.As(err, &usage) {
		return usage.Text
	}
	return chat.ErrorText(err)
}

// said lists the bodies of a room's messages.
func (h house) said(ref string) (bodies []string) {
	h.t.Helper()
	who := h.call("alice", nil, nil).User
	room, err := h.svc.FindRoom(h.t.Context(), who, ref)
	must(h.t, err)
	page, err := h.svc.History(h.t.Context(), who, room, 0, chat.LimitHistory)
	must(h.t, err)
	for _, m := range page.Messages {
		bodies = append(bodies, m.Body)
	}
	return bodies
}

// tailing is a tail that goes on until stop.
type tailing struct {
	house
	mu   sync.Mutex
	out  bytes.Buffer
	errs bytes.Buffer
	stop func() error

	writes atomic.Int64 // also those that wait for mu
}

// stall has the tail wait with a line that it cannot write, until mu is
// unlocked.
func (t *tailing) stall() {
	t.t.Helper()
	t.mu.Lock()
	before := t.writes.Load()
	t.does("alice", "send general stalls")
	storagetest.Until(t.t, "the tail writes", func() bool { return t.writes.Load() > before })
}

func (t *tailing) Write(p []byte) (int, error) {
	t.writes.Add(1)
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.Write(p)
}

func (t *tailing) printed() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.String()
}

// follow starts a tail, and stops it with the test.
func (h house) follow(name, line string) *tailing {
	h.t.Helper()
	t := &tailing{house: h}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	c := h.call(name, nil, t)
	go func() { ended <- command.Run(ctx, line, c) }()
	t.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	h.t.Cleanup(func() { _ = t.stop() })
	// From now on the person is here. The tail begins soon: who relies on that has it
	// print the last message first.
	storagetest.Until(h.t, name+" is here", func() bool {
		return strings.Contains(h.does("alice", "whois "+name), "here now")
	})
	return t
}

// sees waits until the tail has printed the text.
func (t *tailing) sees(text string) {
	t.t.Helper()
	storagetest.Until(t.t, fmt.Sprintf("%q is printed", text), func() bool { return strings.Contains(t.printed(), text) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
