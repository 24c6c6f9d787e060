package archive_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
	"teahouse/storage/archive"
)

func moment() time.Time { return time.Date(2026, 11, 22, 9, 14, 3, 512e6, time.UTC) }

// records are one of each kind.
func records() []archive.Line {
	at := moment()
	return []archive.Line{
		{Log: &archive.Log{Room: "0", Last: 2, Rev: 3}},
		{Message: &archive.Message{
			Room: "0", ID: 1, Rev: 1, At: at, Key: "k", From: 1, Name: "anna", Body: "<b> & \u2028☕", Edited: at,
			Reactions: map[string][]chat.UserID{"👍": {2, 1}},
		}},
		{Message: &archive.Message{Room: "0", ID: 2, Rev: 2, At: at, Prev: "k", Key: "l", From: 1, Kind: "me", ReplyTo: 1, Deleted: at}},
		{Log: &archive.Log{Room: "3:7"}},
		{Room: &archive.Room{ID: "&4", Name: "tea", Moderators: []chat.UserID{2}, SlowMillis: 30, Archived: true, KeptUntil: at}},
		{Member: &archive.Member{Room: "&4", User: 2, Name: "bert", Joined: 5}},
		{Sanction: &archive.Sanction{Act: chat.ActBan, Kind: chat.TargetUser, ID: "9", By: "anna", At: at, Until: at}},
		{Pin: &archive.Pin{Room: "&4", ID: 1, At: at}},
		{Change: &archive.Change{Room: "0", Rev: 3, Key: "m", ID: 1, Act: chat.ActReact, By: "bert", Emoji: "👍"}},
		{RoomName: &archive.RoomName{Name: "ops", Room: "1"}},
		{Door: &archive.Door{Door: "abcd", Room: "&4"}},
		{User: &archive.User{ID: 1, Name: "anna", Settings: map[string]string{"theme": "paper"}, Away: "lunch", AwayAt: at}},
		{Seat: &archive.Seat{User: 1, Room: "&4", Member: true, Read: 1, Quiet: true, Draft: "half"}},
		{Invitation: &archive.Invitation{User: 1, Room: "&4", At: at, By: "bert"}},
		{Ignored: &archive.Ignored{User: 1, Other: 2, Name: "bert"}},
		{Key: &archive.Key{Fingerprint: "SHA256:x", User: 1, Line: "ssh-ed25519 AAAA"}},
		{UserName: &archive.UserName{Name: "anna", User: 1, Until: at}},
		{Place: &archive.Place{Code: "c0de", By: 1, Taker: "SHA256:y", Until: at}},
		{Deed: &archive.Deed{ID: 1, At: at, By: "anna", ByID: 1, Act: "ban", Target: "eve"}},
		{Chat: &archive.Chat{Users: 2, Rooms: 4, Deeds: 1, MOTD: "hi", DoorSalt: "salt"}},
		{HostKey: &archive.HostKey{PEM: "-----BEGIN"}},
	}
}

func written(t *testing.T, lines ...archive.Line) string {
	t.Helper()
	var out bytes.Buffer
	w, err := archive.NewWriter(&out, "a test")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if err := w.Write(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func read(text string) (lines []archive.Line, err error) {
	r, err := archive.NewReader(strings.NewReader(text))
	for err == nil {
		var line archive.Line
		if line, err = r.Next(); err == nil {
			lines = append(lines, line)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return lines, err
}

func TestRoundTrip(t *testing.T) {
	lines, err := read(written(t, records()...))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(records(), lines[:len(lines)-1]); diff != "" {
		t.Error(diff)
	}
	if end := lines[len(lines)-1].End; end == nil || end.Lines["message"] != 2 || end.Lines["teahouse_export"] != 1 {
		t.Errorf("the end is %+v", end)
	}
}

// Each mistake is told with its line.
func TestMistakes(t *testing.T) {
	whole := written(t, records()...)
	lines := strings.SplitAfter(whole, "\n")
	lines = lines[:len(lines)-1]
	with := func(i int, text string) string {
		return strings.Join(append(append(append([]string{}, lines[:i]...), text), lines[i+1:]...), "")
	}
	for name, test := range map[string]struct{ text, want string }{
		"nothing":         {"", "line 1: the file is empty"},
		"another file":    {"PK\x03\x04 and so on\n", "line 1: this is not what teahouse export writes"},
		"other lines":     {`{"id":1}` + "\n", "line 1: this is not what teahouse export writes"},
		"no first line":   {strings.Join(lines[1:], ""), "line 1: this is not what teahouse export writes: its first line"},
		"no format":       {with(0, `{"teahouse_export":{"id":"x"}}`+"\n"), "line 1: the first line has no format"},
		"newer":           {with(0, `{"teahouse_export":{"format":2,"soul":true}}`+"\n"), "line 1: the file is of a format newer than 1"},
		"cut in a line":   {whole[:len(whole)/2], "ends here, before its end"},
		"cut behind one":  {strings.Join(lines[:7], ""), "line 8: the file ends here, before its end"},
		"only the first":  {lines[0], "line 2: the file ends here"},
		"a line missing":  {with(3, ""), fmt.Sprintf("line %d: lines are missing", len(lines)-1)},
		"behind the end":  {whole + lines[1], fmt.Sprintf("line %d: something follows behind the end", len(lines)+1)},
		"two files":       {strings.Join(lines[:3], "") + whole, "line 4: another export begins here"},
		"an unknown kind": {with(2, `{"hat":{}}`+"\n"), `line 3: there is a field "hat"`},
		"unknown fields":  {with(2, `{"message":{"room":"0","id":1,"hat":1}}`+"\n"), `line 3: there is a field "hat"`},
		"a setting":       {with(2, `{"user":{"id":1,"name":"x","settings":{"hat":"1"}}}`+"\n"), `line 3: there is a setting "hat"`},
		"two records":     {with(2, `{"log":{"room":"0"},"pin":{"room":"0","id":1}}`+"\n"), "line 3: it is not one record"},
		"no record":       {with(2, "{}\n"), "line 3: it is not one record"},
		"two objects":     {with(2, strings.TrimSpace(lines[2])+"{}\n"), "line 3: something follows"},
		"an empty line":   {with(2, "\n"), "line 3: it cannot be read as JSON"},
		"another type":    {with(2, `{"log":{"room":0}}`+"\n"), "line 3: the field log.room cannot be a number"},
		"not UTF-8":       {with(2, "{\"log\":{\"room\":\"\xff\"}}\n"), "line 3: it is not UTF-8"},
		"no room":         {with(2, `{"log":{"room":"0}:leases"}}`+"\n"), `line 3: "0}:leases" is no room's id`},
		"no user":         {with(2, `{"user":{"name":"x"}}`+"\n"), "line 3: the user's id is 0"},
		"no time":         {with(2, `{"message":{"room":"0","id":1}}`+"\n"), "line 3: the field at is missing"},
		"a long line":     {with(2, `{"log":{"room":"`+strings.Repeat("0", 9<<20)+"\n"), "line 3: the line is longer"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(test.text)
			var fault *archive.FileError
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, and should have %q", err, test.want)
			}
			if _, _, again := archive.Verify(strings.NewReader(test.text)); fmt.Sprint(again) != fmt.Sprint(err) {
				t.Errorf("verified: %v", again)
			}
		})
	}
}

func TestVerify(t *testing.T) {
	whole := written(t, records()...)
	id, lines, err := archive.Verify(strings.NewReader(whole))
	if err != nil || lines != int64(strings.Count(whole, "\n")) || !strings.Contains(whole, id) {
		t.Errorf("export %q of %d lines: %v", id, lines, err)
	}
}

// What is written can be read: what cannot be read is not written.
func TestWriterRefuses(t *testing.T) {
	w, err := archive.NewWriter(io.Discard, "a test")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []archive.Line{{}, {Log: &archive.Log{Room: "x"}}, {Log: &archive.Log{Room: "0"}, Chat: &archive.Chat{}}} {
		if err := w.Write(l); err == nil {
			t.Errorf("%+v was written", l)
		}
	}
}

func TestResume(t *testing.T) {
	whole := written(t, records()...)
	header := strings.Index(whole, "\n") + 1
	messages := strings.Index(whole, `{"room":{`) // the first line that is no message's
	for cut := header; cut < len(whole); cut++ {
		f := &inMemory{text: []byte(whole[:cut])}
		w, err := archive.Resume(f, "another")
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		size := len(f.text)
		if want := min(strings.LastIndex(whole[:cut], "\n")+1, messages); size != want {
			t.Fatalf("cut at %d: goes on at %d, and should at %d", cut, size, want)
		}
		if at := w.Reach("0"); size == messages && (at == nil || at.ID != 2 || at.Key != "l" || at.Rev != 3 || w.Messages() != 2) {
			t.Fatalf("cut at %d: it reaches to %+v", cut, at)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := archive.Verify(bytes.NewReader(f.text)); err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
}

// What is no export, or a whole one, stays as it is.
func TestResumeRefuses(t *testing.T) {
	whole := written(t, records()...)
	if _, err := archive.Resume(&inMemory{text: []byte(whole)}, "x"); !errors.Is(err, archive.ErrComplete) {
		t.Errorf("a whole one: %v", err)
	}
	for _, text := range []string{"my notes\n", whole[:9], whole[:200] + "\x00\x00\n\x00", strings.Replace(whole, `"format":1`, `"format":2`, 1)} {
		f := &inMemory{text: []byte(text)}
		if _, err := archive.Resume(f, "x"); err == nil || string(f.text) != text {
			t.Errorf("%.40q: %v, and it is now %.40q", text, err, f.text)
		}
	}
}

// inMemory is a file.
type inMemory struct {
	text []byte
	at   int
}

func (m *inMemory) Read(p []byte) (int, error) {
	if m.at >= len(m.text) {
		return 0, io.EOF
	}
	n := copy(p, m.text[m.at:])
	m.at += n
	return n, nil
}

func (m *inMemory) Write(p []byte) (int, error) {
	m.text = append(m.text[:m.at], p...)
	m.at = len(m.text)
	return len(p), nil
}

func (m *inMemory) Seek(offset int64, whence int) (int64, error) {
	m.at = int(offset)
	if whence == io.SeekEnd {
		m.at += len(m.text)
	}
	return int64(m.at), nil
}

func (m *inMemory) Truncate(size int64) error {
	m.text = m.text[:size]
	return nil
}

// TestDocument: docs/export.md tells of each kind, of no other, and of all fields.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/export.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]+) \\| (.*) \\|$").FindAllStringSubmatch(string(text), -1) {
		for _, kind := range quoted(row[1]) {
			told[kind] = append(told[kind], quoted(row[2])...)
		}
	}
	line := reflect.TypeFor[archive.Line]()
	if len(told) != line.NumField() {
		t.Errorf("%d kinds are told of, and there are %d", len(told), line.NumField())
	}
	for i := range line.NumField() {
		kind := line.Field(i)
		for j := range kind.Type.Elem().NumField() {
			if name := jsonName(kind.Type.Elem().Field(j)); !slices.Contains(told[jsonName(kind)], name) {
				t.Errorf("of %s, %s is not told", jsonName(kind), name)
			}
		}
	}
}

func quoted(text string) (all []string) {
	for _, found := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(text, -1) {
		all = append(all, found[1])
	}
	return all
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}
