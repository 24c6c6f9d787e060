package ui

import (
	"context"
	"maps"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"teahouse/app/chat"
)

// quotes are messages of the open room that others answer and that are too old
// to be at hand.
type quotes struct {
	known  map[chat.MessageID]*chat.Message
	wanted map[chat.MessageID]bool
}

// requote has quotations follow what happened. After what was missed they are
// read again.
func (m *model) requote(step chat.Step) {
	if step.Missed {
		m.quotes.known = nil
		m.timeline.SetQuote(m.quote)
	}
	for _, msg := range step.Messages {
		if _, known := m.quotes.known[msg.ID]; known {
			m.quotes.known[msg.ID] = msg
		}
	}
}

type quotesMsg struct {
	room chat.RoomID
	ids  []chat.MessageID
	all  []*chat.Message
	err  error
}

// quote answers from memory, and notes what has to be read.
func (m *model) quote(id chat.MessageID) (*chat.Message, bool) {
	if msg, ok := m.Session.Message(m.room, id); ok {
		return msg, true
	}
	if msg, ok := m.quotes.known[id]; ok {
		return msg, msg != nil
	}
	if m.quotes.wanted == nil {
		m.quotes.wanted = map[chat.MessageID]bool{}
	}
	m.quotes.wanted[id] = true
	return nil, true
}

// readQuotes reads what was asked for while the last frame was drawn.
func (m *model) readQuotes() tea.Cmd {
	if len(m.quotes.wanted) == 0 {
		return nil
	}
	view, in := m.view()
	if !in {
		return nil
	}
	ids := slices.Sorted(maps.Keys(m.quotes.wanted))
	ids = ids[:min(len(ids), chat.PageSize)]
	m.quotes.wanted = nil
	user := m.Session.User()
	return m.do(func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, commandTime)
		defer cancel()
		all, err := m.Service.Messages(ctx, user, view.Room, ids)
		if err != nil {
			m.rest(pageRest)
		}
		return quotesMsg{view.ID, ids, all, err}
	})
}

func (m *model) takeQuotes(msg quotesMsg) {
	switch {
	case msg.room != m.room:
		return
	case msg.err != nil:
		m.timeline.SetQuote(m.quote) // which has them asked for again
		return
	}
	if m.quotes.known == nil {
		m.quotes.known = map[chat.MessageID]*chat.Message{}
	}
	for _, id := range msg.ids {
		m.quotes.known[id] = nil
	}
	for _, one := range msg.all {
		m.quotes.known[one.ID] = one
	}
	m.timeline.SetQuote(m.quote)
}
