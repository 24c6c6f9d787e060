package timeline

import (
	"time"

	"teahouse/app/chat"
)

// entryKind says what an entry is.
type entryKind uint8

const (
	kindMessage entryKind = iota
	kindNotices           // comings and goings in a row, or one other notice
	kindInfo              // what only this session sees
	kindGap               // messages that storage keeps no more
	kindPending
)

// entry is one thing in a timeline. There are many, and most are messages that
// are not visible: it is kept small.
type entry struct {
	kind   entryKind
	minute int16 // of the day; with day, the time as it is shown
	day    int32 // 0 for what has no time
	msg    *chat.Message
	extra  *extra
	layout *layout // nil while it is not visible
}

// extra is what entries have that are not messages.
type extra struct {
	at      time.Time
	notices []chat.Notice
	kind    string // of an info
	text    string
	missing int
	pending *chat.Pending
}

// layout is an entry as rows, and what they were made from beside the entry.
type layout struct {
	rows    []string
	lead    lead
	version int
}

// foldLimit is how many comings and goings one line tells at most.
const foldLimit = 100

// id is that of a message, 0 of everything else.
func (e *entry) id() chat.MessageID {
	if e.kind != kindMessage {
		return 0
	}
	return e.msg.ID
}

// at is when it happened, for what has a time.
func (e *entry) at() time.Time {
	if e.kind == kindMessage {
		return e.msg.At
	}
	return e.extra.at
}

// from is the author, 0 for what has none. Pending messages are one's own.
func (e *entry) from(me chat.UserID) chat.UserID {
	switch e.kind {
	case kindMessage:
		return e.msg.From
	case kindPending:
		return me
	}
	return 0
}

// name is the author's then; "" for what has none.
func (e *entry) name() string {
	switch e.kind {
	case kindMessage:
		return e.msg.Name
	case kindPending:
		return e.extra.pending.Name
	}
	return ""
}

// replyTo is the message that it answers; 0 for none.
func (e *entry) replyTo() chat.MessageID {
	switch e.kind {
	case kindMessage:
		return e.msg.ReplyTo
	case kindPending:
		return e.extra.pending.ReplyTo
	}
	return 0
}

// isSaid tells whether it is something said, that can stand in a group.
func (e *entry) isSaid() bool {
	switch e.kind {
	case kindMessage:
		return e.msg.Kind == chat.KindText
	case kindPending:
		return e.extra.pending.Kind == chat.KindText && e.extra.pending.Refused == nil
	}
	return false
}

func (t *Timeline) messageEntry(m *chat.Message) entry {
	t.seeName(m.Name)
	return t.timed(entry{msg: m}, m.At)
}

// timed notes the time as the session's place has it.
func (t *Timeline) timed(e entry, at time.Time) entry {
	local := at.In(t.loc)
	e.day = int32(local.Year()*366 + local.YearDay())
	e.minute = int16(local.Hour()*60 + local.Minute())
	return e
}

// Notices adds what happened beside the log. Comings and goings in a row
// become one line.
func (t *Timeline) Notices(ns []chat.Notice) {
	for _, n := range ns {
		if t.noTraffic && isTraffic(n) {
			continue
		}
		if !t.join(n) {
			t.add(t.timed(entry{kind: kindNotices, extra: &extra{at: n.At, notices: []chat.Notice{n}}}, n.At))
		}
	}
	t.trim()
}

// join adds a coming or going to the line of those right before it.
func (t *Timeline) join(n chat.Notice) bool {
	if len(t.entries) == 0 || !isTraffic(n) {
		return false
	}
	last := &t.entries[len(t.entries)-1]
	if last.kind != kindNotices || !isTraffic(last.extra.notices[0]) || len(last.extra.notices) >= foldLimit {
		return false
	}
	if t.timed(entry{}, n.At).day != last.day {
		return false
	}
	last.extra.notices = append(last.extra.notices, n)
	last.layout = nil
	return true
}

func isTraffic(n chat.Notice) bool { return n.Turn == chat.TurnIn || n.Turn == chat.TurnOut }

// Info adds lines that only this session sees, such as what a command says.
// The kinds "error", "warning" and "good" have a look of their own.
func (t *Timeline) Info(kind, text string) {
	t.add(entry{kind: kindInfo, extra: &extra{kind: kind, text: text}})
	t.trim()
}
