package ui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
	"teahouse/app/ui/cell"
	"teahouse/app/ui/theme"
)

// From so many columns the top line has room for more than the rooms.
const (
	barNameFrom   = 32
	barHereFrom   = 40
	barRegionFrom = 60
)

// bar is the top line: the house, the rooms with what is unread, who is here.
func (m *model) bar(w int) string {
	of := barOf{m.th, m.room, m.name, w, m.Session.Count(chat.General), m.Session.Lag()}
	if m.kept.bar == "" || m.kept.barOf != of {
		m.kept.bar, m.kept.barOf = m.makeBar(w), of
	}
	return m.kept.bar
}

func (m *model) makeBar(w int) string {
	right := m.barRight(w)
	left := ""
	if w >= barNameFrom {
		left = " " + m.th.Strong.Paint(cell.Clip(chat.Printable(m.House.Name), w/4)) + "  "
	}
	room := w - ansi.StringWidth(left) - ansi.StringWidth(right)
	left += m.barRooms(room)
	pad := max(0, w-ansi.StringWidth(left)-ansi.StringWidth(right))
	return left + strings.Repeat(" ", pad) + right
}

// barRight says how many are here and, where there is room, in which region
// this replica stands, and how far that is from storage where people notice.
func (m *model) barRight(w int) string {
	if w < barHereFrom {
		return ""
	}
	var texts []string
	if here := m.Session.Count(chat.General); here > 0 { // who has come in alone is not counted yet
		texts = append(texts, fmt.Sprintf("%d here", here))
	}
	if m.House.Region != "" && w >= barRegionFrom {
		texts = append(texts, chat.Printable(m.House.Region))
	}
	late := ""
	if lag := m.Session.Lag(); lag > 0 && w >= barRegionFrom {
		late = fmt.Sprintf(" %d ms", lag.Milliseconds())
	}
	return m.th.Dim.Paint(cell.Clip(strings.Join(texts, " · "), w/3-len(late))) + m.th.Warning.Paint(late) + " "
}

// barRooms lists the rooms as far as they fit: the open one always, those with
// something unread before the others.
func (m *model) barRooms(width int) string {
	rooms := m.shown()
	labels := make([]string, len(rooms))
	for i, v := range rooms {
		labels[i] = m.barLabel(v, width)
	}
	fits := m.barFits(rooms, labels, width)
	var b strings.Builder
	var hidden []chat.RoomView
	for i, label := range labels {
		if fits[i] {
			b.WriteString(label)
		} else {
			hidden = append(hidden, rooms[i])
		}
	}
	return b.String() + m.barHidden(hidden)
}

// barHidden counts the rooms that there is no place for, and marks the count as
// the most urgent of them would be.
func (m *model) barHidden(rooms []chat.RoomView) string {
	if len(rooms) == 0 {
		return ""
	}
	all := chat.RoomView{Muted: true}
	for _, v := range rooms {
		all.Unread += v.Unread
		all.Muted = all.Muted && (v.Muted || v.Unread == 0)
		if isCalling(v) {
			all.Mentions++
		}
	}
	return m.barPen(all).Paint(fmt.Sprintf(" +%d%s", len(rooms), barMark(all)))
}

// isCalling tells whether what is unread in a room is for the person.
func isCalling(v chat.RoomView) bool {
	return v.Mentions > 0 || v.IsDirect() && v.Unread > 0 && !v.Muted
}

// barPen is how a room that is not open looks.
func (m *model) barPen(v chat.RoomView) theme.Pen {
	switch {
	case isCalling(v):
		return m.th.BarUnread
	case v.Unread > 0 && !v.Muted:
		return m.th.Strong
	}
	return m.th.BarRoom
}

// barMark stands behind the count where somebody is mentioned.
func barMark(v chat.RoomView) string {
	if v.Mentions > 0 {
		return "!"
	}
	return ""
}

const barMore = 6 // room kept for " +99!", and for a gap behind it

// barFits chooses the rooms to show in so many cells.
func (m *model) barFits(rooms []chat.RoomView, labels []string, width int) []bool {
	fits := make([]bool, len(rooms))
	left := width - barMore
	take := func(wanted func(v chat.RoomView) bool) {
		for i, v := range rooms {
			w := ansi.StringWidth(labels[i])
			if !fits[i] && wanted(v) && (w <= left || v.ID == m.room) {
				fits[i] = true
				left -= w
			}
		}
	}
	take(func(v chat.RoomView) bool { return v.ID == m.room })
	take(func(v chat.RoomView) bool { return v.Unread > 0 })
	take(func(v chat.RoomView) bool { return true })
	return fits
}

// barLabel is a room's name, short enough for the open room to fit always.
func (m *model) barLabel(v chat.RoomView, width int) string {
	const around = len(" [] ")
	most := min(max(8, m.size.Width/4), width-barMore-around)
	name := cell.Clip(chat.Printable(v.Title()), max(1, most))
	switch {
	case v.ID == m.room:
		if m.th.Plain {
			name = "[" + name + "]"
		}
		return " " + m.th.BarCurrent.Paint(name) + " "
	case v.Unread > 0:
		name = fmt.Sprintf("%s %d%s", name, min(v.Unread, 999), barMark(v))
	}
	return " " + m.barPen(v).Paint(name) + " "
}
