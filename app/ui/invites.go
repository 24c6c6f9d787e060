package ui

import "teahouse/app/chat"

// tellInvites tells of invitations that the person was not told of yet.
func (m *model) tellInvites() {
	if !m.begun {
		return
	}
	invites := m.Session.Invites()
	if len(invites) == 0 {
		m.invited = nil
		return
	}
	waiting := map[chat.RoomID]bool{}
	for _, in := range invites {
		waiting[in.Room.ID] = true
		if !m.invited[in.Room.ID] {
			title := in.Room.Title()
			m.timeline.Info("good", in.By+" invites you to "+title+". /join "+title+" goes there, /invites "+title+" --off declines.")
		}
	}
	m.invited = waiting
}
