//go:build long

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
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
	const posts = 5000
	body := strings.Repeat("tea ", 400)
	var lines strings.Builder
	for i := range posts {
		fmt.Fprintf(&lines, "%s%d\n", body, i+1)
	}
	for _, stopped := range []bool{false, true} {
		t.Run(fmt.Sprintf("stopped=%t", stopped), func(t *testing.T) {
			w := newTown(t, 1, "MESSAGE_RATE=0")
			screen := w.open(w.person("bob"), 0)
			slow, slowOut := w.follow(w.person("dave"))
			quick, quickOut := w.follow(w.person("erin"))
			_ = quick
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

// open shows the chat to a person and waits until it is drawn.
func (w *town) open(p *house.Person, replica int) *house.Terminal {
	cmd := exec.Command("ssh", p.SSH(house.Visit{Port: w.replicas[replica].SSHPort})...)
	cmd.Env = house.Environ("TERM=xterm-256color")
	term, err := house.OpenTerminal(cmd, house.Size{Columns: 80, Rows: 24})
	w.must(err)
	w.Cleanup(term.Close)
	w.must(term.Await(w.ctx, 0, shows("message #general")))
	return term
}

func shows(text string) func([]house.Row) bool {
	return func(rows []house.Row) bool {
		return slices.ContainsFunc(rows, func(r house.Row) bool { return strings.Contains(r.Text, text) })
	}
}

// follow starts a command that prints what is posted, with its output.
func (w *town) follow(p *house.Person) (*house.Process, io.Reader) {
	cmd := exec.Command("ssh", p.SSH(house.Visit{Port: w.replicas[0].SSHPort, Command: []string{"tail", "general", "--json"}})...)
	cmd.Env = house.Environ()
	r, pw, err := os.Pipe()
	w.must(err)
	cmd.Stdout = pw
	proc, err := house.StartProcess(cmd)
	w.must(err)
	w.must(pw.Close())
	w.Cleanup(func() { proc.Kill(); _ = r.Close() })
	here := func() bool {
		who, err := w.redis.Do(w.ctx, "HVALS", "room:{0}:members")
		return err == nil && strings.Contains(who, p.Name)
	}
	w.must(house.Await(w.ctx, proc.Done(), 0, here))
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
			ID int
			At time.Time
		}
		if err := json.NewDecoder(bytes.NewReader(lines.Bytes())).Decode(&m); err != nil {
			t.Errorf("message %d: %v", len(waits)+1, err)
			return waits
		}
		waits = append(waits, time.Since(m.At))
		if m.ID != len(waits) {
			t.Errorf("message %d has the id %d", len(waits), m.ID)
			return waits
		}
	}
	return waits
}

// resident is the memory of the replica that is in use, in bytes.
func (w *town) resident() int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.replicas[0].Pid()))
	w.must(err)
	for line := range strings.Lines(string(status)) {
		if kib, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.Fields(kib)[0], 10, 64)
			w.must(err)
			return n << 10
		}
	}
	w.Fatal("no VmRSS")
	return 0
}
