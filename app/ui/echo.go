package ui

import (
	"io"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// echo is when that is drawn which keys did: at once, but once for all that came
// together; and a message that was sent with its answer, which mostly comes at once.
type echo struct {
	sent  bool        // the key that is being handled has sent a message
	waits bool        // a frame, for something that draws it soon
	late  *time.Timer // draws it where nothing does

	unhandled atomic.Bool // keys have come that the event loop may not have yet
	owed      atomic.Bool // a frame, once it has
}

// awaited is what a client sends. It is asked for more when the event loop has all
// that came.
type awaited struct {
	*model
	in io.Reader
}

// Read implements io.Reader.
func (a awaited) Read(p []byte) (int, error) {
	a.unhandled.Store(false)
	if a.owed.Swap(false) {
		a.Session.Nudge()
	}
	defer a.unhandled.Store(true)
	return a.in.Read(p)
}

// moreKeys tells whether others came with a key: a frame is drawn for the last of
// them.
func (m *model) moreKeys(msg tea.Msg) bool {
	switch msg.(type) {
	case tea.KeyMsg, tea.MouseMsg:
	default:
		return false
	}
	if !m.unhandled.Load() {
		return false
	}
	m.owed.Store(true)
	return m.unhandled.Load() || !m.owed.Swap(false)
}

// drawLater has a frame be drawn in a while, unless one is before.
func (m *model) drawLater() {
	switch {
	case m.waits:
		return
	case m.late == nil:
		m.late = time.AfterFunc(frameTime, m.Session.Nudge)
	default:
		m.late.Reset(frameTime)
	}
	m.waits = true
}
