package ui

import (
	"context"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"teahouse/app/chat"
	"teahouse/app/ui/timeline"
)

// open shows a room, with the draft that was being written there.
func (m *model) open(id chat.RoomID) {
	if m.timeline != nil {
		if id == m.room {
			return
		}
		m.drafts[m.room] = m.composer.Value()
		m.markRead()
	}
	m.room = id
	m.timeline = timeline.New(m.th, time.UTC, m.Session.User().ID)
	m.timeline.SetMe(m.Session.User().Name)
	if view, ok := m.view(); ok {
		m.timeline.SetTitle(view.Title())
	}
	m.cursor, m.begun = nil, false
	m.composer.SetValue(m.drafts[id])
	m.pull()
}

// pull takes in what has happened: rooms, messages of the open one, people.
func (m *model) pull() {
	m.rooms = m.Session.Rooms()
	m.timeline.SetMe(m.Session.User().Name)
	m.follow()
	m.markRead()
	m.timeline.SetPending(m.Session.Pending(m.room))
	m.people.pull(m.Session, m.room)
}

// follow moves the cursor of the open room to the end of its feed.
func (m *model) follow() {
	if m.cursor == nil {
		cursor, ok := m.Session.Follow(m.room)
		if !ok {
			m.evicted()
			return
		}
		m.cursor = cursor
	}
	step, ready := m.cursor.Next()
	if !ready {
		return
	}
	if !m.begun {
		m.begin()
	}
	m.take(step)
	m.greet()
}

// begin sets where the "new" line stands when a room has just been opened.
func (m *model) begin() {
	m.begun = true
	if view, ok := m.Session.Room(m.room); ok && view.Unread > 0 {
		m.timeline.SetNew(view.Read)
	}
}

func (m *model) take(step chat.Step) {
	if step.Rewound {
		m.timeline.Rewind(step.To)
	}
	if step.Missed && m.timeline.AtBottom() {
		// Who reads what was keeps that, and reads on from there.
		m.timeline.Reset()
	}
	m.timeline.Append(step.Messages)
	me := m.Session.User().ID
	m.timeline.Notices(slices.DeleteFunc(step.Notices, func(n chat.Notice) bool {
		// One's own coming and going is no news to oneself.
		return n.User == me && (n.Turn == chat.TurnIn || n.Turn == chat.TurnOut)
	}))
}

// evicted leaves a room that the person is not in any more: they left it on
// another device, for one.
func (m *model) evicted() {
	if m.room == chat.General || !m.seated() {
		return
	}
	m.open(chat.General)
}

// seated tells whether the session knows its rooms yet.
func (m *model) seated() bool { return len(m.rooms) > 0 }

// markRead notes that what is on the screen has been read.
func (m *model) markRead() {
	if m.begun && m.timeline.AtBottom() {
		m.Session.Read(m.room, m.timeline.Newest())
	}
}

// load has history read from storage when the view comes near the end of what
// is loaded, up or down.
func (m *model) load() tea.Cmd {
	view, in := m.view()
	if !m.begun || !in {
		return nil
	}
	if before, ok := m.timeline.WantsOlder(); ok {
		return m.page(view.ID, true, func(ctx context.Context, user chat.User) (chat.Page, error) {
			return m.Service.History(ctx, user, view.Room, before, chat.PageSize)
		})
	}
	if after, ok := m.timeline.WantsNewer(); ok {
		return m.page(view.ID, false, func(ctx context.Context, user chat.User) (chat.Page, error) {
			return m.Service.Since(ctx, user, view.Room, after)
		})
	}
	return nil
}

// page reads a page for the timeline of a room.
func (m *model) page(room chat.RoomID, older bool, read func(context.Context, chat.User) (chat.Page, error)) tea.Cmd {
	m.timeline.SetLoading(true)
	user := m.Session.User()
	return m.do(func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, commandTime)
		defer cancel()
		page, err := read(ctx, user)
		return pageMsg{room: room, older: older, page: page, err: err}
	})
}

func (m *model) takePage(msg pageMsg) {
	switch {
	case msg.room != m.room:
	case msg.err != nil:
		m.timeline.SetLoading(false)
		m.status = chat.ErrorText(msg.err)
	case msg.older:
		m.timeline.Prepend(msg.page)
	default:
		m.timeline.Extend(msg.page)
	}
}

// view gives the open room.
func (m *model) view() (chat.RoomView, bool) { return m.Session.Room(m.room) }

// step opens the room that many places further in the top bar.
func (m *model) step(by int) {
	rooms := m.shown()
	i := slices.IndexFunc(rooms, func(v chat.RoomView) bool { return v.ID == m.room })
	m.open(rooms[(i+by+len(rooms))%len(rooms)].ID)
}

// shown lists the rooms of the top bar: those of the session, and the open one
// also when nothing was said there yet.
func (m *model) shown() []chat.RoomView {
	has := slices.ContainsFunc(m.rooms, func(v chat.RoomView) bool { return v.ID == m.room })
	if view, ok := m.view(); ok && !has {
		return append(slices.Clone(m.rooms), view)
	}
	return m.rooms
}
