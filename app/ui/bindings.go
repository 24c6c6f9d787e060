package ui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"teahouse/app/chat"
)

// binding is a key and what it does. The help is made of them, so that it
// cannot lack one.
type binding struct {
	keys  []string // as tea.KeyMsg names them
	label string   // as the help does; "" where another line tells this one too
	does  string
	run   func(m *model) tea.Cmd
}

// still is a binding's run that leads to no command.
func still(do func(m *model)) func(m *model) tea.Cmd {
	return func(m *model) tea.Cmd { do(m); return nil }
}

// press runs the binding of a key, where there is one.
func (m *model) press(all []binding, key string) (tea.Cmd, bool) {
	for _, b := range all {
		if slices.Contains(b.keys, key) {
			return b.run(m), true
		}
	}
	return nil, false
}

// writingKeys mean the same whatever is being typed.
func writingKeys() []binding {
	return []binding{
		{[]string{"enter"}, "Enter", "send", (*model).enter},
		{[]string{"tab"}, "Tab", "complete @ # / :", still((*model).complete)},
		{[]string{"shift+tab"}, "Shift+Tab", "the completion before", still(func(m *model) { m.composer.ShiftTab() })},
		{[]string{"esc"}, "Esc", "give up; go to the end", still((*model).giveUp)},
		{[]string{"ctrl+c"}, "^C", "clear what is typed", still((*model).interrupt)},
		{[]string{"ctrl+l"}, "^L", "draw again", still(func(m *model) { m.screen.Redraw() })},
		{[]string{"ctrl+g", "f1"}, "^G F1", "this help", still((*model).openHelp)},
	}
}

// idleKeys mean something where the composer has no use for them.
func idleKeys() []binding {
	return []binding{
		{[]string{"up"}, "↑", "edit your last message", still((*model).reviseLast)},
		{[]string{"ctrl+d"}, "^D", "leave the chat", func(*model) tea.Cmd { return tea.Quit }},
	}
}

func roomKeys() []binding {
	return []binding{
		{[]string{"ctrl+k"}, "^K", "find a room", (*model).openFinder},
		{[]string{"ctrl+n", "alt+right"}, "^N Alt+→", "next room", still(func(m *model) { m.step(+1) })},
		{[]string{"ctrl+p", "alt+left"}, "^P Alt+←", "previous room", still(func(m *model) { m.step(-1) })},
		{[]string{"alt+n"}, "Alt+N", "next unread room", still((*model).nextUnread)},
		{[]string{"alt+m"}, "Alt+M", "next mention of you", (*model).nextMention},
	}
}

func logKeys() []binding {
	return []binding{
		{[]string{"pgup"}, "PgUp PgDn", "scroll", still(func(m *model) { m.timeline.PageUp() })},
		{[]string{"pgdown"}, "", "", still(func(m *model) { m.timeline.PageDown(); m.markRead() })},
		{[]string{"ctrl+home"}, "^Home ^End", "top, end", still(func(m *model) { m.timeline.ToTop() })},
		{[]string{"ctrl+end"}, "", "", still((*model).toEnd)},
		{[]string{"ctrl+f"}, "^F", "search", still((*model).openSearch)},
		{[]string{"ctrl+o"}, "^O", "back from a jump", (*model).back},
	}
}

// boundKeys come before the composer's own.
func boundKeys() []binding {
	return slices.Concat(writingKeys(), roomKeys(), logKeys(), chooseKeys())
}

func (m *model) complete() {
	if !m.composer.Tab(words{m}) {
		m.status = "nothing to complete; Tab completes @names, #rooms, /commands and :emoji:"
	}
}

// giveUp leaves what was begun, and then what is being read.
func (m *model) giveUp() {
	switch {
	case m.composer.Cancel():
	case m.aim != aim{}:
		m.dropAim()
	default:
		m.toEnd()
	}
}

// interrupt clears what is being typed; leaving is another key's.
func (m *model) interrupt() {
	if m.composer.Empty() && m.aim == (aim{}) {
		m.status = "Ctrl+D or /quit leaves the chat"
		return
	}
	m.aim = aim{}
	m.composer.SetValue("")
}

// reviseLast takes back what was refused, or else edits what was said last.
func (m *model) reviseLast() {
	if m.takeBack() {
		return
	}
	if len(m.Session.Pending(m.room)) > 0 {
		m.status = "your last message is still on its way"
		return
	}
	mine, ok := m.timeline.LastOwn()
	if !ok {
		m.status = "there is nothing of yours to edit here"
		return
	}
	m.edit(mine)
}

// takeBack puts a message that was refused back into the composer.
func (m *model) takeBack() (any bool) {
	for _, p := range m.Session.Pending(m.room) {
		if p.Refused == nil || !m.composer.Empty() {
			continue
		}
		if body, ok := m.Session.Drop(p.Key); ok {
			m.composer.SetValue(typed(p.Kind, body))
			any = true
		}
	}
	m.timeline.SetPending(m.Session.Pending(m.room))
	return any
}

// typed is what one types to send such a message.
func typed(kind chat.Kind, body string) string {
	switch {
	case kind == chat.KindAction:
		return "/me " + body
	case strings.HasPrefix(body, "/"):
		return "/" + body
	}
	return body
}
