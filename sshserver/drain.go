package sshserver

import (
	"context"
	"net"
	"time"

	"teahouse/app/chat"
)

// drainEvery is how often Shutdown looks whom it may cut.
const drainEvery = 50 * time.Millisecond

// restarts is what those are told whom a stopping server cannot serve.
func restarts() error {
	return chat.Errorf(chat.CodeUnavailable, "this replica restarts; connect again")
}

// opens notes the listener for Shutdown to close; false where Shutdown came
// first, and the door stays shut.
func (s *Server) opens(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isDraining() {
		_ = ln.Close() // it is closed either way
		return false
	}
	s.listener = ln
	s.conns.Add(1)
	return true
}

func (s *Server) isDraining() bool {
	select {
	case <-s.draining:
		return true
	default:
		return false
	}
}

// Shutdown closes the door, asks every session to end, and waits until all
// connections are closed and nothing runs any more. Connections that have no
// session, and clients that do not read their goodbye, are cut after a moment;
// what is still open when ctx ends is cut then, and ctx's error is returned.
func (s *Server) Shutdown(ctx context.Context) (err error) {
	s.drain.Do(func() { close(s.draining) })
	s.svc.Nudge()
	s.closeDoor()
	done := make(chan struct{})
	go func() { s.settle(); close(done) }()
	tick := time.NewTicker(drainEvery)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return err
		case now := <-tick.C:
			if s.cut(s.lingering(now)); ctx.Err() != nil && s.cut(s.all()) {
				err = ctx.Err()
			}
		}
	}
}

func (s *Server) closeDoor() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		_ = s.listener.Close() // it is closed either way
	}
}

// settle waits for all connections, then for what still runs in their channels.
func (s *Server) settle() {
	s.conns.Wait()
	s.mu.Lock()
	s.settled = true
	s.mu.Unlock()
	s.visits.Wait()
}

// lingering lists the connections that need not be waited for.
func (s *Server) lingering(now time.Time) (left []*conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.channels {
		if v.stuck(now) > s.limits.DrainPatience {
			left = append(left, v.of)
		}
	}
	for c, p := range s.open {
		if p.idle(now) > s.limits.Linger {
			left = append(left, c)
		}
	}
	return left
}

func (s *Server) all() (left []*conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		left = append(left, c)
	}
	return left
}

// cut closes connections and tells whether there were any.
func (s *Server) cut(left []*conn) bool {
	for _, c := range left {
		_ = c.Close() // it is closed either way
	}
	return len(left) > 0
}
