//go:build long

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"teahouse/bench/seed"
	"teahouse/e2e/house"
	"teahouse/storage/storagetest"
)

// mostMemory is what an export or an import may take at its peak, however many
// messages there are, in MiB.
const mostMemory = 128

// mover runs the program's export and import.
type mover struct {
	t       *testing.T
	ctx     context.Context
	program string
}

// TestLongMove moves many messages from one server into a cluster, both ways
// killed halfway, and prints what it takes: the figures of docs/export.md, with
// MESSAGES=1000000 in the environment.
func TestLongMove(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithDeadline(t.Context(), deadline(t))
	defer cancel()
	messages := 100_000
	if n, err := strconv.Atoi(os.Getenv("MESSAGES")); err == nil {
		messages = n
	}
	m, ports := &mover{t: t, ctx: ctx, program: filepath.Join(t.TempDir(), "teahouse")}, &house.Ports{}
	m.must(house.Build(ctx, m.program, false)) // without the race detector, whose memory is its own
	from := m.full(ports, messages)
	to, err := house.StartCluster(ctx, t.TempDir(), ports)
	t.Cleanup(to.Close)
	m.must(err)

	whole, cut := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "cut")
	m.run("export", from.URL(), "export", "--to", whole)
	m.killed(from.URL(), func() bool { return sizeOf(cut) > sizeOf(whole)/2 }, "export", "--to", cut)
	m.run("export, the rest", from.URL(), "export", "--to", cut)
	m.sameLines(whole, cut)

	source, target := from.Client(), to.Client()
	defer func() { _, _ = source.Close(), target.Close() }()
	m.killed(to.URL(), func() bool { return target.ZCard(ctx, "room:{0}").Val() > int64(messages/3) }, "import", cut)
	m.run("import, again from the beginning", to.URL(), "import", cut)
	m.same(source, target)
}

func (m *mover) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// full is a Redis with many messages.
func (m *mover) full(ports *house.Ports, messages int) *house.Redis {
	m.t.Helper()
	port, err := ports.Free()
	m.must(err)
	r, err := house.StartRedis(m.ctx, m.t.TempDir(), port, "--appendonly", "no")
	m.must(err)
	m.t.Cleanup(r.Kill)
	client := r.Client()
	defer func() { _ = client.Close() }()
	m.must(seed.Fill(m.ctx, client, seed.Size{Messages: messages, Rooms: 1000}))
	return r
}

func (m *mover) command(url string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(m.ctx, m.program, args...)
	cmd.Env = house.Environ("REDIS_URL="+url, "LOG_LEVEL=error")
	return cmd
}

// run runs the program to its end, and prints what that took.
func (m *mover) run(what, url string, args ...string) {
	m.t.Helper()
	cmd, out, began := m.command(url, args...), &house.Transcript{}, time.Now()
	cmd.Stdout, cmd.Stderr = out, out
	p, err := house.StartProcess(cmd)
	m.must(err)
	defer p.Kill()
	peak := 0
	m.must(house.Await(m.ctx, nil, 0, func() bool {
		peak = max(peak, highWater(p.Pid()))
		select {
		case <-p.Done():
			return true
		default:
			return false
		}
	}))
	if p.Status() != 0 {
		m.t.Fatalf("%s: status %d\n%s", what, p.Status(), out)
	}
	m.t.Logf("%s: %s, CPU %s, at most %d MiB: %s", what, time.Since(began).Round(100*time.Millisecond),
		(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Round(100*time.Millisecond), peak, out)
	if peak > mostMemory || peak == 0 {
		m.t.Errorf("%s took %d MiB", what, peak)
	}
}

// highWater is the most memory that a process has had, in MiB. What the system
// tells at its end counts the memory of whoever started it as well.
func highWater(pid int) (mib int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0 // it has ended
	}
	_, line, _ := strings.Cut(string(status), "VmHWM:")
	kib, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	n, _ := strconv.Atoi(kib) // of a process that is ending there is no such line
	return n >> 10
}

// killed runs the program, and kills it as soon as it is halfway.
func (m *mover) killed(url string, halfway func() bool, args ...string) {
	m.t.Helper()
	p, err := house.StartProcess(m.command(url, args...))
	m.must(err)
	defer p.Kill()
	m.must(house.Await(m.ctx, p.Done(), 0, halfway))
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// sameLines compares two exports but for their first lines.
func (m *mover) sameLines(a, b string) {
	m.t.Helper()
	texts := make([][]byte, 2)
	for i, path := range []string{a, b} {
		f, err := os.Open(path)
		m.must(err)
		text, err := io.ReadAll(f)
		m.must(err)
		m.must(f.Close())
		_, texts[i], _ = bytes.Cut(text, []byte("\n"))
	}
	if !bytes.Equal(texts[0], texts[1]) {
		m.t.Error("the export that was interrupted is another one")
	}
}

// same compares all keys.
func (m *mover) same(from, to redis.UniversalClient) {
	m.t.Helper()
	before, err := storagetest.Everything(m.ctx, from)
	m.must(err)
	after, err := storagetest.Everything(m.ctx, to)
	m.must(err)
	m.t.Logf("%d keys and %d keys", len(before), len(after))
	if diff := cmp.Diff(before, after); diff != "" || len(before) < 1000 {
		m.t.Errorf("what came back (-was +is): %s", diff)
	}
}
