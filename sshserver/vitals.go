package sshserver

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// What watch has to know of all connections is kept side by side, apart from
// them: they are mostly at rest, and what is at rest is no more in any cache of
// the processor. To fetch a few bytes out of each would be most of what
// thousands of them cost that do nothing.

// pulse is what is known of a client's being there. Zero times mean: not so.
type pulse struct {
	rested time.Time // since when nothing runs: the last session's end, or the start
	asked  time.Time // when the ping under way was sent
	heard  time.Time // when the last answer came, or when it could be asked first
}

func (p pulse) idle(now time.Time) time.Duration       { return since(p.rested, now) }
func (p pulse) unanswered(now time.Time) time.Duration { return since(p.asked, now) }

// due tells whether it is time to ask.
func (p pulse) due(now time.Time, every time.Duration) bool {
	return !p.heard.IsZero() && p.asked.IsZero() && now.Sub(p.heard) >= every
}

func since(at, now time.Time) time.Duration {
	if at.IsZero() {
		return 0
	}
	return now.Sub(at)
}

// feel changes what is known of a client, while its connection is open.
// Server.mu is held.
func (s *Server) feel(c *conn, change func(*pulse)) {
	if p, open := s.open[c]; open {
		change(&p)
		s.open[c] = p
	}
}

// serves notes the connection that the handshake made of it.
func (s *Server) serves(c *conn, sc *gossh.ServerConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feel(c, func(p *pulse) {
		if p.heard.IsZero() {
			c.ssh, p.heard = sc, time.Now()
		}
	})
}

// vitals are what is known of a channel.
type vitals struct {
	of       *conn
	silent   meter // it is open and was asked for nothing
	out, err meter // it writes
	in       meter // what takes its input does
}

// stuck tells for how long a write has waited.
func (v *vitals) stuck(now time.Time) time.Duration {
	return max(v.out.lasts(now), v.err.lasts(now))
}

// meter notes since when something lasts (Unix ns; 0: it does not).
type meter struct{ began atomic.Int64 }

func (m *meter) begin()     { m.began.Store(time.Now().UnixNano()) }
func (m *meter) end()       { m.began.Store(0) }
func (m *meter) runs() bool { return m.began.Load() != 0 }

func (m *meter) lasts(now time.Time) time.Duration {
	began := m.began.Load()
	if began == 0 {
		return 0
	}
	return now.Sub(time.Unix(0, began))
}

// metered is a writer of which it is noted for how long it waits. That the client
// is gone is reported as context.Canceled, which nobody has to be told.
type metered struct {
	io.Writer
	meter *meter
}

func (m metered) Write(p []byte) (int, error) {
	m.meter.begin()
	defer m.meter.end()
	n, err := m.Writer.Write(p)
	if err != nil {
		err = fmt.Errorf("%w: %w", context.Canceled, err)
	}
	return n, err
}

// ward has a bed for the vitals of each channel, next to each other.
type ward struct{ free []*vitals }

// wardRow is how many beds are made at once: a page or two of memory.
const wardRow = 128

func (w *ward) take(of *conn) *vitals {
	if len(w.free) == 0 {
		for row, i := new([wardRow]vitals), 0; i < wardRow; i++ {
			w.free = append(w.free, &row[i])
		}
	}
	last := len(w.free) - 1
	v := w.free[last]
	w.free = w.free[:last]
	v.of = of
	v.silent.begin()
	return v
}

// give takes back what nobody uses any more.
func (w *ward) give(v *vitals) {
	*v = vitals{}
	w.free = append(w.free, v)
}
