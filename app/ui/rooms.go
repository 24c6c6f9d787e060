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
	if m.Markup != nil {
		m.timeline.Share(m.Markup)
	}
	m.cursor, m.begun, m.out = nil, false, false
	m.asked++ // what was asked for the other timeline is not for this one
	m.composer.SetValue(m.drafts[id])
	m.pull()
}

// pull takes in what has happened: rooms, messages of the open one, people.
func (m *model) pull() {
	m.timeline.SetMe(m.Session.User().Name)
	m.follow()
	m.markRead()
	m.rooms = m.Session.Rooms()
	m.timeline.SetPending(m.Session.Pending(m.room))
	m.people.pull(m.Session, m.room)
}

// follow moves the cursor of the open room to the end of its feed.
func (m *model) follow() {
	if !m.sit() {
		return
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
		m.say("warning", "The chat's storage has lost messages; those that are gone there are gone here, too.")
	}
	if step.Missed {
		m.timeline.Renew(step.Messages)
	} else {
		m.timeline.Append(step.Messages)
	}
	me := m.Session.User().ID
	m.timeline.Notices(slices.DeleteFunc(step.Notices, func(n chat.Notice) bool {
		// One's own coming and going is no news to oneself.
		return n.User == me && (n.Turn == chat.TurnIn || n.Turn == chat.TurnOut)
	}))
}

// sit has a cursor follow the open room while the person is in it. Who is not
// in it any more (they left it on another device, for one) is told so and stays
// where they are: what is being typed must not go on in another room.
func (m *model) sit() bool {
	view, in := m.view()
	switch {
	case !in && !m.out:
		m.out, m.cursor = true, nil
		m.say("warning", "You are not in "+m.name+" any more. Ctrl+K finds a room.")
	case in:
		m.out, m.name = false, view.Title()
		m.timeline.SetTitle(m.name)
		if m.cursor == nil {
			m.cursor, _ = m.Session.Follow(m.room)
		}
	}
	return m.cursor != nil
}

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
		return m.page(true, func(ctx context.Context, user chat.User) (chat.Page, error) {
			return m.Service.History(ctx, user, view.Room, before, chat.PageSize)
		})
	}
	if after, ok := m.timeline.WantsNewer(); ok {
		return m.page(false, func(ctx context.Context, user chat.User) (chat.Page, error) {
			return m.Service.Since(ctx, user, view.Room, after)
		})
	}
	return nil
}

// page reads a page for the timeline. One that cannot be read is told of after
// a pause, since it will be asked for again at once.
func (m *model) page(older bool, read func(context.Context, chat.User) (chat.Page, error)) tea.Cmd {
	m.timeline.SetLoading(true)
	m.asked++
	turn, user := m.asked, m.Session.User()
	return m.do(func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, commandTime)
		defer cancel()
		page, err := read(ctx, user)
		if err != nil {
			m.rest(pageRest)
		}
		return pageMsg{turn: turn, older: older, page: page, err: err}
	})
}

func (m *model) takePage(msg pageMsg) {
	switch {
	case msg.turn != m.asked:
		// The view has gone somewhere else since.
	case msg.err != nil:
		m.timeline.SetLoading(false)
		m.status = chat.ErrorText(msg.err)
	case m.cursor == nil:
		m.timeline.SetLoading(false)
	case msg.older:
		m.timeline.Prepend(m.cursor.Renew(msg.page))
	default:
		m.timeline.Extend(m.cursor.Renew(msg.page))
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
