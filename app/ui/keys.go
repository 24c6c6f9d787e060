package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// wheelLines is how far one notch of the wheel scrolls.
const wheelLines = 3

func (m *model) key(msg tea.KeyMsg) tea.Cmd {
	switch {
	case m.finder != nil:
		return m.finderKey(msg)
	case m.seek.dialog != nil:
		return m.seekKey(msg)
	case m.help != nil:
		if m.help.Key(msg) {
			m.help = nil
		}
		return nil
	}
	m.timeline.Unmark()
	if cmd, ok := m.pickKey(msg); ok {
		return cmd
	}
	m.timeline.Select(0)
	// Not by its name where it is text: somebody may well type "up".
	isText := msg.Type == tea.KeyRunes && !msg.Alt
	if !isText {
		if cmd, ok := m.press(m.Shared.bound, msg.String()); ok {
			return cmd
		}
	}
	if m.composer.Key(msg) {
		m.typing()
		return nil
	}
	cmd, _ := m.press(idleKeys(), msg.String())
	return cmd
}

func (m *model) mouse(msg tea.MouseMsg) {
	switch msg.Button {
	case tea.MouseButtonWheelUp:
		m.timeline.Scroll(-wheelLines)
	case tea.MouseButtonWheelDown:
		m.timeline.Scroll(wheelLines)
		m.markRead()
	}
}

// nextUnread opens the next room in which something was said.
func (m *model) nextUnread() {
	m.seeRooms()
	rooms := m.shown()
	at := 0
	for i, v := range rooms {
		if v.ID == m.room {
			at = i
		}
	}
	for i := range rooms {
		v := rooms[(at+1+i)%len(rooms)]
		if v.ID != m.room && v.Unread > 0 && !v.Muted {
			m.open(v.ID)
			return
		}
	}
	m.status = "nothing unread"
}

// words completes what is being typed.
type words struct{ *model }

// say shows the answer of a command, which only this session sees.
func (m *model) say(kind, text string) {
	// To the end first: on the way there much of what is loaded may go.
	m.timeline.ToBottom()
	m.timeline.Info(kind, strings.TrimRight(text, "\n"))
}
