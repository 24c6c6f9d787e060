package ui

import (
	"teahouse/app/chat"
)

// people keeps who is in the open room, sorted, until that changes.
type people struct {
	room chat.RoomID
	mark int64 // the roll's version
	here int64 // the version of general's
	list []chat.Person
}

// pull looks again where somebody came or went.
func (p *people) pull(s *chat.Session, room chat.RoomID) {
	mark, here := s.RollVersion(room), s.RollVersion(chat.General)
	if p.list != nil && p.room == room && p.mark == mark && p.here == here {
		return
	}
	p.room, p.mark, p.here = room, mark, here
	p.list = s.People(room)
}

func (p *people) names() []string {
	names := make([]string, len(p.list))
	for i, one := range p.list {
		names[i] = one.Name
	}
	return names
}
