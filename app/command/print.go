package command

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"teahouse/app/chat"
)

// Printer is where a command's answers go: lines for people, or one JSON
// object a line for programs.
type Printer struct {
	W    io.Writer
	JSON bool
}

// Print writes the answer in the form that was asked for.
func (p Printer) Print(object any, format string, args ...any) error {
	if p.JSON {
		return p.encode(object)
	}
	_, err := fmt.Fprintf(p.W, format+"\n", args...)
	return err
}

func (p Printer) encode(object any) error {
	enc := json.NewEncoder(p.W)
	enc.SetEscapeHTML(false)
	return enc.Encode(object)
}

// MessageJSON is a message as --json shows it. The fields stay as they are.
type MessageJSON struct {
	ID   chat.MessageID `json:"id"`
	Room string         `json:"room"` // ops, or @bob
	From string         `json:"from"`
	At   string         `json:"at"` // RFC 3339, UTC, milliseconds
	Kind chat.Kind      `json:"kind,omitempty"`
	Body string         `json:"body"`
}

const (
	jsonTime = "2006-01-02T15:04:05.000Z07:00"
	textTime = "2006-01-02 15:04:05"
)

func stamp(t time.Time) string { return t.UTC().Format(jsonTime) }

func roomName(r chat.Room) string { return strings.TrimPrefix(r.Title(), "#") }

// Message prints a message of the room.
func (p Printer) Message(room chat.Room, m *chat.Message) error {
	object := MessageJSON{ID: m.ID, Room: roomName(room), From: m.Name, At: stamp(m.At), Kind: m.Kind, Body: m.Body}
	if p.JSON {
		return p.encode(object)
	}
	said := m.Name + ": " + m.Body
	if m.Kind == chat.KindAction {
		said = "* " + m.Name + " " + m.Body
	}
	lines := strings.Split(said, "\n")
	for i, line := range lines {
		lines[i] = chat.Printable(line)
	}
	_, err := fmt.Fprintf(p.W, "%sZ %s\n", m.At.UTC().Format(textTime), strings.Join(lines, "\n    "))
	return err
}
