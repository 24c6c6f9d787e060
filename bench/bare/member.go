package bare

import (
	"bufio"
	"io"
	"slices"
	"sync"
)

// waiting is how many lines may wait for a member.
const waiting = 64

// member is a session in its room. Its own goroutine writes to it what the
// others put into out.
type member struct {
	to   io.ReadWriter
	out  chan []byte
	gone chan struct{} // closed when nobody needs to write to it any more
}

// copyLines has the session in the room until it ends. Who is welcomed is in.
func (s *server) copyLines(ch io.ReadWriter, room string, work *sync.WaitGroup) {
	m := &member{to: ch, out: make(chan []byte, waiting), gone: make(chan struct{})}
	s.enter(room, m)
	defer s.leave(room, m)
	if _, err := io.WriteString(ch, Welcome); err != nil {
		return
	}
	work.Go(m.write)
	lines := bufio.NewScanner(ch)
	lines.Buffer(make([]byte, 512), bufio.MaxScanTokenSize)
	for lines.Scan() {
		s.copy(room, m, lines.Bytes())
	}
}

func (s *server) enter(room string, m *member) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rooms[room] == nil {
		s.rooms[room] = map[*member]struct{}{}
	}
	s.rooms[room][m] = struct{}{}
}

// leave ends the member's part first: a copy that waits for it holds the lock.
func (s *server) leave(room string, m *member) {
	close(m.gone)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rooms[room], m)
}

// copy gives a line, which it does not keep, to all others. One that does not
// read holds up everybody, once enough waits for it; the driver reads.
func (s *server) copy(room string, from *member, line []byte) {
	line = slices.Concat(line, []byte("\r\n"))
	s.mu.RLock()
	defer s.mu.RUnlock()
	for m := range s.rooms[room] {
		if m == from {
			continue
		}
		select {
		case m.out <- line:
		case <-m.gone:
		}
	}
}

func (m *member) write() {
	for {
		select {
		case line := <-m.out:
			if _, err := m.to.Write(line); err != nil {
				return
			}
		case <-m.gone:
			return
		}
	}
}
