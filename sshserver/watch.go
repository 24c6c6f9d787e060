package sshserver

import (
	"net/netip"
	"sync"
	"time"

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
			defer s.panics.Recover("asking a client", func(error) { _ = c.Close() }, "address", c.from)
			s.ping(c)
		})
	}
	for _, ch := range s.backlogs(now) {
		ch.overflow()
	}
	s.pace.forget(now)
}

// hopeless lists the connections to cut, with the reasons. Of a client that
// something waits to be written to no answer is expected: it has to read first.
func (s *Server) hopeless(now time.Time) map[*conn]fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	cut, behind := map[*conn]fault{}, map[*conn]bool{}
	for _, v := range s.channels {
		if _, open := s.open[v.of]; !open {
			continue
		}
		stuck := v.stuck(now)
		if stuck > s.limits.WatchEvery {
			behind[v.of] = true
		}
		switch {
		case stuck > s.limits.Patience:
			cut[v.of] = faultUnread()
		case v.silent.lasts(now) > s.limits.Silent:
			cut[v.of] = faultSilent()
		}
	}
	for c, p := range s.open {
		switch {
		case p.unanswered(now) > s.limits.PingPatience && !behind[c]:
			cut[c] = faultUnanswered()
		case p.idle(now) > s.limits.Idle:
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
	for ch, v := range s.channels {
		if v.in.lasts(now) <= s.limits.Backlog || exempt(v.of.from) {
			continue
		}
		home := chat.Household(v.of.from)
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

// silent lists the connections that are due to be asked, and takes them for
// asked.
func (s *Server) silent(now time.Time) (due []*conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, p := range s.open {
		if p.due(now, s.limits.PingEvery) {
			p.asked = now
			s.open[c] = p
			due = append(due, c)
		}
	}
	return due
}

// ping asks the client whether it is there and waits for the answer, whatever
// it is: that comes, or the connection is closed.
func (s *Server) ping(c *conn) {
	faults.At("ping", c.ssh.User())
	if _, _, err := c.ssh.SendRequest("keepalive@openssh.com", true, nil); err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feel(c, func(p *pulse) { p.asked, p.heard = time.Time{}, time.Now() })
}
