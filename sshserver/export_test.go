package sshserver

import "github.com/prometheus/client_golang/prometheus/testutil"

// Limits gives the times that clients are given, to be changed before Serve.
func (s *Server) Limits() *limits { return &s.limits }

// Channels counts those that are open.
func (s *Server) Channels() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.channels)
}

// Addresses counts those from which somebody is connected, loopback left out.
func (s *Server) Addresses() int {
	s.crowd.mu.Lock()
	defer s.crowd.mu.Unlock()
	return len(s.crowd.count)
}

// Refused counts the connections that were turned away for a reason.
func (s *Server) Refused(reason string) int {
	return int(testutil.ToFloat64(s.metrics.refused.WithLabelValues(reason)))
}

// Waiting counts the connections in the lobby.
func (s *Server) Waiting() int {
	s.lobby.mu.Lock()
	defer s.lobby.mu.Unlock()
	return len(s.lobby.waiting)
}

// SetLobby changes how many may wait, before Serve.
func (s *Server) SetLobby(limit int) { s.lobby.limit = limit }
