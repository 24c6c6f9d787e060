//go:build long

package e2e

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// router passes connections on to Redis until it forgets them, as routers do
// that start again: then nothing gets through any more, and neither end is
// told. New connections work.
type router struct {
	w        *town
	listener net.Listener
	work     sync.WaitGroup

	mu    sync.Mutex
	flows []*flow
}

type flow struct {
	near, far net.Conn
	forgotten atomic.Bool
}

func (w *town) startRouter() *router {
	w.Helper()
	l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", w.port()))
	w.must(err)
	r := &router{w: w, listener: l}
	r.work.Go(r.accept)
	w.Cleanup(r.close)
	return r
}

func (r *router) url() string { return "redis://" + r.listener.Addr().String() }

// accept runs until the listener is closed.
func (r *router) accept() {
	for {
		near, err := r.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", r.w.redis.Addr())
		if err != nil {
			_ = near.Close()
			continue
		}
		f := &flow{near: near, far: far}
		r.mu.Lock()
		r.flows = append(r.flows, f)
		r.mu.Unlock()
		r.work.Go(func() { f.pass(f.near, f.far) })
		r.work.Go(func() { f.pass(f.far, f.near) })
	}
}

// pass copies until one end closes, which the other one learns unless the flow
// is forgotten.
func (f *flow) pass(to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if !f.forgotten.Load() && err == nil {
			_, err = to.Write(buf[:n])
		}
		if err != nil {
			break
		}
	}
	if !f.forgotten.Load() {
		_ = to.Close()
	}
	_ = from.Close()
}

// forget tells how many connections are forgotten.
func (r *router) forget() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.flows {
		f.forgotten.Store(true)
	}
	return len(r.flows)
}

func (r *router) close() {
	_ = r.listener.Close()
	r.mu.Lock()
	for _, f := range r.flows {
		_, _ = f.near.Close(), f.far.Close()
	}
	r.mu.Unlock()
	r.work.Wait()
}

// foundDeaf is how long a subscription may be deaf until the probe has found
// it, and it has been made anew.
const foundDeaf = 7 * time.Second

// TestLongDeafSubscription: the connection that brings news is there for both
// its ends, and brings nothing. Nothing is said until it ought to be found, so
// that nothing is missed: then what is said comes at once, each time, sooner
// than by the comparison with storage every 5 seconds. So it takes the probe,
// and only the probe.
func TestLongDeafSubscription(t *testing.T) {
	t.Parallel() // most of it is waiting
	bothAtOnce(t, func(w *town) error {
		w.startRedis()
		r := w.startRouter()
		for _, url := range []string{r.url(), w.redis.URL()} {
			w.startReplica("REDIS_URL="+url, "MESSAGE_RATE=0", "LOG_LEVEL=error")
		}
		far := w.tail("far", 0)
		if _, err := w.sayAndHear(far, 1); err != nil {
			return fmt.Errorf("before anything: %w", err)
		}
		n := r.forget()
		w.must(w.wait(foundDeaf))
		slowest := time.Duration(0)
		for i := 2; i <= 6; i++ {
			took, err := w.sayAndHear(far, i)
			if err != nil {
				return err
			}
			slowest = max(slowest, took)
			w.must(w.wait(time.Second))
		}
		w.Logf("%d connections forgotten; %s later news came within %s", n, foundDeaf, round(slowest))
		return nil
	})
}

// sayAndHear posts the n-th message at the second replica and tells how long
// it took from there to the follower at the first.
func (w *town) sayAndHear(far *tail, n int) (time.Duration, error) {
	if err := w.post(fmt.Sprint("near", n), 1, 1); err != nil {
		return 0, err
	}
	said := time.Now()
	ctx, cancel := context.WithTimeout(w.ctx, live)
	defer cancel()
	err := far.await(ctx, n)
	return time.Since(said), err
}
