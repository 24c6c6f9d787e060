package command

import (
	"fmt"
	"io"

	"teahouse/app/chat"
)

// The kinds of event that tail --json tells, described in docs/bots.md. Their
// names and fields stay as they are.
const (
	eventMessage  = "message"
	eventEdit     = "edit"
	eventDelete   = "delete"
	eventReaction = "reaction"
	eventJoin     = "join"
	eventLeave    = "leave"
	eventRename   = "rename"
	eventTopic    = "topic"
	eventDeed     = "deed"
	eventRewind   = "rewind"
	eventGap      = "gap"
)

// messageEvent is a message as it was posted or changed.
type messageEvent struct {
	Event string `json:"event"`
	MessageJSON
	By    string `json:"by,omitempty"`    // who changed it
	Emoji string `json:"emoji,omitempty"` // of a reaction
	Off   bool   `json:"off,omitempty"`   // the reaction was taken back
}

// noticeEvent is something beside the log.
type noticeEvent struct {
	Event string  `json:"event"`
	Room  string  `json:"room"`
	Name  string  `json:"name"` // whose doing it is
	At    string  `json:"at"`   // when this replica heard of it
	Was   string  `json:"was,omitempty"`
	Topic *string `json:"topic,omitempty"`

	Act    chat.Verb `json:"act,omitempty"` // of a deed, as all that follows
	Target string    `json:"target,omitempty"`
	Why    string    `json:"why,omitempty"`
	Text   string    `json:"text,omitempty"` // the same in words
}

// rewindEvent says that messages that were told are lost.
type rewindEvent struct {
	Event string         `json:"event"`
	Room  string         `json:"room"`
	To    chat.MessageID `json:"to"`
}

// gapEvent says that something could not be told.
type gapEvent struct {
	Event   string         `json:"event"`
	Room    string         `json:"room"`
	After   chat.MessageID `json:"after"`
	Missing chat.MessageID `json:"missing"`
}

// post tells of a message.
func (f *followed) post(m *chat.Message) error {
	out := f.call.Out
	switch {
	case out.hides(m):
		return nil
	case !out.JSON:
		return out.Message(f.room, m)
	}
	return out.encode(messageEvent{Event: eventMessage, MessageJSON: messageJSON(f.room, m)})
}

// change tells of an edit, a deletion or a reaction. One of a message that is
// no longer kept is past telling.
func (f *followed) change(e chat.Entry) error {
	if e.Message == nil || f.call.Out.hides(e.Message) {
		return nil
	}
	return f.call.Out.encode(messageEvent{
		Event: changeEvent(e.Act), MessageJSON: messageJSON(f.room, e.Message),
		By: e.By, Emoji: e.Emoji, Off: e.Act == chat.ActUnreact,
	})
}

func changeEvent(act chat.Act) string {
	switch act {
	case chat.ActEdit:
		return eventEdit
	case chat.ActDelete:
		return eventDelete
	case chat.ActReact, chat.ActUnreact:
		return eventReaction
	}
	return ""
}

// notice tells what happened beside the log. One's own coming and going is no
// news to oneself.
func (f *followed) notice(n chat.Notice) error {
	if n.User == f.call.User.ID && (n.Turn == chat.TurnIn || n.Turn == chat.TurnOut) {
		return nil
	}
	event := noticeEvent{Event: turnEvent(n.Turn), Room: roomName(f.room), Name: n.Name, At: stamp(n.At)}
	switch n.Turn {
	case chat.TurnName:
		event.Was = n.Was
	case chat.TurnTopic:
		event.Topic = &n.Text
	case chat.TurnDid:
		event.Act, event.Target, event.Why, event.Text = n.Did.Verb, n.Did.Target, n.Did.Why, n.Text
	}
	return f.call.Out.encode(event)
}

// turnEvent is "" for the turns of which no notice is made.
func turnEvent(turn chat.Turn) string {
	switch turn {
	case chat.TurnIn:
		return eventJoin
	case chat.TurnOut:
		return eventLeave
	case chat.TurnName:
		return eventRename
	case chat.TurnTopic:
		return eventTopic
	case chat.TurnDid:
		return eventDeed
	case chat.TurnAway, chat.TurnBack:
	}
	return ""
}

// rewound tells that storage lost what is newer than a message: people in
// words, programs by an event.
func (f *followed) rewound(to chat.MessageID) error {
	f.last = to
	if f.call.Out.JSON {
		if err := f.call.Out.encode(rewindEvent{Event: eventRewind, Room: roomName(f.room), To: to}); err != nil {
			return err
		}
	}
	return f.warn("the chat's storage has lost messages of %s: all after number %d, also those printed here, are no longer in its history", to)
}

// gap tells that messages, up to the one before next, are no longer kept, or,
// where that is none, that changes of older ones were missed.
func (f *followed) gap(next chat.MessageID) error {
	after := f.last
	f.last = next - 1
	if f.call.Out.JSON {
		event := gapEvent{Event: eventGap, Room: roomName(f.room), After: after, Missing: f.last - after}
		if err := f.call.Out.encode(event); err != nil || event.Missing == 0 {
			return err
		}
	}
	return f.warn("messages of %s that were not read in time are no longer kept: %d", f.last-after)
}

// warn tells something about the room on the caller's standard error, where
// programs that read the messages do not take it for one.
func (f *followed) warn(format string, n chat.MessageID) error {
	stream, ok := f.call.Out.W.(interface{ Stderr() io.ReadWriter })
	if !ok {
		return nil
	}
	text := chat.Printable(fmt.Sprintf(format, f.room.Title(), n))
	_, err := fmt.Fprintf(stream.Stderr(), "teahouse: %s\n", text)
	return err
}
