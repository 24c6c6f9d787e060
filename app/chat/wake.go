package chat

// Wake is signalled when anything the session could show has changed. It
// holds one signal: many changes between two looks are one.
func (s *Session) Wake() <-chan struct{} { return s.wake }

// Notify has wake called in the place of a signal at Wake, whenever anything the
// session could show has changed. It is called with locks held: it must return
// at once, and call nothing of the session. It reports whether that was news,
// and not one more change before somebody has looked.
func (s *Session) Notify(wake func() bool) { s.notify.Store(&wake) }

// Nudge signals Wake, for what the face has to see beside what the chat tells.
func (s *Session) Nudge() {
	s.stirred.Store(true)
	if s.signal() {
		s.hub.counts.wakes.Add(1)
	}
}

// nudgePost is Nudge for a message that came to a feed. It reports whether that
// woke the session, for the caller to count.
func (s *Session) nudgePost(f *Feed) (woken bool) {
	if s.focus.Load() != f {
		s.stirred.Store(true)
	}
	return s.signal()
}

// Focus says that the face shows the room of the cursor.
func (s *Session) Focus(c *Cursor) { s.focus.Store(c.feed) }

// Stirred tells whether Wake was signalled for anything but new messages in the
// room that has the Focus since it was asked last.
func (s *Session) Stirred() bool { return s.stirred.Swap(false) }

// signal reports false where the session has a signal still to take.
func (s *Session) signal() bool {
	if wake := s.notify.Load(); wake != nil {
		return (*wake)()
	}
	select {
	case s.wake <- struct{}{}:
		return true
	default:
		return false
	}
}
