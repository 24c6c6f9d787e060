package command

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"teahouse/app/chat"
)

// Storage may hold what this version would not have let in: what is printed of
// it adds no line and does nothing to a terminal.
func TestPrintOfWhatNobodyLetIn(t *testing.T) {
	const evil = "e\x1b]52;c;aGk=\avi\u009b2J\u202el\x00\r\nadmin: hi"
	const tame = "evil admin: hi"
	type word string
	var out bytes.Buffer
	p := Printer{W: &out}
	if err := p.Print(nil, "%s is in %s for %s, %d\n    and %s", evil, word(evil), time.Minute, chat.MessageID(7), evil); err != nil {
		t.Fatal(err)
	}
	if want := tame + " is in " + tame + " for 1m0s, 7\n    and " + tame + "\n"; out.String() != want {
		t.Errorf("Print prints %q, want %q", out.String(), want)
	}
	m := &chat.Message{ID: 1, Name: evil, Body: evil + "\tx", Reactions: []chat.Reaction{{Emoji: evil, Users: []chat.UserID{1}}}}
	room := chat.Room{ID: "1", Name: evil}
	out.Reset()
	if err := p.Found(room, m); err != nil {
		t.Fatal(err)
	}
	if want := "#" + tame + "/1  0001-01-01 00:00:00Z " + tame + ": evil \n    admin: hi x\n    " + tame + " 1\n"; out.String() != want {
		t.Errorf("Found prints %q, want %q", out.String(), want)
	}
	out.Reset()
	p.JSON = true
	if err := p.Message(room, m); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.ContainsAny(got, "\x1b\a\u009b\u202e\x00\r") || strings.Count(got, "\n") != 1 || !strings.Contains(got, `\u009b2J\u202el`) {
		t.Errorf("as JSON: %q", got)
	}
}
