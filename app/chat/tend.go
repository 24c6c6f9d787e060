package chat

import (
	"context"
	"maps"
	"slices"
	"time"
)

// mark has the next round of keep look after a session, which then has something
// to be looked after. Others are left alone: there are thousands, most do nothing,
// and only to touch each would be most of what they cost.
func (h *hub) mark(sessions ...*Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range sessions {
		h.marked[s] = struct{}{}
	}
}

// takeMarked gives the sessions that are marked, and marks them no more.
func (h *hub) takeMarked() []*Session {
	h.mu.Lock()
	defer h.mu.Unlock()
	marked := slices.Collect(maps.Keys(h.marked))
	clear(h.marked)
	return marked
}

// tend looks after the sessions that are marked.
func (s *Service) tend(ctx context.Context, now time.Time) {
	marked := s.hub.takeMarked()
	left := marked // all of them, should something panic
	defer func() { s.hub.mark(left...) }()
	s.postAgain(now, marked...)
	s.keepMarks(ctx, marked...)
	s.keepTouches(ctx, now, marked...)
	left = slices.DeleteFunc(marked, (*Session).isDone)
}

// isDone tells whether nothing is left to be looked after, once read marks are
// kept: whoever moves one later, or gives it back, marks the session.
func (s *Session) isDone() bool { return !s.touched.Load() && s.out.isEmpty() }

// postAgain has the sessions post what may be lost, unless it is news that does
// not come.
func (s *Service) postAgain(now time.Time, sessions ...*Session) {
	if !s.hub.downSince().IsZero() {
		return
	}
	for _, sess := range sessions {
		sess.out.again(now)
	}
}

// keepMarks stores the read marks of sessions that moved. What is not kept now
// is kept in a later round.
func (s *Service) keepMarks(ctx context.Context, sessions ...*Session) {
	moved := make(map[*Session][]ReadMark, len(sessions))
	var all []ReadMark
	for _, sess := range sessions {
		if marks := sess.movedMarks(); len(marks) > 0 {
			moved[sess] = marks
			all = append(all, marks...)
		}
	}
	if err := s.store.MarkRead(ctx, all...); err != nil {
		s.log.Debug("keeping read marks", "marks", len(all), "error", err)
		for sess, marks := range moved {
			sess.unmoved(marks)
		}
	}
}

// touchEvery is how often it is kept that somebody is not idle.
const touchEvery = time.Minute

// Touch notes that the person did something just now. It returns at once; who
// asks for idle times sees it within touchEvery.
func (s *Session) Touch() {
	if !s.touched.Swap(true) {
		s.hub.mark(s)
	}
}

// stirs tells whether it is time to keep that the person is not idle, and
// takes it for kept.
func (s *Session) stirs(now time.Time) bool {
	if now.Sub(time.UnixMilli(s.kept.Load())) < touchEvery || !s.touched.Swap(false) {
		return false
	}
	s.kept.Store(now.UnixMilli())
	return true
}

// keepTouches stores who is not idle.
func (s *Service) keepTouches(ctx context.Context, now time.Time, sessions ...*Session) {
	stirring := map[UserID]bool{}
	for _, sess := range sessions {
		if sess.stirs(now) {
			stirring[sess.owner] = true
		}
	}
	if err := s.store.Saw(ctx, slices.Collect(maps.Keys(stirring))...); err != nil {
		// Whoever does more will be seen a minute later.
		s.log.Debug("noting who is not idle", "users", len(stirring), "error", err)
	}
}
