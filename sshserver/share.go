package sshserver

import (
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/chat"
)

// How many may share one connection at a time, as OpenSSH's ControlMaster has
// them do; one after another, any number. There are more channels than sessions,
// so that who is one too many can be told in words.
const (
	screensPerConn  = 4
	commandsPerConn = 8
	channelsPerConn = 16
)

// backlogsPerAddress is how many sessions may let input wait that they are slow
// to take, such as lines that are posted one a second.
const backlogsPerAddress = 16

// rejectsPerConn is how many channels may wait for the client to read that they
// are refused: the library runs each in a goroutine of its own.
const rejectsPerConn = 64

func (s *Server) admit(ch *channel, c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settled || c.channels >= channelsPerConn {
		return false
	}
	s.visits.Add(1)
	c.channels++
	ch.vitals = s.ward.take(c)
	s.channels[ch] = ch.vitals
	return true
}

func (s *Server) dismiss(ch *channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch.of.channels--
	delete(s.channels, ch)
	s.ward.give(ch.vitals)
	s.visits.Done()
}

// reject refuses a channel. A client that asks for more than it reads answers
// to is cut.
func (s *Server) reject(c *conn, nc gossh.NewChannel) {
	s.mu.Lock()
	c.rejects++
	flooded := c.rejects > rejectsPerConn
	s.mu.Unlock()
	if flooded {
		_ = c.Close() // it is closed either way
		return
	}
	_ = nc.Reject(gossh.ResourceShortage, "too many sessions on one connection") // fails where the client is gone
	s.mu.Lock()
	c.rejects--
	s.mu.Unlock()
}

// occupy counts a session in on its connection. Its error says why there is no
// room for one more.
func (s *Server) occupy(ch *channel, stays bool) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := ch.of
	running, most, what := &c.commands, commandsPerConn, "commands"
	if stays {
		running, most, what = &c.screens, screensPerConn, "screens"
	}
	if *running >= most {
		return nil, chat.Errorf(chat.CodeRefused,
			"this connection has %d %s open, which is the most that it takes; close one, or connect anew (ssh -S none …)", most, what)
	}
	*running++
	s.feel(c, func(p *pulse) { p.rested = time.Time{} })
	return func() { s.vacate(c, running) }, nil
}

func (s *Server) vacate(c *conn, running *int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*running--
	if c.screens+c.commands == 0 {
		s.feel(c, func(p *pulse) { p.rested = time.Now() })
	}
}
