package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/e2e/house"
)

// town is a Redis with replicas in front of it, for tests that a script could
// not put into words.
type town struct {
	*testing.T
	ctx      context.Context
	dir      string
	program  string
	ports    house.Ports
	redis    *house.Redis
	shape    shape // in the place of redis, several servers
	replicas []*house.Replica
	control  bool // the program is built without its defences
}

// newTown starts a Redis and so many replicas, which end with the test.
func newTown(t *testing.T, replicas int, settings ...string) *town {
	t.Helper()
	return newTownOn(t, nil, replicas, settings...)
}

// newTownOn starts what start does for a Redis, nil: one server.
func newTownOn(t *testing.T, start starter, replicas int, settings ...string) *town {
	t.Helper()
	w := newGround(t)
	w.build()
	if start == nil {
		w.startRedis()
	} else {
		w.startShape(start)
	}
	for range replicas {
		w.startReplica(append([]string{"REDIS_URL=" + w.url()}, settings...)...)
	}
	return w
}

// newGround is a town in which nothing stands yet.
func newGround(t *testing.T) *town {
	ctx, cancel := context.WithDeadline(t.Context(), deadline(t))
	t.Cleanup(cancel)
	return &town{T: t, ctx: ctx, dir: t.TempDir()}
}

func (w *town) build(tags ...string) {
	w.Helper()
	program, err := programs.get(tags...)
	w.must(err)
	w.program = program
}

func (w *town) port() int {
	w.Helper()
	port, err := w.ports.Free()
	w.must(err)
	return port
}

// soon bounds the wait for what ought to come: a control waits in vain.
func (w *town) soon() (context.Context, context.CancelFunc) {
	patience := time.Minute
	if w.control {
		patience = 12 * time.Second
	}
	return context.WithTimeout(w.ctx, patience)
}

func (w *town) startRedis() {
	w.Helper()
	redis, err := house.StartRedis(w.ctx, w.folder("redis"), w.port())
	w.must(err)
	w.redis = redis
	// Not redis.Kill: a restart gives it another process.
	w.Cleanup(func() { redis.Kill() })
}

func (w *town) startShape(start starter) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	sh, err := start(ctx, w.folder("redis"), &w.ports)
	w.Cleanup(sh.Close)
	w.must(err)
	w.shape = sh
}

// url is the REDIS_URL of what was started.
func (w *town) url() string {
	if w.shape != nil {
		return w.shape.URL()
	}
	return w.redis.URL()
}

// client is a client of what was started, which the caller closes.
func (w *town) client() redis.UniversalClient {
	if w.shape != nil {
		return w.shape.Client()
	}
	return w.redis.Client()
}

func (w *town) startReplica(settings ...string) *house.Replica {
	w.Helper()
	r := house.NewReplica(house.ReplicaSpec{
		Program: w.program, Dir: w.folder(fmt.Sprint("replica", len(w.replicas))),
		SSHPort: w.port(), HTTPPort: w.port(), Env: settings,
	})
	w.must(r.Start(w.ctx))
	w.replicas = append(w.replicas, r)
	w.Cleanup(func() { w.stop(r) })
	return r
}

// stop ends a replica as an operator does, unless the test has killed it.
func (w *town) stop(r *house.Replica) {
	select {
	case <-r.Done():
		return
	default:
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := r.Stop(ctx); err != nil {
		w.Error(err)
	}
	if r.Raced() {
		w.Errorf("a data race:\n%s", r.Log)
	}
}

func (w *town) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *town) folder(name string) string {
	dir := filepath.Join(w.dir, name)
	w.must(os.MkdirAll(dir, 0o700))
	return dir
}

func (w *town) person(name string) *house.Person {
	p, err := house.NewPerson(w.ctx, w.folder(name), name)
	w.must(err)
	return p
}

// ssh runs a command at a replica. A failure is the test's.
func (w *town) ssh(p *house.Person, replica int, stdin string, command ...string) string {
	return w.visit(p, house.Visit{Command: command}, replica, stdin)
}

func (w *town) visit(p *house.Person, v house.Visit, replica int, stdin string) string {
	out, err := w.try(p, v, replica, stdin)
	if err != nil {
		w.Error(err)
	}
	return out
}

// try runs a command at a replica and gives its output.
func (w *town) try(p *house.Person, v house.Visit, replica int, stdin string) (string, error) {
	return w.tryWithin(w.ctx, p, v, replica, stdin)
}

func (w *town) tryWithin(ctx context.Context, p *house.Person, v house.Visit, replica int, stdin string) (string, error) {
	v.Port = w.replicas[replica].SSHPort
	cmd := exec.CommandContext(ctx, "ssh", p.SSH(v)...)
	cmd.Env = house.Environ()
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: ssh %s: %w: %s", p.Name, v.Command, err, &stderr)
	}
	return string(out), err
}

// history is the bodies of a room's messages, whose ids must be 1, 2, 3 ….
func (w *town) history(p *house.Person, replica int) []string {
	w.Helper()
	return w.bodies(w.ssh(p, replica, "", "history", "general", "-n", "1000", "--json"))
}

func (w *town) bodies(lines string) []string {
	w.Helper()
	var bodies []string
	for line := range strings.Lines(lines) {
		var m struct {
			ID   int
			Body string
		}
		w.must(json.Unmarshal([]byte(line), &m))
		bodies = append(bodies, m.Body)
		if m.ID != len(bodies) {
			w.Fatalf("message %d has the id %d", len(bodies), m.ID)
		}
	}
	return bodies
}

// stored is the bodies of general's sorted set, in its order.
func (w *town) stored() []string { return w.storedIn("0") }

// storedIn is the same of the room of an id.
func (w *town) storedIn(room string) []string {
	client := w.client()
	defer func() { w.must(client.Close()) }()
	entries, err := client.ZRange(w.ctx, "room:{"+room+"}", 0, -1).Result()
	w.must(err)
	return w.bodies(strings.Join(entries, "\n"))
}

// keys counts the keys of Redis that match a pattern.
func (w *town) keys(pattern string) int {
	client := w.client()
	defer func() { w.must(client.Close()) }()
	var count atomic.Int64
	add := func(ctx context.Context, c *redis.Client) error {
		found, err := c.Keys(ctx, pattern).Result()
		count.Add(int64(len(found)))
		return err
	}
	if c, ok := client.(*redis.ClusterClient); ok {
		w.must(c.ForEachMaster(w.ctx, add))
	} else {
		w.must(add(w.ctx, client.(*redis.Client)))
	}
	return int(count.Load())
}

// tail is a command that follows general.
type tail struct {
	w    *town
	proc *house.Process
	out  *house.Transcript
}

// tail has somebody new follow general; it returns when they are here.
func (w *town) tail(name string, replica int) *tail {
	w.Helper()
	t := &tail{w: w, out: &house.Transcript{}}
	t.proc = w.tailTo(name, replica, t.out)
	return t
}

// tailTo is tail with an output of the caller's.
func (w *town) tailTo(name string, replica int, out io.Writer) *house.Process {
	w.Helper()
	v := house.Visit{Port: w.replicas[replica].SSHPort, Command: []string{"tail", "general", "--json"}}
	cmd := exec.Command("ssh", w.person(name).SSH(v)...)
	cmd.Env = house.Environ()
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	proc, err := house.StartProcess(cmd)
	w.must(err)
	w.Cleanup(proc.Kill)
	w.must(house.Await(w.ctx, proc.Done(), 0, func() bool { return w.isHere(name) }))
	return proc
}

// isHere tells whether Redis lists somebody as here.
func (w *town) isHere(name string) bool {
	client := w.client()
	defer func() { w.must(client.Close()) }()
	here, err := client.HVals(w.ctx, "room:{0}:members").Result()
	return err == nil && slices.Contains(here, name)
}

// messages are the lines that tell what was said.
func (t *tail) messages() string {
	var lines strings.Builder
	for line := range strings.Lines(t.out.String()) {
		if strings.HasPrefix(line, `{"event":"message",`) && strings.HasSuffix(line, "\n") {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

func (t *tail) lines() int { return strings.Count(t.messages(), "\n") }

// await waits until so many messages have come.
func (t *tail) await(ctx context.Context, n int) error {
	err := house.Await(ctx, t.proc.Done(), 0, func() bool { return t.lines() >= n })
	if err != nil {
		return fmt.Errorf("%d of %d messages came: %w", t.lines(), n, err)
	}
	return nil
}

// bodies waits until so many messages have come and gives them.
func (t *tail) bodies(n int) []string {
	t.w.Helper()
	t.w.must(t.await(t.w.ctx, n))
	return t.w.bodies(t.messages())
}

// open shows the chat to somebody new and waits until it is drawn.
func (w *town) open(name string, replica int) *house.Terminal {
	w.Helper()
	return w.openSized(name, replica, house.Size{Columns: 80, Rows: 24})
}

func (w *town) openSized(name string, replica int, size house.Size) *house.Terminal {
	w.Helper()
	cmd := exec.Command("ssh", w.person(name).SSH(house.Visit{Port: w.replicas[replica].SSHPort})...)
	cmd.Env = house.Environ("TERM=xterm-256color")
	term, err := house.OpenTerminal(cmd, size)
	w.must(err)
	w.Cleanup(term.Close)
	w.must(term.Await(w.ctx, 0, shows("message #general")))
	return term
}

// shows is met by a screen with the text on one row.
func shows(text string) func([]house.Row) bool {
	return func(rows []house.Row) bool {
		return slices.ContainsFunc(rows, func(r house.Row) bool { return strings.Contains(r.Text, text) })
	}
}

// resident is the memory of the first replica that is in use, in bytes.
func (w *town) resident() int64 {
	w.Helper()
	n, err := residentOf(w.replicas[0].Pid())
	w.must(err)
	return n
}

// residentOf is the memory of a process that is in use, in bytes.
func residentOf(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if kib, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.Fields(kib)[0], 10, 64)
			return n << 10, err
		}
	}
	return 0, errors.New("no VmRSS")
}
