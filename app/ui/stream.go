package ui

import (
	"time"

	"teahouse/app/chat"
	"teahouse/app/ui/screen"
)

// stream shows new messages of the open room by scrolling them in, where they
// are all that is new and the view follows its end: what most frames come to,
// for a small part of what a frame costs. False: a frame has to be drawn; what
// the cursor passed is left for follow.
func (m *model) stream() bool {
	if !m.flows() {
		return false
	}
	step, ready := m.cursor.Next()
	if !ready {
		return false
	}
	if len(step.Messages) == 0 && len(step.Changes) == 0 && len(step.Notices) == 0 && !step.Missed {
		return true
	}
	rows, ok := m.fresh(step)
	if !ok {
		passed := step // so that a step that is shown here needs no place on the heap
		m.passed = &passed
		return false
	}
	m.cursor.Read(m.timeline.Newest())
	if err := m.screen.Push(m.kept.top, m.kept.bottom, rows); err != nil {
		m.failed = gone(err)
	}
	m.drawn.Store(time.Now().Add(respite(len(step.Messages))).UnixNano())
	m.Session.Showed(step.Messages)
	return m.failed == nil
}

// flows tells whether the screen shows nothing but the end of a room, and bars
// and people that no message changes.
func (m *model) flows() bool {
	return m.cursor != nil && m.passed == nil && m.begun && m.resumed && m.goal.id == 0 &&
		m.kept.plain && m.timeline.Flows()
}

// fresh takes in a step that is nothing but new messages of others, none of which
// calls the person, quotes, or is hidden, and gives its rows.
func (m *model) fresh(step chat.Step) (rows []screen.Row, ok bool) {
	if step.Missed || step.Rewound || len(step.Notices) > 0 || len(step.Changes) != len(step.Messages) ||
		m.prefs.Settings.Bell == "all" {
		return nil, false
	}
	user := m.Session.User()
	for i, msg := range step.Messages {
		if step.Changes[i].Act != "" || msg.Rev != step.Changes[i].Rev || msg.From == user.ID || msg.ReplyTo != 0 ||
			msg.Calls(user) || m.prefs.Ignores(msg) {
			return nil, false
		}
	}
	return m.timeline.Stream(step.Messages, m.kept.bottom-m.kept.top)
}

// crowded is how many messages come with one frame where nobody reads each of them,
// and torrent where nobody reads any.
const (
	crowded = 3
	torrent = 5
)

// respite is for how much longer than otherwise nothing is drawn after a frame of so
// many messages: a flood goes by 20 times a second, and a greater one 12 times, in a
// third and in three fifths fewer frames.
func respite(messages int) time.Duration {
	switch {
	case messages >= torrent:
		return frameTime * 3 / 2
	case messages >= crowded:
		return frameTime / 2
	}
	return 0
}
