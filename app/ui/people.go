package ui

import (
	"teahouse/app/chat"
	"teahouse/app/ui/roster"
	"teahouse/app/ui/screen"
	"teahouse/app/ui/theme"
)

// sideOf is all that the roster beside the log depends on.
type sideOf struct {
	th          *theme.Theme
	roster      *chat.Roster
	me          chat.UserID // 0 where the person is not among those that fit
	top, height int
	width       int // of the terminal
}

// side is the roster, from the row top on: the screens that show it alike have
// one and the same.
func (m *model) side(top, height int) *screen.Side {
	of := sideOf{th: m.th, roster: m.Session.Roster(m.room), top: top, height: height, width: m.size.Width}
	if me := m.Session.User().ID; roster.Shows(of.roster.People, me, height) {
		of.me = me
	}
	return m.Shared.sides.Get(of, of.draw)
}

func (s sideOf) draw() *screen.Side {
	rows := roster.Rows(s.th, s.roster.People, s.me, rosterWidth, s.height)
	rule := s.th.Rule.Paint("│") + " "
	for i := range rows {
		rows[i] = rule + rows[i]
	}
	return screen.NewSide(logWidth(s.width), s.top, s.width, rows)
}

// logWidth is what the roster, where there is room for it, leaves of a width.
func logWidth(w int) int {
	if w < rosterFrom {
		return w
	}
	return w - rosterWidth - 2
}
