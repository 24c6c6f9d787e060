package line

import (
	"time"

	"teahouse/app/chat"
)

// burst is how long nobody must be called before the bell rings again, and the
// least time between two lines about the same room that calls.
const burst = 5 * time.Second

// ring has the bell ring with the next line, once a burst.
func (s *talk) ring() {
	quiet := time.Since(s.rung) > burst
	s.rung = time.Now()
	if quiet && s.Terminal && s.prefs.Settings.Bell != "off" {
		s.paper.ringing = true
	}
}

// calls tells whether to ring for a message of the open room.
func (s *talk) calls(m *chat.Message) bool {
	me := s.Session.User()
	return !m.Deleted && (m.Calls(me) || s.prefs.Settings.Bell == "all" && m.From != me.ID)
}
