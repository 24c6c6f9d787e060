package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"teahouse/app/chat"
)

// Printer is where a command's answers go: lines for people, or one JSON
// object a line for programs.
type Printer struct {
	W    io.Writer
	JSON bool
	// Columns tells how wide a terminal is whose owner reads the lines; nil or
	// 0: they come as they are.
	Columns func() int
	// Hidden tells which messages are not printed; nil: all are.
	Hidden func(*chat.Message) bool
}

// Print writes the answer in the form that was asked for. The lines are those
// of the format: no argument adds one, nor anything that is not to be printed,
// whatever is in storage.
func (p Printer) Print(object any, format string, args ...any) error {
	if p.JSON {
		return p.encode(object)
	}
	for i, arg := range args {
		if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
			args[i] = chat.Printable(v.String())
		}
	}
	return p.lines(fmt.Sprintf(format, args...))
}

// lines prints those of a text, each in rows that a terminal does not break.
func (p Printer) lines(text string) error {
	var b strings.Builder
	for line := range strings.Lines(text + "\n") {
		b.WriteString(p.rows(strings.TrimSuffix(line, "\n")))
		b.WriteByte('\n')
	}
	_, err := io.WriteString(p.W, b.String())
	return err
}

// rows is a text as people read it, its lines behind the first one indented.
func (p Printer) rows(text string) string {
	columns := 0
	if p.Columns != nil {
		columns = p.Columns()
	}
	return strings.Join(chat.Rows(text, columns), "\n")
}

// encode is the one place where JSON is written.
func (p Printer) encode(object any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(object); err != nil {
		return err
	}
	_, err := p.W.Write(chat.PlainJSON(b.Bytes()))
	return err
}

// MessageJSON is a message as --json shows it. The fields stay as they are.
type MessageJSON struct {
	ID   chat.MessageID `json:"id"`
	Room string         `json:"room"` // ops, or @bob
	From string         `json:"from"`
	At   string         `json:"at"` // RFC 3339, UTC, milliseconds
	Kind chat.Kind      `json:"kind,omitempty"`
	Body string         `json:"body"`

	ReplyTo chat.MessageID `json:"reply_to,omitempty"` // the message that it answers

	Edited    string         `json:"edited,omitempty"` // when, as At
	Deleted   bool           `json:"deleted,omitempty"`
	Reactions map[string]int `json:"reactions,omitempty"` // emoji → how many people
}

func messageJSON(room chat.Room, m *chat.Message) MessageJSON {
	object := MessageJSON{
		ID: m.ID, Room: roomName(room), From: m.Name, At: stamp(m.At), Kind: m.Kind, Body: m.Body,
		ReplyTo: m.ReplyTo, Deleted: m.Deleted,
	}
	if !m.Edited.IsZero() {
		object.Edited = stamp(m.Edited)
	}
	if len(m.Reactions) > 0 {
		object.Reactions = make(map[string]int, len(m.Reactions))
	}
	for _, r := range m.Reactions {
		object.Reactions[r.Emoji] = len(r.Users)
	}
	return object
}

func (p Printer) hides(m *chat.Message) bool { return p.Hidden != nil && p.Hidden(m) }

const (
	jsonTime = "2006-01-02T15:04:05.000Z07:00"
	textTime = "2006-01-02 15:04:05"
)

func stamp(t time.Time) string { return t.UTC().Format(jsonTime) }

func roomName(r chat.Room) string { return strings.TrimPrefix(r.Title(), "#") }

// Message prints a message of the room as it is now, unless it is hidden.
func (p Printer) Message(room chat.Room, m *chat.Message) error {
	if p.hides(m) {
		return nil
	}
	if p.JSON {
		return p.encode(messageJSON(room, m))
	}
	_, err := fmt.Fprintln(p.W, p.rows(stamped(m)))
	return err
}

// stamped is a message with its time.
func stamped(m *chat.Message) string { return m.At.UTC().Format(textTime) + "Z " + said(m) }

// said is a message as people read it, its reactions on a line of their own.
// Lines are those of the body and no others.
func said(m *chat.Message) string {
	name := chat.Printable(m.Name)
	text := name + ": " + m.Body
	switch {
	case m.Deleted:
		text = name + ": (message deleted)"
	case m.Kind == chat.KindAction:
		text = "* " + name + " " + m.Body
	case m.Kind == chat.KindAnnouncement:
		text = "announcement by " + name + ": " + m.Body
	}
	if !m.Edited.IsZero() {
		text += " (edited)"
	}
	for i, r := range m.Reactions {
		gap := "   "
		if i == 0 {
			gap = "\n"
		}
		text += gap + chat.Printable(r.Emoji) + " " + strconv.Itoa(len(r.Users))
	}
	return text
}
