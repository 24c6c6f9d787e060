package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"teahouse/app/chat"
	"teahouse/app/command"
	"teahouse/app/ui/composer"
	"teahouse/app/ui/dialog"
)

// ranMsg is what came of a command.
type ranMsg struct {
	line string
	room chat.RoomID
	call *command.Call
	out  string
	err  error
}

// run gives a command to the one table of commands.
func (m *model) run(line string) tea.Cmd {
	room := m.room
	call := &command.Call{
		Service: m.Service, Session: m.Session, User: m.Session.User(), Key: m.Key,
		Room: room, Face: command.Screen,
	}
	return m.do(func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, commandTime)
		defer cancel()
		var out strings.Builder
		call.Out = command.Printer{W: &out}
		err := command.Run(ctx, line, call)
		if err == nil && call.Open != "" {
			err = m.Session.Await(ctx, call.Open)
		}
		return ranMsg{line: line, room: room, call: call, out: out.String(), err: err}
	})
}

// ran shows a command's answer and does what it asks of the screen. The line
// of one that failed is there again to be corrected.
func (m *model) ran(msg ranMsg) tea.Cmd {
	// What happened meanwhile comes first: it may put away what is shown.
	m.pull()
	if msg.err != nil {
		if m.composer.Empty() && m.room == msg.room {
			m.composer.SetValue("/" + msg.line)
		}
		m.say("error", errorText(msg.err))
		return nil
	}
	if msg.call.Quit {
		return tea.Quit
	}
	if msg.out != "" {
		m.say("", msg.out)
	}
	if msg.call.Help {
		m.openHelp()
	}
	switch {
	case msg.call.At > 0:
		return m.jump(msg.call.Open, msg.call.At)
	case msg.call.Open != "":
		m.open(msg.call.Open)
	}
	return nil
}

func errorText(err error) string {
	if usage, ok := err.(*command.UsageError); ok {
		return usage.Text
	}
	return chat.ErrorText(err)
}

// openFinder shows the rooms that one is in and, as soon as they are read,
// those that one could join.
func (m *model) openFinder() tea.Cmd {
	m.finder = dialog.NewFinder(m.th, m.finderItems(nil))
	user := m.Session.User()
	return m.do(func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, commandTime)
		defer cancel()
		rooms, err := m.Service.Directory(ctx, user)
		return roomsMsg{rooms: rooms, err: err}
	})
}

// roomsMsg brings the rooms that the person may know of.
type roomsMsg struct {
	rooms []chat.Listed
	err   error
}

func (m *model) takeRooms(msg roomsMsg) {
	switch {
	case msg.err != nil:
		m.status = chat.ErrorText(msg.err)
	case m.finder != nil && m.reacting == nil:
		m.finder.SetItems(m.finderItems(msg.rooms))
	}
}

// finderItems lists rooms to choose from: one's own by their ids, the others by
// what joining them takes.
func (m *model) finderItems(all []chat.Listed) []dialog.Item {
	known := map[chat.RoomID]chat.Listed{}
	for _, r := range all {
		known[r.ID] = r
	}
	var items []dialog.Item
	mine := map[chat.RoomID]bool{}
	for _, v := range m.shown() {
		mine[v.ID] = true
		items = append(items, dialog.Item{ID: string(v.ID), Title: v.Title(), Detail: m.detail(v.Room, known[v.ID]), Unread: v.Unread})
	}
	for _, in := range m.Session.Invites() {
		items = append(items, dialog.Item{ID: in.Room.Title(), Title: in.Room.Title(), Detail: in.By + " invites you"})
	}
	for _, r := range all {
		if !mine[r.ID] {
			items = append(items, dialog.Item{ID: r.Title(), Title: r.Title(), Detail: m.detail(r.Room, r)})
		}
	}
	return items
}

// detail says who is in a room, what it is about, and what was said there last.
func (m *model) detail(room chat.Room, r chat.Listed) string {
	var parts []string
	if r.Members > 0 && !room.IsDirect() && room.ID != chat.General {
		parts = append(parts, strconv.Itoa(r.Members)+" in")
	}
	if room.Archived {
		parts = append(parts, "archived")
	}
	if last := r.Last; last != nil && !last.Deleted && !m.prefs.Ignores(last) {
		parts = append(parts, m.when(last.At)+" "+last.Name+": "+m.markup().Line(last.Body))
	}
	if room.Topic != "" {
		parts = append(parts, room.Topic)
	}
	return strings.Join(parts, " · ")
}

// when is a time as short as it can be told.
func (m *model) when(at time.Time) string {
	at, now := at.In(m.zone), time.Now().In(m.zone)
	switch {
	case at.YearDay() != now.YearDay() || at.Year() != now.Year():
		return at.Format("2 Jan")
	case m.prefs.Settings.Clock == "12":
		return at.Format("3:04pm")
	}
	return at.Format("15:04")
}

func (m *model) finderKey(msg tea.KeyMsg) tea.Cmd {
	result := m.finder.Key(msg)
	switch result.Action {
	case dialog.Open:
		m.finder = nil
		if msg := m.reacting; msg != nil {
			m.reacting = nil
			return m.react(msg, result.ID)
		}
		return m.openOrJoin(result.ID)
	case dialog.Create:
		m.finder = nil
		return m.run("join " + result.Name)
	case dialog.Close:
		m.finder, m.reacting = nil, nil
	}
	return nil
}

func (m *model) openOrJoin(item string) tea.Cmd {
	if _, in := m.Session.Room(chat.RoomID(item)); in {
		m.open(chat.RoomID(item))
		return nil
	}
	return m.run("join " + item)
}

// Complete implements composer.Source.
func (w words) Complete(kind composer.Kind, prefix string) []string {
	var all []string
	switch kind {
	case composer.Name:
		for _, p := range w.Session.Roster(w.room).People {
			all = append(all, p.Name)
		}
	case composer.Room:
		for _, v := range w.rooms {
			// Nobody else is told of a private room by a slip of the Tab key.
			if !v.IsDirect() && !v.Private {
				all = append(all, v.Name)
			}
		}
	case composer.Command:
		for _, c := range command.Table() {
			if c.Faces&command.Screen != 0 && (w.Session.User().Admin || !c.Admin) {
				all = append(all, c.Name)
			}
		}
	}
	prefix = strings.ToLower(prefix)
	all = slices.DeleteFunc(all, func(s string) bool { return !strings.HasPrefix(s, prefix) })
	slices.Sort(all)
	return all
}
