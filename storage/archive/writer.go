package archive

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"teahouse/app/chat"
)

// Writer writes an export, a line at a time. It is for one goroutine.
type Writer struct {
	out   *bufio.Writer
	lines *json.Encoder
	tally tally
	logs  map[chat.RoomID]*Reach
}

// Reach is how far a room's messages are written.
type Reach struct {
	Log
	ID  chat.MessageID // the highest so far
	Key string         // of that message
}

// NewWriter begins an export with the first line. By is the program's name and
// version.
func NewWriter(w io.Writer, by string) (*Writer, error) {
	a := newWriter(w, newTally(), map[chat.RoomID]*Reach{})
	return a, a.Write(Line{Header: &Header{Format: Format, ID: rand.Text(), At: time.Now().UTC().Truncate(time.Millisecond), By: by}})
}

func newWriter(w io.Writer, t tally, logs map[chat.RoomID]*Reach) *Writer {
	out := bufio.NewWriterSize(w, 256<<10)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	return &Writer{out: out, lines: lines, tally: t, logs: logs}
}

// Write adds a line.
func (a *Writer) Write(l Line) error {
	kind := l.kind()
	if kind < 0 {
		return errors.New("a line of an export has one record")
	}
	// What could not be read again is an error here, and not when it is needed.
	if err := l.check(); err != nil {
		return fmt.Errorf("the chat has a %s that cannot be: %w", a.tally.names[kind], err)
	}
	if err := a.lines.Encode(l); err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	a.tally.add(kind)
	follow(a.logs, l)
	return nil
}

// follow notes how far the messages are written.
func follow(logs map[chat.RoomID]*Reach, l Line) {
	switch {
	case l.Log != nil:
		logs[l.Log.Room] = &Reach{Log: *l.Log}
	case l.Message != nil:
		if at := logs[l.Message.Room]; at != nil && l.Message.ID > at.ID {
			at.ID, at.Key = l.Message.ID, l.Message.Key
		}
	}
}

// Reach tells how far a room's messages are written; nil where they are not begun.
func (a *Writer) Reach(room chat.RoomID) *Reach { return a.logs[room] }

// Reaches are those of all rooms.
func (a *Writer) Reaches() map[chat.RoomID]*Reach { return a.logs }

// Lines is how many lines there are.
func (a *Writer) Lines() int64 { return a.tally.lines }

// Messages is how many lines are messages.
func (a *Writer) Messages() int64 { return a.tally.of("message") }

// Flush hands on what is written so far.
func (a *Writer) Flush() error {
	if err := a.out.Flush(); err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return nil
}

// Close writes the last line, without which nobody takes the file for complete.
func (a *Writer) Close() error {
	return errors.Join(a.Write(Line{End: a.tally.end()}), a.Flush())
}
