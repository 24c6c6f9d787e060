package timeline

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"teahouse/app/chat"
	"teahouse/app/ui/markup"
	"teahouse/app/ui/theme"
)

var update = flag.Bool("update", false, "write the golden files anew")

// morning is when the conversations of these tests begin.
func morning(minutes float64) time.Time {
	at := time.Date(2026, 11, 21, 9, 14, 3, 0, time.UTC)
	return at.Add(time.Duration(minutes * float64(time.Minute)))
}

func message(id chat.MessageID, from chat.UserID, name string, at time.Time, body string) *chat.Message {
	return &chat.Message{ID: id, From: from, Name: name, At: at, Body: body, Key: fmt.Sprint(id)}
}

const me = 9

// conversation has one of everything.
func conversation(th *theme.Theme) *Timeline {
	t := New(th, time.UTC, me, NewCache(&markup.Parser{}))
	t.SetMe("dora")
	t.SetTitle("#general")
	wave := message(5, 1, "alice", morning(2), "waves at everyone who has come so early")
	wave.Kind = chat.KindAction
	t.Append([]*chat.Message{
		message(1, 1, "alice", morning(-24*60), "yesterday I left the kettle on"),
		message(2, 1, "alice", morning(0), "morning! the kettle is on"),
		message(3, 2, "bob", morning(0), "thanks  ☕"),
		message(4, 3, "carol", morning(1), "has anyone seen the new build?\n\tit fails on arm64\nhttps://example.com/builds/2026/11/21/arm64/a-very-long-path-that-does-not-fit-anywhere/log.txt"),
		wave,
		message(6, 4, "日本語の名前", morning(2), "お茶が好きです。とても美味しいですね。毎朝一杯飲みます。あなたはどうですか。今日もいい天気ですね。"),
	})
	t.Notices([]chat.Notice{
		{At: morning(3), Turn: chat.TurnIn, User: 5, Name: "erin"},
		{At: morning(3), Turn: chat.TurnIn, User: 6, Name: "frank"},
		{At: morning(3), Turn: chat.TurnOut, User: 2, Name: "bob"},
		{At: morning(4), Turn: chat.TurnName, User: 3, Name: "caro", Was: "carol"},
		{At: morning(4), Turn: chat.TurnTopic, User: 1, Name: "alice", Text: "tea, and what we build while it steeps"},
	})
	t.Append([]*chat.Message{
		message(7, 3, "caro", morning(6), "@dora can you have a look? mail me at x@dora or ask @doraemon"),
		message(8, 3, "caro", morning(7), "it is urgent"),
		message(9, me, "dora", morning(8), "on it"),
		message(10, 7, "someone-with-a-long-name", morning(8), "👨‍👩‍👧 e\u0301te\u0301 👍🏽"),
	})
	t.Append(changed())
	t.SetNew(7)
	t.Info("", "whoami\n  dora, since 3 November\n  2 keys")
	t.Info("error", "there is no command /wohami; did you mean /whoami?")
	t.SetPending([]chat.Pending{
		{Draft: chat.Draft{Key: "a", From: me, Name: "dora", Body: "this one waits"}},
		{Draft: chat.Draft{Key: "b", From: me, Name: "dora", Body: "this one too,\nwith two lines"}},
		{Draft: chat.Draft{Key: "c", From: me, Name: "dora", Body: "not this one"}, Refused: chat.Errorf(chat.CodeRefused, "you are not in this room; join it to write there")},
		{Draft: chat.Draft{Key: "d", From: me, Name: "dora", Body: "never"}, Refused: errors.New("a secret")},
		{Draft: chat.Draft{Key: "e", From: me, Name: "dora", Kind: chat.KindAction, Body: "sighs"}},
	})
	return t
}

// changed has messages that were edited, deleted and reacted to, those of the
// conversation among them.
func changed() []*chat.Message {
	tea := message(3, 2, "bob", morning(0), "thanks  ☕")
	tea.Edited = morning(1)
	tea.Reactions = []chat.Reaction{{Emoji: "👍", Users: []chat.UserID{1, me}}, {Emoji: "🎉", Users: []chat.UserID{3}}}
	tight := message(11, 3, "caro", morning(9), "one two three four five six seven eight nine ten eleven ele")
	tight.Edited = morning(10)
	gone := message(12, 3, "caro", morning(9), "")
	gone.Deleted = true
	wave := message(13, 1, "alice", morning(9), "")
	wave.Kind, wave.Deleted = chat.KindAction, true
	sigh := message(14, 1, "alice", morning(10), "sighs")
	sigh.Kind, sigh.Edited = chat.KindAction, morning(11)
	for _, emoji := range []string{"☕", "🫖", "🍵", "👀", "🏳️‍🌈", "👩🏽‍💻", "💯", "❤️", "🥂"} {
		sigh.Reactions = append(sigh.Reactions, chat.Reaction{Emoji: emoji, Users: make([]chat.UserID, 120)})
	}
	return []*chat.Message{tea, tight, gone, wave, sigh}
}

func TestGolden(t *testing.T) {
	for _, c := range []struct {
		name          string
		profile       termenv.Profile
		width, height int
	}{
		{"plain-120", termenv.Ascii, 120, 50},
		{"plain-80", termenv.Ascii, 80, 52},
		{"plain-40", termenv.Ascii, 40, 75},
		{"plain-20", termenv.Ascii, 20, 136},
		{"colour-80", termenv.ANSI256, 80, 52},
	} {
		t.Run(c.name, func(t *testing.T) {
			tl := conversation(theme.New(c.profile, true))
			tl.SetSize(c.width, c.height)
			compare(t, c.name, visible(tl.Rows(nil)))
		})
	}
}

// visible makes blanks at the end of rows and escapes visible in a file.
func visible(rows []string) string {
	s := strings.Join(rows, "⏎\n") + "⏎\n"
	return strings.ReplaceAll(s, "\x1b", "␛")
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", path, diff)
	}
}
