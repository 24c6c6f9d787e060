package command_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

// Stderr is where a tail warns.
func (t *tailing) Stderr() io.ReadWriter { return (*warnings)(t) }

type warnings tailing

func (w *warnings) Read([]byte) (int, error) { return 0, io.EOF }

func (w *warnings) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.errs.Write(p)
}

func (t *tailing) warned() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.errs.String()
}

// snapshot gives a function that puts general's log back to what it is now.
func snapshot(t *testing.T, r *storagetest.House) (restore func()) {
	t.Helper()
	keys := []string{"room:{0}", "room:{0}:head"}
	was := make([]string, len(keys))
	for i, key := range keys {
		was[i] = r.Redis.Dump(t.Context(), key).Val()
		if was[i] == "" {
			t.Skip("this Redis dumps no keys")
		}
	}
	return func() {
		for i, key := range keys {
			must(t, r.Redis.RestoreReplace(t.Context(), key, 0, was[i]).Err())
		}
	}
}

// A failover may put a room's log back, and others write on there. A tail
// prints what takes the place of the lost, nothing twice, and says so.
func TestTailOfALogThatWasRewound(t *testing.T) {
	r := storagetest.Start(t)
	h := house{t, chat.New(r.Open(t), slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})}
	t.Cleanup(h.svc.Close)
	send := func(kind string, n int) {
		var lines bytes.Buffer
		for i := range n {
			fmt.Fprintf(&lines, "%s %d\n", kind, i)
		}
		h.does("alice", "send general --lines", lines.String())
	}
	send("stays", 120)
	back := snapshot(t, r)
	send("other", 2*chat.PageSize)
	other := snapshot(t, r)
	back()
	tail := h.follow("bob", "tail general -n 120")
	tail.sees(": stays 119\n") // and so it goes on from there
	send("lost", 5)
	tail.sees(": lost 4\n")
	other()
	h.does("alice", "send general the end")
	tail.sees(": the end\n")
	for kind, want := range map[string]int{"stays": 120, "lost": 5, "other": 2 * chat.PageSize} {
		if got := strings.Count(tail.printed(), ": "+kind+" "); got != want {
			t.Errorf("%d lines %q, want %d", got, kind, want)
		}
	}
	if got := tail.warned(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "teahouse: the chat's storage has lost messages of #general: all after number 120,") {
		t.Errorf("warned: %q", got)
	}
}

// Who reads so slowly that storage keeps some of it no more is told.
func TestTailOfWhatIsNoLongerKept(t *testing.T) {
	r := storagetest.Start(t)
	h := house{t, chat.New(r.Open(t), slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})}
	t.Cleanup(h.svc.Close)
	h.does("alice", "send general first")
	tail := h.follow("bob", "tail general -n 1")
	tail.sees(": first\n")
	tail.stall()
	h.does("alice", "send general --lines", strings.Repeat("tea\n", 2*chat.TailLimit))
	must(t, r.Redis.ZRemRangeByRank(t.Context(), "room:{0}", 0, 99).Err())
	tail.mu.Unlock()
	h.does("alice", "send general the end")
	tail.sees(": the end\n")
	got, want := tail.warned(), "messages of #general that were not read in time are no longer kept: "
	if missing := 2*chat.TailLimit - strings.Count(tail.printed(), ": tea\n"); missing == 0 || !strings.Contains(got, fmt.Sprint(want, missing, "\n")) {
		t.Errorf("%d are missing; warned: %q", missing, got)
	}
}
