package sshserver

// Limits gives the times that clients are given, to be changed before Serve.
func (s *Server) Limits() *limits { return &s.limits }

// Connections counts those that are open.
func (s *Server) Connections() int { return len(s.all()) }

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
