package ui

import (
	"fmt"
	"time"

	"teahouse/app/chat"
)

// burst is how long nobody must be called before the bell rings again.
const burst = 5 * time.Second

// attention knows what the person has been called for.
type attention struct {
	began time.Time // what was said before is no call
	seen  map[chat.RoomID]chat.MessageID
	last  time.Time // when there was a call
}

// attend rings and notifies where something has come that the person wants to
// be called for: in the open room, or in one of the others.
func (m *model) attend(open []*chat.Message) {
	if m.attention.seen == nil {
		m.attention.began = time.Now()
		m.attention.seen = make(map[chat.RoomID]chat.MessageID, len(m.rooms))
	}
	why := m.calledHere(open)
	for _, v := range m.rooms {
		if v.ID != m.room && why == "" {
			why = m.calledFrom(v)
		}
		m.attention.seen[v.ID] = v.Head
	}
	if why != "" {
		m.call(why)
	}
}

// calledHere tells what of the open room's new messages calls.
func (m *model) calledHere(open []*chat.Message) string {
	user, all := m.Session.User(), m.prefs.Settings.Bell == "all"
	for _, msg := range open {
		if m.isNews(msg) && (all || msg.Calls(user)) {
			return msg.Name + " in " + m.name + ": " + msg.Body
		}
	}
	return ""
}

// calledFrom tells what has come in another room that calls. It looks at the
// messages and not at their count: rooms are read one after the other when the
// person comes in, and what was there by then is no news.
func (m *model) calledFrom(v chat.RoomView) string {
	for id := v.Head; id > max(v.Read, m.attention.seen[v.ID]); id-- {
		msg, ok := m.Session.Message(v.ID, id)
		if !ok || msg.At.Before(m.attention.began) {
			return ""
		}
		switch {
		case !m.isNews(msg):
		case v.IsDirect():
			return v.Name + " wrote to you"
		case msg.Calls(m.Session.User()):
			return "you are mentioned in " + v.Title()
		case m.prefs.Settings.Bell == "all" && !v.Muted:
			return "something new in " + v.Title()
		}
	}
	return ""
}

// isNews tells whether it is by somebody else whom the person wants to hear.
func (m *model) isNews(msg *chat.Message) bool {
	return msg.From != m.Session.User().ID && !msg.Deleted && !m.prefs.Ignores(msg)
}

// call is made once a burst.
func (m *model) call(why string) {
	quiet := time.Since(m.attention.last) > burst
	m.attention.last = time.Now()
	if !quiet {
		return
	}
	settings := m.prefs.Settings
	var err error
	if settings.Bell != "off" {
		err = m.screen.Bell()
	}
	if err == nil && settings.Notify == "on" {
		err = m.screen.Notify(chat.Printable(m.House.Name), chat.Printable(short(why)))
	}
	if err != nil {
		m.failed = gone(err)
	}
}

// short cuts what a notification has no room for.
func short(s string) string {
	const most = 120
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// title is what the window is called: it counts what waits for the person.
func (m *model) title() string {
	name := m.name + " · " + m.House.Name
	waiting := 0
	for _, v := range m.rooms {
		switch {
		case v.ID == m.room:
		case v.IsDirect() && !v.Muted:
			waiting += v.Unread
		default:
			waiting += v.Mentions
		}
	}
	if waiting > 0 {
		name = fmt.Sprintf("(%d) %s", waiting, name)
	}
	return chat.Printable(name)
}
