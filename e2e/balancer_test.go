//go:build long

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"teahouse/e2e/house"
)

// TestLongBalancer: the set-up of docs/deploy, with its own haproxy.cfg and the
// real HAProxy. People are spread, are known by their addresses, are
// sent to no replica that drains, and see of HTTP_ADDR the page alone.
func TestLongBalancer(t *testing.T) {
	t.Parallel() // most of it is waiting
	w := newTown(t, 0)
	for i := range 2 {
		w.startReplica("REDIS_URL="+w.url(), fmt.Sprint("REPLICA_ID=tea", i+1), "MESSAGE_RATE=0", "DRAIN_TIMEOUT=5s",
			"PROXY_PROTOCOL=required", "PROXY_TRUSTED=127.0.0.1/32")
	}
	b := w.startBalancer()
	alice := w.person("alice")

	// Past the balancer nobody gets in, so whoever does came with a header.
	if out, err := w.try(alice, house.Visit{Command: []string{"whoami"}}, 0, ""); err == nil {
		t.Errorf("without a PROXY header: %s", out)
	}
	for range 2 {
		b.follow("bob")
	}
	for _, r := range w.replicas {
		w.answers(r, "/metrics", `teahouse_sessions\S* 1\n`)
	}
	b.post(alice, 1)
	b.knows("127.0.0.9")
	for path, want := range map[string]int{"/": 200, "/metrics": 404, "/healthz": 404, "/readyz": 404, "/debug/pprof/": 404} {
		if got := b.status(path); got != want {
			t.Errorf("the world gets %d for %s, not %d", got, path, want)
		}
	}
	// Each replica is replaced in turn, while alice goes on writing.
	n := 1
	for _, r := range w.replicas {
		stopped := make(chan error, 1)
		go func() { stopped <- r.Stop(w.ctx) }()
		for ended := false; !ended; n++ {
			b.post(alice, n+1)
			select {
			case err := <-stopped:
				w.must(err)
				ended = true
			default:
			}
		}
		w.must(r.Start(w.ctx))
		w.must(house.Await(w.ctx, b.Done(), 0, func() bool { return b.up(r) }))
	}
	if got := len(w.stored()); got != n {
		t.Errorf("%d messages are stored of %d", got, n)
	}
	t.Logf("%d messages, one connection each, while both replicas were replaced", n)
}

// balancer is HAProxy before the replicas.
type balancer struct {
	*house.Process
	w         *town
	ssh, http int // its ports
	out       *house.Transcript
}

// startBalancer starts HAProxy with what docs/deploy has for it, where names
// and ports are those of here.
func (w *town) startBalancer() *balancer {
	w.Helper()
	b := &balancer{w: w, ssh: w.port(), http: w.port(), out: &house.Transcript{}}
	text, err := os.ReadFile("../docs/deploy/haproxy.cfg")
	w.must(err)
	here := []string{"bind :2222", fmt.Sprint("bind 127.0.0.1:", b.ssh), "bind :8080", fmt.Sprint("bind 127.0.0.1:", b.http), " check port 8081", ""}
	for i, r := range w.replicas {
		at := fmt.Sprint("127.0.0.1:", r.SSHPort)
		here = append(here,
			fmt.Sprintf(" tea%d:2222 ", i+1), fmt.Sprintf(" %s check port %d ", at, r.HTTPPort),
			fmt.Sprintf(" tea%d:8081\n", i+1), fmt.Sprintf(" 127.0.0.1:%d check\n", r.HTTPPort))
	}
	file := filepath.Join(w.dir, "haproxy.cfg")
	w.must(os.WriteFile(file, []byte(strings.NewReplacer(here...).Replace(string(text))), 0o600))
	program, err := exec.LookPath("haproxy")
	if err != nil {
		program = "/usr/sbin/haproxy"
	}
	cmd := exec.Command(program, "-db", "-f", file)
	cmd.Stdout, cmd.Stderr = b.out, b.out
	b.Process, err = house.StartProcess(cmd)
	w.must(err)
	w.Cleanup(func() {
		b.Kill()
		if w.Failed() {
			w.Logf("haproxy:\n%s", b.out)
		}
	})
	w.must(house.Await(w.ctx, b.Done(), 0, func() bool { return b.status("/") == http.StatusOK }))
	return b
}

func (b *balancer) visit(p *house.Person, command ...string) *exec.Cmd {
	cmd := exec.Command("ssh", p.SSH(house.Visit{
		Port: b.ssh, Command: command, Options: []string{"BindAddress=127.0.0.9"},
	})...)
	cmd.Env = house.Environ()
	return cmd
}

// follow follows general until the test, or the replica, ends.
func (b *balancer) follow(name string) {
	b.w.Helper()
	p, err := house.StartProcess(b.visit(b.w.person(name), "tail", "general"))
	b.w.must(err)
	b.w.Cleanup(p.Kill)
	b.w.must(house.Await(b.w.ctx, p.Done(), 0, func() bool { return b.w.isHere(name) }))
}

// post posts the nth message, over a connection of its own.
func (b *balancer) post(p *house.Person, n int) {
	b.w.Helper()
	if out, err := b.visit(p, "send", "general", fmt.Sprint("message ", n)).CombinedOutput(); err != nil {
		b.w.Errorf("message %d: %v: %s", n, err, out)
	}
}

// knows waits until a replica has written down that somebody came from an
// address, which it does when they are gone.
func (b *balancer) knows(address string) {
	b.w.Helper()
	ctx, cancel := b.w.soon()
	defer cancel()
	if err := house.Await(ctx, b.Done(), 0, func() bool {
		logs := b.w.replicas[0].Log.String() + b.w.replicas[1].Log.String()
		return strings.Contains(logs, "address="+address+":")
	}); err != nil {
		b.w.Errorf("nobody is known to come from %s: %v", address, err)
	}
}

// status is what the world is answered for a path.
func (b *balancer) status(path string) int {
	ctx, cancel := context.WithTimeout(b.w.ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d%s", b.http, path), nil)
	b.w.must(err)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	b.w.must(resp.Body.Close())
	return resp.StatusCode
}

// up tells whether HAProxy sends people to a replica that it had given up.
func (b *balancer) up(r *house.Replica) bool {
	for i, other := range b.w.replicas {
		if other == r {
			// One that was back within two checks was never missed.
			said, name := b.out.String(), fmt.Sprintf("Server ssh/tea%d is ", i+1)
			return strings.Count(said, name+"DOWN") <= strings.Count(said, name+"UP")
		}
	}
	return false
}
