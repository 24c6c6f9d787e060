package sshserver

import (
	"io"
	"slices"
	"sync"
)

// strays has what a client sends as errors of its own be dropped: nobody reads
// that, and the library would keep up to a window of it for each channel. It takes
// a goroutine a channel, and few clients ever send as much as matters: channels
// do without until much has come by their connection, of whatever kind.
type strays struct {
	came int // bytes, up to muchBytes; of the one who reads from the connection

	mu   sync.Mutex
	much bool
	open []*channel
}

// muchBytes may be kept for a connection: less than what it costs anyhow, and an
// hour's typing.
const muchBytes = 64 << 10

// comes counts what has come.
func (s *strays) comes(n int) {
	if s.came >= muchBytes {
		return
	}
	if s.came += n; s.came < muchBytes {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.much = true
	for _, ch := range s.open {
		ch.dropErrors()
	}
}

// opens notes a channel that can be read from.
func (s *strays) opens(ch *channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(s.open, ch)
	if s.much {
		ch.dropErrors()
	}
}

// closes forgets it, after which nothing is begun in it any more.
func (s *strays) closes(ch *channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = slices.DeleteFunc(s.open, func(c *channel) bool { return c == ch })
}

// dropErrors takes, until the channel ends, what its client sends as errors.
func (c *channel) dropErrors() {
	c.spawn("dropping errors", func() { _, _ = io.Copy(io.Discard, c.Channel.Stderr()) })
}
