//go:build long

package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/e2e/house"
)

// drainTime is the DRAIN_TIMEOUT of these tests, and onTop what may come on top.
const (
	drainTime = 3 * time.Second
	onTop     = 2 * time.Second
)

// TestLongEndsInTime: whatever hangs, a replica that is to stop has ended
// shortly after DRAIN_TIMEOUT.
func TestLongEndsInTime(t *testing.T) {
	deaf := func(w *town, _ *proxy) { w.deafClient() }
	hung := func(w *town, _ *proxy) { w.must(w.redis.Pause()) }
	// Nothing gets through to Redis any more, new connections not either.
	unreachable := func(_ *town, p *proxy) { p.poison("timeout", `"timeout":0`, "upstream", "downstream") }
	for name, hang := range map[string]func(*town, *proxy){
		"deaf client": deaf, "hung Redis": hung, "unreachable Redis": unreachable,
		"both": func(w *town, p *proxy) { deaf(w, p); hung(w, p) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newGround(t)
			w.build()
			w.startRedis()
			p := w.startProxy(w.redis.Addr())
			w.startReplica("REDIS_URL="+p.url(), "MESSAGE_RATE=0", "DRAIN_TIMEOUT="+drainTime.String(), "DRAIN_DELAY=500ms")
			alice := w.open("alice", 0)
			w.must(alice.Type("half a thou"))
			w.must(alice.Await(w.ctx, 0, shows("half a thou")))
			hang(w, p)
			w.must(alice.Type("ght"))
			w.must(alice.Await(w.ctx, 0, shows("half a thought")))
			w.endsInTime()
			w.must(alice.Await(w.ctx, 0, shows("this replica restarts; connect again")))
			t.Logf("alice is told:\n%s", written(alice))
			if kept := shows("your draft is kept")(alice.Screen.Rows()); kept == shows("half a thought")(alice.Screen.Rows()) {
				t.Error("what alice had begun is neither said to be kept nor shown, or both")
			}
		})
	}
}

func (w *town) endsInTime() {
	w.Helper()
	began := time.Now()
	w.must(w.replicas[0].Terminate())
	status, err := w.replicas[0].Wait(w.ctx)
	took := time.Since(began)
	w.must(err)
	w.Logf("it ended with status %d after %s", status, round(took))
	if took > drainTime+onTop {
		w.Errorf("it took %s\n%s", took, w.replicas[0].Log)
	}
	w.must(w.redis.Resume())
}

// deafClient follows general and reads nothing, while more is said than there is
// room for on the way.
func (w *town) deafClient() {
	w.Helper()
	c := w.caller("deaf", w.replicas[0].SSHAddr())
	full := make(chan struct{})
	c.begin = func(_ context.Context, s *gossh.Session) error {
		s.Stdout = blocked{full}
		return s.Start("tail general")
	}
	ctx, stop := context.WithCancel(w.ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); c.run(ctx) }()
	w.Cleanup(func() { stop(); close(full); <-ended })
	w.must(house.Await(w.ctx, nil, 0, func() bool { return w.isHere("deaf") }))
	w.must(w.send("bob", 0, strings.Repeat(strings.Repeat("tea ", 900)+"\n", 700)))
	w.must(house.Await(w.ctx, nil, 0, func() bool { at, _ := c.isAt(); return at }))
}

// blocked takes nothing until it is closed.
type blocked struct{ over chan struct{} }

func (b blocked) Write([]byte) (int, error) {
	<-b.over
	return 0, fmt.Errorf("nobody reads")
}
