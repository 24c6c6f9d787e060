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
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"teahouse/e2e/house"
)

// TestLongBalancer: the set-up of docs/deploy, with its own haproxy.cfg and the
// real HAProxy. People are spread, are known by their addresses, are
// sent to no replica that drains, and see of HTTP_ADDR the page alone.
func TestLongBalancer(t *testing.T) {
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
	if logs := w.replicas[0].Log.String() + w.replicas[1].Log.String(); !strings.Contains(logs, "from=127.0.0.9:") {
		t.Errorf("alice's address is not known:\n%s", logs)
	}
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
			return strings.Contains(b.out.String(), fmt.Sprintf("Server ssh/tea%d is UP", i+1))
		}
	}
	return false
// checkEvery is how often a balancer looks whether a replica is ready.
const checkEvery = 200 * time.Millisecond

// balancer spreads TCP connections over the replicas that say they are ready.
// It tries none twice: who is brought to a closed door has to come again.
type balancer struct {
	net.Listener
	backends []*house.Replica
	work     sync.WaitGroup

	mu    sync.Mutex
	ready []bool
	turn  int
}

// startBalancer puts one before all replicas; it ends with the test.
func (w *town) startBalancer() *balancer {
	w.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	b := &balancer{Listener: ln, backends: w.replicas, ready: make([]bool, len(w.replicas))}
	ctx, stop := context.WithCancel(w.ctx)
	for i := range b.backends {
		b.work.Go(func() { b.check(ctx, i) })
	}
	b.work.Go(func() { b.serve(ctx) })
	w.Cleanup(func() {
		stop()
		_ = ln.Close()
		b.work.Wait()
	})
	w.must(house.Await(w.ctx, nil, 0, func() bool { return b.count() == len(b.backends) }))
	return b
}

func (b *balancer) check(ctx context.Context, i int) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		code, err := b.backends[i].Get(ctx, "/readyz")
		b.mu.Lock()
		b.ready[i] = err == nil && code == http.StatusOK
		b.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// count is how many replicas are taken for ready.
func (b *balancer) count() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, ready := range b.ready {
		if ready {
			n++
		}
	}
	return n
}

// next is the replica whose turn it is; nil where none is ready.
func (b *balancer) next() *house.Replica {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range b.backends {
		b.turn = (b.turn + 1) % len(b.backends)
		if b.ready[b.turn] {
			return b.backends[b.turn]
		}
	}
	return nil
}

func (b *balancer) serve(ctx context.Context) {
	for {
		c, err := b.Accept()
		if err != nil {
			return // closed
		}
		b.work.Go(func() { b.carry(ctx, c) })
	}
}

// carry brings a connection to a replica, and both ends down when one is.
func (b *balancer) carry(ctx context.Context, c net.Conn) {
	defer func() { _ = c.Close() }()
	to := b.next()
	if to == nil {
		return
	}
	var d net.Dialer
	there, err := d.DialContext(ctx, "tcp", to.SSHAddr())
	if err != nil {
		return
	}
	defer func() { _ = there.Close() }()
	stop := context.AfterFunc(ctx, func() { _, _ = c.Close(), there.Close() })
	defer stop()
	b.work.Go(func() {
		_, _ = io.Copy(there, c)
		_ = there.(*net.TCPConn).CloseWrite()
	})
	_, _ = io.Copy(c, there)
}
