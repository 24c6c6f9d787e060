package sshserver

import (
	"net/netip"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/chat"
	"teahouse/internal/faults"
)

// watch looks after all connections until stop is closed: it cuts those whose
// client does not read, does not answer, or wants nothing.
func (s *Server) watch(stop <-chan struct{}) {
	tick := time.NewTicker(s.limits.WatchEvery)
	defer tick.Stop()
	var pings sync.WaitGroup
	defer pings.Wait()
	for {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			s.look(now, &pings)
		}
	}
}

// look is one round of watch. A panic ends that round only.
func (s *Server) look(now time.Time, pings *sync.WaitGroup) {
	defer s.panics.Recover("watching connections", nil)
	faults.At("watch", "")
	for c, why := range s.hopeless(now) {
		s.metrics.cut.WithLabelValues(why.reason).Inc()
		s.log.Info("cut", "address", c.RemoteAddr().String(), "why", why.words)
		_ = c.Close()
	}
	for _, c := range s.silent(now) {
		pings.Go(func() {
			defer s.panics.Recover("asking a client", func(error) { _ = c.Close() }, "address", c.RemoteAddr().String())
			c.ping()
		})
	}
	for _, ch := range s.backlogs(now) {
		ch.overflow()
	}
	s.pace.forget(now)
}

// hopeless lists the connections to cut, with the reasons.
func (s *Server) hopeless(now time.Time) map[*conn]fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	cut := map[*conn]fault{}
	for ch, c := range s.channels {
		if _, open := s.open[c]; !open {
			continue
		}
		switch {
		case ch.stuck(now) > s.limits.Patience:
			cut[c] = faultUnread()
		case ch.silent(now) > s.limits.Silent:
			cut[c] = faultSilent()
		}
	}
	for c := range s.open {
		switch {
		case c.unanswered(now) > s.limits.PingPatience:
			cut[c] = faultUnanswered()
		case !c.runs() && c.idle(now) > s.limits.Idle:
			cut[c] = faultIdle()
		}
	}
	return cut
}

// backlogs lists the sessions whose input waits, and which are too many of an
// address: each makes the library keep up to a window of it.
func (s *Server) backlogs(now time.Time) (over []*channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting := map[netip.Prefix]int{}
	for ch, c := range s.channels {
		if exempt(c.from) || ch.in.waiting(now) <= s.limits.Backlog {
			continue
		}
		home := chat.Household(c.from)
		if waiting[home]++; waiting[home] > backlogsPerAddress {
			over = append(over, ch)
		}
	}
	return over
}

// overflow ends the reading of a session's input.
func (c *channel) overflow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.overfull != nil {
		c.overfull()
	}
}

// silent lists the connections that are due to be asked.
func (s *Server) silent(now time.Time) (due []*conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		if c.due(now, s.limits.PingEvery) {
			due = append(due, c)
		}
	}
	return due
}

// pulse is what a conn knows of its client's being there.
type pulse struct {
	mu    sync.Mutex
	ssh   *gossh.ServerConn // nil until the first session
	since time.Time         // when the last session ended, or of the start
	asked time.Time         // when the ping under way was sent; zero: none
	heard time.Time         // when the last answer came
}

// serves notes the connection that the handshake made of it.
func (c *conn) serves(sc *gossh.ServerConn) {
	c.pulse.mu.Lock()
	defer c.pulse.mu.Unlock()
	if c.pulse.ssh == nil {
		c.pulse.ssh, c.pulse.heard = sc, time.Now()
	}
}

// rests notes that a session has ended.
func (c *conn) rests(now time.Time) {
	c.pulse.mu.Lock()
	defer c.pulse.mu.Unlock()
	c.pulse.since = now
}

func (c *conn) idle(now time.Time) time.Duration {
	c.pulse.mu.Lock()
	defer c.pulse.mu.Unlock()
	return now.Sub(c.pulse.since)
}

func (c *conn) unanswered(now time.Time) time.Duration {
	c.pulse.mu.Lock()
	defer c.pulse.mu.Unlock()
	if c.pulse.asked.IsZero() {
		return 0
	}
	return now.Sub(c.pulse.asked)
}

// due tells whether it is time to ask, and notes that it is done now.
func (c *conn) due(now time.Time, every time.Duration) bool {
	c.pulse.mu.Lock()
	defer c.pulse.mu.Unlock()
	if c.pulse.ssh == nil || !c.pulse.asked.IsZero() || now.Sub(c.pulse.heard) < every {
		return false
	}
	c.pulse.asked = now
	return true
}

// ping asks the client whether it is there and waits for the answer, whatever
// it is: that comes, or the connection is closed.
func (c *conn) ping() {
	faults.At("ping", c.pulse.ssh.User())
	_, _, err := c.pulse.ssh.SendRequest("keepalive@openssh.com", true, nil)
	c.pulse.mu.Lock()
	defer c.pulse.mu.Unlock()
	if err == nil {
		c.pulse.asked, c.pulse.heard = time.Time{}, time.Now()
	}
}
