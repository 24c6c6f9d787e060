package ui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"teahouse/app/chat"
)

// The stages of a screen's turn to draw what is new. A few goroutines do that for
// all screens, so that nobody needs one to wait in. Of one screen there is one turn
// at a time: a client that does not read holds up one goroutine, and no more.
const (
	turnOver   = iota // and none is asked for
	turnComes         // it is in the queue, or waits for its time
	turnGoesOn        // it is being drawn
	turnAgain         // that, and there is more since
)

// watch has news drawn as it comes, without a way through the event loop, which
// loop leads to: what only that can do goes there.
func (m *model) watch(loop func(tea.Msg)) {
	m.loop = loop
	m.Session.Notify(m.wake)
	m.wake()
}

// wake has the screen's turn come, unless it will.
func (m *model) wake() bool {
	for {
		switch m.turn.Load() {
		case turnOver:
			if m.turn.CompareAndSwap(turnOver, turnComes) {
				m.Shared.turns.Push(m)
				return true
			}
		case turnGoesOn:
			if m.turn.CompareAndSwap(turnGoesOn, turnAgain) {
				return true
			}
		default:
			return false
		}
	}
}

// Turn draws what is new, or comes again when it is time to.
func (m *model) Turn() {
	if !m.crew.join() {
		return
	}
	defer m.crew.work.Done()
	now := time.Now()
	if pause := m.pause(now); pause > 0 {
		m.Shared.turns.PushAt(now.Add(pause), m)
		return
	}
	m.turn.Store(turnGoesOn)
	defer m.next()
	defer m.Panics.Recover("a screen's news", func(cause error) { m.loop(panicMsg{chat.Broken(cause)}) })
	stirred := m.Session.Stirred()
	if stirred {
		msg, over := m.outside()
		if msg != nil {
			m.loop(msg)
		}
		if over {
			return
		}
	}
	if msg := m.woken(stirred); msg != nil {
		m.loop(msg)
	}
}

// next ends a turn, or has one more come.
func (m *model) next() {
	if !m.turn.CompareAndSwap(turnGoesOn, turnOver) {
		m.turn.Store(turnComes)
		m.Shared.turns.Push(m)
	}
}

// outside tells what has happened beside what the chat tells, and whether the
// session is over. Whatever it is, the session was nudged for it.
func (m *model) outside() (msg tea.Msg, over bool) {
	switch {
	case m.ctx.Err() != nil:
		return nil, true
	case received(m.Draining):
		return drainingMsg{}, true
	case len(m.background) > 0:
		return backgroundMsg{<-m.background}, false
	}
	return nil, false
}

// received takes what a channel has, if anything.
func received(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

// pause is how long nothing is drawn for news yet, so that a busy room is drawn at
// most 30 times a second, and several messages at a time. All screens keep the same
// time, be it in quarters: many writes in a row cost a fifth less than as many one by
// one.
func (m *model) pause(now time.Time) time.Duration {
	const beat = frameTime / 4
	earliest := time.Unix(0, m.drawn.Load()).Add(frameTime - beat)
	pause := earliest.Truncate(beat).Add(beat).Sub(now)
	if pause > frameTime+respite(torrent) {
		return 0 // the machine's clock was set back
	}
	return pause
}

// woken takes in what has happened and draws it; not stirred, that is nothing
// but messages in the open room. It gives what the event loop has to do then,
// nil for nothing.
func (m *model) woken(stirred bool) tea.Msg {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over || !stirred && m.stream() {
		return nil
	}
	m.fit()
	m.pull()
	if m.failed == nil && m.goodbye == "" {
		m.draw()
	}
	cmd := m.fetch()
	if cmd != nil || m.failed != nil || m.goodbye != "" {
		return wokenMsg{cmd}
	}
	return nil
}

// fit has the screen be as large as the window is by now, where that was another
// size since, be it for a moment.
func (m *model) fit() {
	if received(m.Resized) {
		m.size = m.Size()
		m.screen.Resize(m.size.Width, m.size.Height)
	}
}
