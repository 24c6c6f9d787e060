package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teahouse/e2e/house"
)

// town is a Redis with replicas in front of it, for tests that a script could
// not put into words.
type town struct {
	*testing.T
	ctx      context.Context
	dir      string
	redis    *house.Redis
	replicas []*house.Replica
}

// newTown starts a Redis and so many replicas, which end with the test.
func newTown(t *testing.T, replicas int, settings ...string) *town {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), deadline(t))
	t.Cleanup(cancel)
	w := &town{T: t, ctx: ctx, dir: t.TempDir()}
	var ports house.Ports
	port := func() int {
		p, err := ports.Free()
		w.must(err)
		return p
	}
	program := filepath.Join(w.dir, "teahouse")
	w.must(house.Build(ctx, program, raced))
	redis, err := house.StartRedis(ctx, w.folder("redis"), port())
	w.must(err)
	w.redis = redis
	t.Cleanup(redis.Kill)
	for i := range replicas {
		r := house.NewReplica(house.ReplicaSpec{
			Program: program, Dir: w.folder(fmt.Sprint("replica", i)), SSHPort: port(), HTTPPort: port(),
			Env: append([]string{"REDIS_URL=" + redis.URL()}, settings...),
		})
		w.must(r.Start(ctx))
		w.replicas = append(w.replicas, r)
		t.Cleanup(func() { w.stop(r) })
	}
	return w
}

func (w *town) stop(r *house.Replica) {
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
	v.Port = w.replicas[replica].SSHPort
	cmd := exec.CommandContext(w.ctx, "ssh", p.SSH(v)...)
	cmd.Env = house.Environ()
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		w.Errorf("%s: ssh %s: %v: %s", p.Name, v.Command, err, &stderr)
	}
	return string(out)
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

// stored is the bodies of the room's sorted set, in its order.
func (w *town) stored() []string {
	client := w.redis.Client()
	defer func() { w.must(client.Close()) }()
	entries, err := client.ZRange(w.ctx, "room:{0}", 0, -1).Result()
	w.must(err)
	return w.bodies(strings.Join(entries, "\n"))
}

// keys counts the keys of Redis that match a pattern.
func (w *town) keys(pattern string) int {
	client := w.redis.Client()
	defer func() { w.must(client.Close()) }()
	found, err := client.Keys(w.ctx, pattern).Result()
	w.must(err)
	return len(found)
}

func TestOneNewKeyAtOnce(t *testing.T) {
	w := newTown(t, 2)
	alice := w.person("alice")
	answers := make([]string, 8)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = w.ssh(alice, i%2, "", "whoami", "--json") })
	}
	all.Wait()
	if len(slices.Compact(answers)) != 1 || !strings.Contains(answers[0], `"name":"alice"`) {
		t.Errorf("one key is several people:\n%s", strings.Join(answers, ""))
	}
	if names, keys := w.keys("username:*"), w.keys("key:SHA256:*"); names != 1 || keys != 1 {
		t.Errorf("%d names and %d keys are stored for one person", names, keys)
	}
}

func TestOneNameForManyKeys(t *testing.T) {
	w := newTown(t, 2)
	people := make([]*house.Person, 8)
	for i := range people {
		people[i] = w.person(fmt.Sprint("p", i))
	}
	names := make([]string, len(people))
	var all sync.WaitGroup
	for i, p := range people {
		all.Go(func() {
			names[i] = w.visit(p, house.Visit{User: "sam", Command: []string{"whoami"}}, i%2, "")
			names[i], _, _ = strings.Cut(names[i], ",")
		})
	}
	all.Wait()
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) != 8 || !slices.Contains(names, "sam") {
		t.Errorf("8 people who ask for one name are called %q", names)
	}
}

// 200 people post, four at a time, through two replicas, while two follow.
func TestCrowdPosts(t *testing.T) {
	const people, senders = 200, 4
	w := newTown(t, 2)
	follower := w.person("follower")
	tails := []*tail{w.tail(follower, 0), w.tail(follower, 1)}
	next := make(chan int)
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			for i := range next {
				w.ssh(w.person(fmt.Sprint("p", i)), i%2, "", "send", "general", fmt.Sprint("post ", i))
			}
		})
	}
	for i := range people {
		next <- i
	}
	close(next)
	all.Wait()

	stored := w.stored()
	if got := slices.Compact(slices.Sorted(slices.Values(stored))); len(stored) != people || len(got) != people {
		t.Fatalf("%d posts, %d of them different, are stored of %d", len(stored), len(got), people)
	}
	for i := range w.replicas {
		if diff := cmp.Diff(stored, w.history(follower, i)); diff != "" {
			t.Errorf("history at replica %d is not what is stored: %s", i, diff)
		}
		if diff := cmp.Diff(stored, tails[i].bodies(people)); diff != "" {
			t.Errorf("what replica %d showed live is not what is stored: %s", i, diff)
		}
	}
}

func TestIdenticalLines(t *testing.T) {
	w := newTown(t, 1, "MESSAGE_RATE=0")
	alice := w.person("alice")
	w.ssh(alice, 0, strings.Repeat("the same\n", 20), "send", "general", "--lines")
	if stored := w.stored(); len(stored) != 20 {
		t.Errorf("20 identical lines are %d messages", len(stored))
	}
}

// tail is a command that follows general.
type tail struct {
	w    *town
	proc *house.Process
	out  *house.Transcript
}

// tail begins to follow; it returns when the follower is here.
func (w *town) tail(p *house.Person, replica int) *tail {
	v := house.Visit{Port: w.replicas[replica].SSHPort, Command: []string{"tail", "general", "--json"}}
	cmd := exec.Command("ssh", p.SSH(v)...)
	cmd.Env = house.Environ()
	t := &tail{w: w, out: &house.Transcript{}}
	cmd.Stdout, cmd.Stderr = t.out, os.Stderr
	proc, err := house.StartProcess(cmd)
	w.must(err)
	t.proc = proc
	w.Cleanup(proc.Kill)
	sessions := func() bool {
		n, err := w.redis.Do(w.ctx, "HGET", "room:{0}:sessions", "1")
		return err == nil && strings.TrimSpace(n) == fmt.Sprint(replica+1)
	}
	w.must(house.Await(w.ctx, proc.Done(), 0, sessions))
	return t
}

// bodies waits until so many messages have come and gives them.
func (t *tail) bodies(n int) []string {
	t.w.Helper()
	come := func() bool { return strings.Count(t.out.String(), "\n") >= n }
	if err := house.Await(t.w.ctx, t.proc.Done(), 0, come); err != nil {
		t.w.Fatalf("%d of %d messages came: %v", strings.Count(t.out.String(), "\n"), n, err)
	}
	return t.w.bodies(t.out.String())
}
