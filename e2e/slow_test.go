//go:build long

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"teahouse/e2e/house"
)

// TestLongStoppedClients stops a screen and a command in their tracks while
// others go on, with more said than all buffers on the way can hold. The
// others' delivery is shown beside a run without; how fast either is depends
// on the machine, so only what may never happen fails.
func TestLongStoppedClients(t *testing.T) {
	t.Parallel() // most of it is waiting
	const posts = 5000
	body := strings.Repeat("tea ", 400)
	var lines strings.Builder
	for i := range posts {
		fmt.Fprintf(&lines, "%s%d\n", body, i+1)
	}
	for _, stopped := range []bool{false, true} {
		t.Run(fmt.Sprintf("stopped=%t", stopped), func(t *testing.T) {
			w := newTown(t, 1, "MESSAGE_RATE=0")
			screen := w.open("bob", 0)
			slow, slowOut := w.pipeTail("dave")
			_, quickOut := w.pipeTail("erin")
			before := w.resident()
			if stopped {
				w.must(screen.Pause())
				w.must(slow.Pause())
			}
			late := make(chan []time.Duration)
			go func() { late <- delays(t, quickOut, posts) }()
			began := time.Now()
			w.ssh(w.person("alice"), 0, lines.String(), "send", "general", "--lines")
			waits := <-late
			took := time.Since(began)
			peak := w.resident()
			slices.Sort(waits)
			t.Logf("%d posts of %d bytes in %s; delivered to the other one after p50 %s, p99 %s; resident %d MiB, %d MiB before",
				posts, len(body), took.Round(time.Millisecond), waits[posts/2], waits[posts*99/100], peak>>20, before>>20)
			if grown := peak - before; grown > 128<<20 {
				t.Errorf("the server grew by %d MiB", grown>>20)
			}
			if stopped {
				w.must(screen.Resume())
				w.must(slow.Resume())
			}
			w.must(screen.Await(w.ctx, 0, shows(strconv.Itoa(posts))))
			if n := len(delays(t, slowOut, posts)); n != posts {
				t.Errorf("the stopped command printed %d of %d", n, posts)
			}
		})
	}
}

// pipeTail follows general into a pipe, which backs up when nobody reads it.
func (w *town) pipeTail(name string) (*house.Process, io.Reader) {
	r, pw, err := os.Pipe()
	w.must(err)
	proc := w.tailTo(name, 0, pw)
	w.must(pw.Close())
	w.Cleanup(func() { proc.Kill(); _ = r.Close() })
	return proc, r
}

// delays reads so many messages, whose ids must be 1, 2, 3 …, and gives how
// long after its posting each came.
func delays(t *testing.T, out io.Reader, n int) []time.Duration {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	var waits []time.Duration
	for len(waits) < n && lines.Scan() {
		var m struct {
			Event string
			ID    int
			At    time.Time
		}
		if err := json.NewDecoder(bytes.NewReader(lines.Bytes())).Decode(&m); err != nil {
			t.Errorf("message %d: %v", len(waits)+1, err)
			return waits
		}
		if m.Event != "message" {
			continue // somebody came or went
		}
		waits = append(waits, time.Since(m.At))
		if m.ID != len(waits) {
			t.Errorf("message %d has the id %d", len(waits), m.ID)
			return waits
		}
	}
	return waits
}
