package load

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// frameEnd is how a screen ends its first frame; later ones may be too small
// to need it.
const frameEnd = "\x1b[?2026l"

// sight is text that a session should come to see.
type sight struct {
	text []byte
	at   time.Time // when the key was pressed
	from int       // the session that wrote it
}

// room is what was said in a room, in order.
type room struct {
	mu      sync.RWMutex
	said    []sight
	members atomic.Int64
}

func (r *room) say(s sight) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, s)
}

func (r *room) since(n int) []sight {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.said[n:]
}

// session is one client: it writes keys, and looks through what it gets.
type session struct {
	id     int
	client *ssh.Client
	in     io.Writer
	room   *room
	screen bool

	drawn chan struct{} // closed when the first screen, or line, is there
	done  chan struct{} // closed when nothing comes any more

	bytes, reads, last atomic.Int64
	isDrawn            bool // known to the reader only

	mu      sync.Mutex
	heard   int // of what was said in the room
	pending []sight
	seen    []time.Duration
	keys    []sight // pressed, and not seen yet
	echoes  []time.Duration
}

// read looks through all that comes, until nothing does. The end of what came
// before is looked at again, as a read may end within a token.
func (s *session) read(from io.Reader) {
	defer close(s.done)
	const keep = len(frameEnd) - 1
	buf := make([]byte, 4096)
	held := 0
	for {
		n, err := from.Read(buf[held:])
		if n > 0 {
			s.take(buf[:held+n], n)
			held = copy(buf, buf[max(0, held+n-keep):held+n])
		}
		if err != nil {
			return
		}
	}
}

// take notes a read of n bytes, the last ones of what is given.
func (s *session) take(text []byte, n int) {
	now := time.Now()
	s.last.Store(now.UnixNano())
	s.reads.Add(1)
	s.bytes.Add(int64(n))
	if !s.isDrawn && (!s.screen || bytes.Contains(text, []byte(frameEnd))) {
		s.isDrawn = true
		close(s.drawn)
	}
	s.look(text, now)
}

// look strikes off what the text shows.
func (s *session) look(text []byte, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listen()
	s.pending = strike(s.pending, text, now, &s.seen)
	s.keys = strike(s.keys, text, now, &s.echoes)
}

// listen adds what was said meanwhile to what should be seen. The caller holds
// the lock.
func (s *session) listen() {
	for _, said := range s.room.since(s.heard) {
		s.heard++
		if said.from != s.id {
			s.pending = append(s.pending, said)
		}
	}
}

func strike(awaited []sight, text []byte, now time.Time, took *[]time.Duration) []sight {
	return slices.DeleteFunc(awaited, func(a sight) bool {
		is := bytes.Contains(text, a.text)
		if is {
			*took = append(*took, now.Sub(a.at))
		}
		return is
	})
}

// outstanding counts what was said and has not been seen.
func (s *session) outstanding() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listen()
	return len(s.pending)
}

// turn gives what was seen until now, and gives up the rest.
func (s *session) turn() (seen []time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listen()
	seen, s.seen, s.pending = s.seen, nil, nil
	return seen
}

// over tells whether the session has ended.
func (s *session) over() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// write presses keys. That the session has ended is counted in the end.
func (s *session) write(keys string) { _, _ = io.WriteString(s.in, keys) }

// say writes a message and Enter at once.
func (s *session) say(text []byte, filler string) {
	enter := "\n"
	if s.screen {
		enter = "\r"
	}
	s.room.say(sight{text: text, at: time.Now(), from: s.id})
	s.write(string(text) + filler + enter)
}

// close ends the session and waits until it has.
func (s *session) close() {
	_ = s.client.Close() // the server may have been first
	<-s.done
}

// await waits for the first screen.
func (s *session) await(patience time.Duration) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-s.drawn:
		return nil
	case <-s.done:
		return fmt.Errorf("session %d ended before anything was drawn", s.id)
	case <-timer.C:
		return fmt.Errorf("session %d: nothing was drawn in %s", s.id, patience)
	}
}
