package ui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"teahouse/app/chat"
)

// place is where somebody was: at a message, or at a room's end where id is 0.
type place struct {
	room chat.RoomID
	id   chat.MessageID
}

// trailKept is how many places there is a way back to.
const trailKept = 50

// here is the place that is shown.
func (m *model) here() place {
	if m.timeline.AtBottom() {
		return place{room: m.room}
	}
	return place{m.room, m.timeline.Reached()}
}

// jump shows a message in its place in history; back leads here again.
func (m *model) jump(room chat.RoomID, id chat.MessageID) tea.Cmd {
	if _, in := m.Session.Room(room); !in {
		m.status = "you are not in that room any more"
		return nil
	}
	m.trail = append(m.trail, m.here())
	if over := len(m.trail) - trailKept; over > 0 {
		m.trail = m.trail[over:]
	}
	return m.show(place{room, id})
}

// back goes where the last jump came from.
func (m *model) back() tea.Cmd {
	if len(m.trail) == 0 {
		m.status = "there is nowhere to go back to"
		return nil
	}
	last := m.trail[len(m.trail)-1]
	m.trail = m.trail[:len(m.trail)-1]
	return m.show(last)
}

func (m *model) show(p place) tea.Cmd {
	m.open(p.room)
	view, in := m.view()
	switch {
	case !in:
		return nil
	case p.id == 0:
		m.toEnd()
		return nil
	}
	return m.around(view.Room, pageMsg{show: p.id})
}

// around reads the messages about one, which then is shown among them.
func (m *model) around(room chat.Room, msg pageMsg) tea.Cmd {
	return m.page(msg, func(ctx context.Context, user chat.User) (chat.Page, error) {
		return m.Service.History(ctx, user, room, msg.show+chat.PageSize/2, chat.PageSize)
	})
}

// toEnd goes to the open room's end. What is being read leads nowhere else any
// more when it comes.
func (m *model) toEnd() {
	m.resumed, m.resumeAt = true, 0
	m.asked++
	m.timeline.SetLoading(false)
	m.timeline.ToBottom()
	m.markRead()
}
