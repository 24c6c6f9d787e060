//go:build long

package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"teahouse/e2e/house"
)

// checkEvery is how often a balancer looks whether a replica is ready.
const checkEvery = 200 * time.Millisecond

// spreader spreads TCP connections over the replicas that say they are ready.
// It tries none twice: who is brought to a closed door has to come again.
type spreader struct {
	net.Listener
	backends []*house.Replica
	work     sync.WaitGroup

	mu    sync.Mutex
	ready []bool
	turn  int
}

// startSpreader puts one before all replicas; it ends with the test.
func (w *town) startSpreader() *spreader {
	w.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	b := &spreader{Listener: ln, backends: w.replicas, ready: make([]bool, len(w.replicas))}
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

func (b *spreader) check(ctx context.Context, i int) {
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
func (b *spreader) count() (n int) {
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
func (b *spreader) next() *house.Replica {
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

func (b *spreader) serve(ctx context.Context) {
	for {
		c, err := b.Accept()
		if err != nil {
			return // closed
		}
		b.work.Go(func() { b.carry(ctx, c) })
	}
}

// carry brings a connection to a replica, and both ends down when one is.
func (b *spreader) carry(ctx context.Context, c net.Conn) {
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
