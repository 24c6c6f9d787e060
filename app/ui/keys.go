package ui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"teahouse/app/chat"
	"teahouse/app/command"
	"teahouse/app/ui/dialog"
)

// wheelLines is how far one notch of the wheel scrolls.
const wheelLines = 3

func (m *model) key(msg tea.KeyMsg) tea.Cmd {
	switch {
	case m.finder != nil:
		return m.finderKey(msg)
	case m.help != nil:
		if m.help.Key(msg) {
			m.help = nil
		}
		return nil
	}
	if cmd, ok := m.globalKey(msg); ok {
		return cmd
	}
	if m.composer.Key(msg) {
		if err := m.composer.Err(); err != nil {
			m.status = chat.ErrorText(err)
		}
		return nil
	}
	return m.leftKey(msg)
}

// globalKey handles the keys that mean the same whatever is being typed.
func (m *model) globalKey(msg tea.KeyMsg) (tea.Cmd, bool) {
	if msg.Type == tea.KeyRunes && !msg.Alt {
		return nil, false
	}
	switch msg.String() {
	case "enter":
		return m.enter(), true
	case "tab":
		if !m.composer.Tab(words{m}) {
			m.status = "nothing to complete; Tab completes @names, #rooms, /commands and :emoji:"
		}
	case "shift+tab":
		m.composer.ShiftTab()
	case "esc":
		if !m.composer.Cancel() {
			m.timeline.ToBottom()
			m.markRead()
		}
	case "ctrl+k":
		return m.openFinder(), true
	case "ctrl+g", "f1":
		m.help = dialog.NewHelp(m.th, helpSections())
	case "ctrl+l":
		m.screen.Redraw()
	case "ctrl+c":
		m.interrupt()
	default:
		return nil, m.roomKey(msg.String()) || m.scrollKey(msg.String())
	}
	return nil, true
}

func (m *model) roomKey(key string) bool {
	switch key {
	case "ctrl+n", "alt+right":
		m.step(+1)
	case "ctrl+p", "alt+left":
		m.step(-1)
	case "alt+n":
		m.nextUnread()
	default:
		return false
	}
	return true
}

func (m *model) scrollKey(key string) bool {
	switch key {
	case "pgup":
		m.timeline.PageUp()
	case "pgdown":
		m.timeline.PageDown()
	case "ctrl+home":
		m.timeline.ToTop()
	case "ctrl+end":
		m.timeline.ToBottom()
	default:
		return false
	}
	m.markRead()
	return true
}

// leftKey handles what the composer had no use for.
func (m *model) leftKey(msg tea.KeyMsg) tea.Cmd {
	switch msg.String() {
	case "ctrl+d":
		return tea.Quit
	case "up":
		m.takeBack()
	}
	return nil
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

// interrupt clears what is being typed; leaving is another key's.
func (m *model) interrupt() {
	if m.composer.Empty() {
		m.status = "Ctrl+D or /quit leaves the chat"
		return
	}
	m.composer.SetValue("")
}

// takeBack puts a message that was refused back into the composer.
func (m *model) takeBack() {
	for _, p := range m.Session.Pending(m.room) {
		if p.Refused == nil || !m.composer.Empty() {
			continue
		}
		if body, ok := m.Session.Drop(p.Key); ok {
			m.composer.SetValue(typed(p.Kind, body))
		}
	}
	m.timeline.SetPending(m.Session.Pending(m.room))
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

// enter sends what was typed, or runs it where it is a command.
func (m *model) enter() tea.Cmd {
	text := m.composer.Value()
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if line, ok := strings.CutPrefix(text, "/"); ok && !strings.HasPrefix(line, "/") {
		m.composer.Clear()
		return m.run(line)
	}
	// "//" begins a message that begins with a slash.
	body := text
	if strings.HasPrefix(text, "//") {
		body = text[1:]
	}
	if m.out {
		m.status = "not sent: you are not in " + m.name + " any more"
		return nil
	}
	if err := m.Session.Send(m.room, chat.KindText, body); err != nil {
		m.status = chat.ErrorText(err)
		return nil
	}
	m.composer.Clear()
	m.timeline.ToBottom()
	m.timeline.SetPending(m.Session.Pending(m.room))
	return nil
}

// nextUnread opens the next room in which something was said.
func (m *model) nextUnread() {
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

func helpSections() []dialog.Section {
	var commands [][2]string
	for _, c := range command.Table() {
		if c.Faces&command.Screen != 0 {
			commands = append(commands, [2]string{strings.TrimSpace("/" + c.Name + " " + c.Usage), c.Short})
		}
	}
	return []dialog.Section{
		{Title: "Keys", Lines: [][2]string{
			{"Enter", "send"},
			{"Alt+Enter, Ctrl+J", "another line"},
			{"Tab", "complete @ # / :"},
			{"PgUp PgDn, wheel", "scroll"},
			{"Esc", "close; to the end"},
			{"Ctrl+K", "find a room"},
			{"Ctrl+N Ctrl+P", "next, previous room"},
			{"Alt+N", "next unread room"},
			{"Ctrl+C", "clear what is typed"},
			{"Ctrl+Z Ctrl+Y", "undo, put back"},
			{"Up", "take back a refused text"},
			{"Ctrl+L", "draw again"},
			{"Ctrl+G, F1", "this help"},
			{"Ctrl+D", "leave"},
		}},
		{Title: "Commands", Lines: commands},
	}
}
