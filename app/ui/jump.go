package ui

import (
	"context"
	"slices"

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
	switch {
	case m.room != p.room:
		return nil
	case p.id == 0:
		m.toEnd()
		return nil
	}
	// Not to where the reading stopped.
	m.resumed, m.goal = true, goal{id: p.id}
	return m.load()
}

// goal is a message that is to be brought into view and is being read, with
// those around it.
type goal struct {
	id      chat.MessageID // 0: there is none
	resumes bool           // it is where the person stopped reading
	asked   bool
}

func (m *model) seekGoal(room chat.Room) tea.Cmd {
	if m.goal.asked {
		return nil
	}
	m.goal.asked = true
	msg := pageMsg{show: m.goal.id}
	return m.page(msg, func(ctx context.Context, user chat.User) (chat.Page, error) {
		return m.Service.History(ctx, user, room, msg.show+chat.PageSize/2, chat.PageSize)
	})
}

// nextMention goes to the oldest unread message that calls the person, in the
// open room first and then in the others.
func (m *model) nextMention() tea.Cmd {
	rooms := m.Session.Rooms()
	at := max(0, slices.IndexFunc(rooms, func(v chat.RoomView) bool { return v.ID == m.room }))
	for i := range rooms {
		if v := rooms[(at+i)%len(rooms)]; v.Call > 0 {
			cmd := m.jump(v.ID, v.Call)
			m.Session.Read(v.ID, v.Call)
			return cmd
		}
	}
	m.status = "nobody has mentioned you since you looked"
	return nil
}

// toEnd goes to the open room's end. What is being read leads nowhere else any
// more when it comes.
func (m *model) toEnd() {
	m.resumed, m.goal = true, goal{}
	m.asked++
	m.timeline.SetLoading(false)
	m.timeline.ToBottom()
	m.markRead()
}
