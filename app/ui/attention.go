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
	seen  map[chat.RoomID]calls
	last  time.Time // when there was a call
}

// calls is what of a room calls somebody.
type calls struct{ mentions, unread int }

// attend rings and notifies where something has come that the person wants to
// be called for. The first look calls for nothing.
func (m *model) attend(open []*chat.Message) {
	first := m.attention.seen == nil
	if first {
		m.attention.began = time.Now()
	}
	now := make(map[chat.RoomID]calls, len(m.rooms))
	why := m.calledHere(open)
	for _, v := range m.rooms {
		was := m.attention.seen[v.ID]
		now[v.ID] = calls{v.Mentions, v.Unread}
		if v.ID != m.room && why == "" && m.isLive(v) {
			why = m.calledFrom(v, was)
		}
	}
	m.attention.seen = now
	if !first && why != "" {
		m.call(why)
	}
}

// calledHere tells what of the open room's new messages calls.
func (m *model) calledHere(open []*chat.Message) string {
	user, settings := m.Session.User(), m.prefs.Settings
	for _, msg := range open {
		called := msg.Calls(user) || settings.Bell == "all" && msg.From != user.ID
		if called && !msg.Deleted && !m.prefs.Ignores(msg) {
			return msg.Name + " in " + m.name + ": " + msg.Body
		}
	}
	return ""
}

// isLive tells whether something was said in the room since the person came:
// rooms are read one after the other, and what was there is no news.
func (m *model) isLive(v chat.RoomView) bool {
	newest, ok := m.Session.Message(v.ID, v.Head)
	return ok && newest.At.After(m.attention.began)
}

// calledFrom tells what has come in another room that calls.
func (m *model) calledFrom(v chat.RoomView, was calls) string {
	switch {
	case v.IsDirect() && v.Unread > was.unread:
		return v.Name + " wrote to you"
	case v.Mentions > was.mentions:
		return "you are mentioned in " + v.Title()
	case m.prefs.Settings.Bell == "all" && v.Unread > was.unread && !v.Muted:
		return "something new in " + v.Title()
	}
	return ""
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
