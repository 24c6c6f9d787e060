package ui

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"teahouse/app/chat"
)

// aim is what the text in the composer is for, where it is not just to be
// said.
type aim struct {
	edit  *chat.Message // it takes the place of this one's text
	sure  bool          // sent empty, which deletes it: once asked already
	reply *chat.Message // it answers this one
}

// edit puts a message into the composer to be changed.
func (m *model) edit(msg *chat.Message) {
	m.aim = aim{edit: msg}
	m.composer.SetValue(typed(msg.Kind, msg.Body))
}

// dropAim leaves the message as it was. The text of an edit goes with it.
func (m *model) dropAim() {
	if m.aim.edit != nil {
		m.composer.Clear()
	}
	m.aim = aim{}
}

// aimHint is the line that says what the text is for.
func (m *model) aimHint() string {
	switch {
	case m.aim.edit != nil && m.aim.sure:
		return "Enter once more deletes the message · Esc leaves it as it was"
	case m.aim.edit != nil:
		return "editing your message · Esc leaves it as it was"
	case m.aim.reply != nil:
		return "↪ to " + m.aim.reply.Name + ": " + strings.Join(strings.Fields(m.aim.reply.Body), " ")
	}
	return ""
}

// enter sends what was typed, or runs it where it is a command.
func (m *model) enter() tea.Cmd {
	text := m.composer.Value()
	switch {
	case m.aim.edit != nil:
		return m.sendEdit(text)
	case strings.TrimSpace(text) == "":
		return nil
	case isCommand(text):
		m.composer.Clear()
		return m.run(text[1:])
	}
	m.send(unslash(text))
	return nil
}

func isCommand(text string) bool {
	return strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//")
}

// unslash gives the body that is meant: "//" begins one that begins with a
// slash.
func unslash(text string) string {
	if strings.HasPrefix(text, "//") {
		return text[1:]
	}
	return text
}

func (m *model) send(body string) {
	if _, in := m.view(); !in {
		m.status = "not sent: you are not in " + m.name + " any more"
		return
	}
	if err := m.post(body); err != nil {
		m.status = chat.ErrorText(err)
		return
	}
	m.aim, m.sent = aim{}, true
	m.composer.Clear()
	m.timeline.Dismiss(welcomeKind)
	m.toEnd()
	m.timeline.SetPending(m.Session.Pending(m.room))
}

func (m *model) post(body string) error {
	if m.aim.reply != nil {
		return m.Session.Reply(m.room, m.aim.reply.ID, body)
	}
	return m.Session.Send(m.room, chat.KindText, body)
}

// sendEdit changes the message, or deletes it where nothing is left of it and
// that was confirmed.
func (m *model) sendEdit(text string) tea.Cmd {
	msg, body := m.aim.edit, unslash(text)
	if msg.Kind == chat.KindAction {
		body = strings.TrimPrefix(text, "/me ")
	}
	switch {
	case strings.TrimSpace(body) != "":
		return m.change(text, func(ctx context.Context, room chat.Room) error {
			_, err := m.Service.Edit(ctx, m.Session.User(), room, msg.ID, body)
			return err
		})
	case !m.aim.sure:
		m.aim.sure = true
		return nil
	}
	return m.change("", func(ctx context.Context, room chat.Room) error {
		_, err := m.Service.Delete(ctx, m.Session.User(), room, msg.ID)
		return err
	})
}

// changedMsg is what came of a change of a message.
type changedMsg struct {
	room chat.RoomID
	text string // that was sent
	aim  aim
	err  error
}

// change does something to a message of the open room, in the background. The
// text comes back where that fails.
func (m *model) change(text string, do func(context.Context, chat.Room) error) tea.Cmd {
	view, in := m.view()
	if !in {
		m.status = "not done: you are not in " + m.name + " any more"
		return nil
	}
	was := m.aim
	m.aim = aim{}
	if was != m.aim {
		m.composer.Clear()
	}
	return m.do(func() tea.Msg {
		ctx, cancel := chat.Settle(m.ctx, commandTime)
		defer cancel()
		return changedMsg{room: view.ID, text: text, aim: was, err: do(ctx, view.Room)}
	})
}

func (m *model) changed(msg changedMsg) {
	if msg.err == nil {
		return
	}
	m.status = "not done: " + chat.ErrorText(msg.err)
	if msg.aim.edit != nil && msg.room == m.room && m.composer.Empty() && m.aim == (aim{}) {
		m.aim = msg.aim
		m.composer.SetValue(msg.text)
	}
}
