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
		if _, in := m.Session.Room(id); !in && id != m.room {
			m.status = "you are not in that room any more"
			return
		}
		if id == m.room {
			return
		}
		m.stash()
		m.markRead()
	}
	m.room = id
	m.timeline = timeline.New(m.th, time.UTC, m.Session.User().ID, m.Shared.rows)
	m.quotes = quotes{}
	m.dress()
	m.cursor, m.passed, m.begun, m.out, m.resumed, m.goal = nil, nil, false, false, false, goal{}
	m.asked++ // what was asked for the other timeline is not for this one
	m.unstash()
	m.pull()
}

// pull takes in what has happened: rooms, messages of the open one.
func (m *model) pull() {
	m.prefer()
	switch err := m.Session.Ended(); {
	case chat.ErrorCode(err) == chat.CodeGone: // as they wanted, or somebody of theirs
		m.goodbye = chat.ErrorText(err)
	case err != nil:
		m.failed = err
	}
	m.timeline.SetMe(m.Session.User().Name)
	fresh := m.follow()
	m.markRead()
	m.seeRooms()
	m.attend(fresh)
	m.tellInvites()
	m.timeline.SetPending(m.Session.Pending(m.room))
}

// follow moves the cursor of the open room to the end of its feed. It gives
// the messages that came while the room was open.
func (m *model) follow() (fresh []*chat.Message) {
	if !m.sit() {
		return nil
	}
	step, ready := m.nextStep()
	if !ready {
		return nil
	}
	newest := m.timeline.Head()
	if m.begun {
		fresh = step.NewerThan(newest)
	} else {
		m.begin()
	}
	if m.unshown == nil {
		m.unshown = fresh // which most frames have drawn before there are others
	} else {
		m.unshown = append(m.unshown, fresh...)
	}
	m.take(step)
	m.greet()
	return fresh
}

// nextStep moves the cursor on, unless stream has done so already and left what
// it found.
func (m *model) nextStep() (chat.Step, bool) {
	if step := m.passed; step != nil {
		m.passed = nil
		return *step, true
	}
	return m.cursor.Next()
}

// resume goes to where the person stopped reading, when a room has just been
// opened. What is not at hand has to be read first.
func (m *model) resume() {
	if m.resumed || !m.begun {
		return
	}
	m.resumed = true
	if view, ok := m.view(); ok && view.Unread > 0 && !m.timeline.ToNew() {
		m.goal = goal{id: view.Read + 1, resumes: true}
	}
	m.markRead()
	m.seeRooms()
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
	m.requote(step)
	me := m.Session.User().ID
	step.Notices = slices.DeleteFunc(step.Notices, func(n chat.Notice) bool {
		// One's own coming and going is no news to oneself.
		return n.User == me && (n.Turn == chat.TurnIn || n.Turn == chat.TurnOut)
	})
	for ms, notices := range step.InOrder() {
		m.takeMessages(ms, step.Missed)
		m.timeline.Notices(notices)
		step.Missed = step.Missed && len(ms) == 0
	}
}

func (m *model) takeMessages(ms []*chat.Message, missed bool) {
	if missed {
		m.timeline.Renew(ms)
	} else {
		m.timeline.Append(ms)
	}
}

// sit has a cursor follow the open room while the person is in it. Who is not
// in it any more (they left it on another device, for one) is told so and stays
// where they are: what is being typed must not go on in another room.
func (m *model) sit() bool {
	view, in := m.view()
	switch {
	case !in && !m.out:
		m.takeLast()
		m.out, m.cursor, m.passed = true, nil, nil
		m.say("warning", "You are not in "+m.name+" any more. Ctrl+K finds a room.")
	case in:
		m.out, m.name = false, chat.Printable(view.Title())
		m.timeline.SetTitle(m.name)
		if m.cursor == nil {
			if m.cursor, in = m.Session.Follow(m.room); in {
				m.Session.Focus(m.cursor)
			}
		}
	}
	return m.cursor != nil
}

// takeLast takes in what happened in the room until the person was out of it,
// which may say why.
func (m *model) takeLast() {
	if m.cursor == nil || !m.begun {
		return
	}
	if step, ready := m.nextStep(); ready {
		m.take(step)
	}
}

// markRead notes that what is on the screen has been read.
func (m *model) markRead() {
	switch {
	case !m.resumed || m.goal.id > 0:
	case m.timeline.AtBottom():
		m.Session.Read(m.room, m.timeline.Newest())
	default:
		m.Session.Read(m.room, m.timeline.Reached())
	}
}

// fetch reads what the frame that was drawn last would have shown, too.
func (m *model) fetch() tea.Cmd { return tea.Batch(m.load(), m.readQuotes()) }

// load has history read from storage when the view comes near the end of what
// is loaded, up or down.
func (m *model) load() tea.Cmd {
	view, in := m.view()
	if !m.begun || !in {
		return nil
	}
	if m.goal.id > 0 {
		return m.seekGoal(view.Room)
	}
	if before, ok := m.timeline.WantsOlder(); ok {
		room := view.Room // so that a view from which nothing is read needs no place on the heap
		return m.page(pageMsg{older: true}, func(ctx context.Context, user chat.User) (chat.Page, error) {
			return m.Service.History(ctx, user, room, before, chat.PageSize)
		})
	}
	if after, ok := m.timeline.WantsNewer(); ok {
		room := view.Room
		return m.page(pageMsg{}, func(ctx context.Context, user chat.User) (chat.Page, error) {
			return m.Service.Since(ctx, user, room, after)
		})
	}
	return nil
}

// page reads a page for the timeline. One that cannot be read is told of after
// a pause, since it will be asked for again at once.
func (m *model) page(msg pageMsg, read func(context.Context, chat.User) (chat.Page, error)) tea.Cmd {
	m.timeline.SetLoading(true)
	m.asked++
	msg.turn = m.asked
	user := m.Session.User()
	return m.do(func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, commandTime)
		defer cancel()
		if msg.page, msg.err = read(ctx, user); msg.err != nil {
			m.rest(pageRest)
		}
		return msg
	})
}

func (m *model) takePage(msg pageMsg) {
	switch {
	case msg.turn != m.asked:
		// The view has gone somewhere else since.
	case msg.err != nil:
		m.notTaken()
		m.status = chat.ErrorText(msg.err)
	case m.cursor == nil:
		m.notTaken()
	case msg.show > 0:
		m.takeShown(msg)
	case msg.older:
		m.timeline.Prepend(m.cursor.Renew(msg.page))
	default:
		m.timeline.Extend(m.cursor.Renew(msg.page))
	}
}

// notTaken has what could not be read asked for again.
func (m *model) notTaken() {
	m.goal.asked = false
	m.timeline.SetLoading(false)
}

// takeShown brings a message into view, or the beginning of what is new.
func (m *model) takeShown(msg pageMsg) {
	was := m.goal
	m.goal = goal{}
	m.timeline.Show(m.cursor.Renew(msg.page), msg.show)
	switch {
	case was.resumes:
		m.timeline.Unmark()
		m.timeline.ToNew()
	case m.timeline.Shown() != msg.show:
		m.status = "that message is no longer kept"
	}
}

// seeRooms takes in which rooms the person is in, and what is new there.
func (m *model) seeRooms() {
	now := m.Session.Rooms()
	if !slices.EqualFunc(now, m.rooms, m.sameInBar) {
		m.kept.bar = ""
	}
	m.rooms = now
}

// sameInBar tells whether the bar shows both views of a room alike.
func (m *model) sameInBar(a, b chat.RoomView) bool {
	same := a.ID == b.ID && a.Name == b.Name && a.Muted == b.Muted
	return same && (a.ID == m.room || a.Unread == b.Unread && a.Mentions == b.Mentions)
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
