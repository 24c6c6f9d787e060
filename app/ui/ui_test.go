package ui_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"teahouse/app/chat"
	"teahouse/app/ui"
	"teahouse/storage/storagetest"
)

func TestGreeting(t *testing.T) {
	svc := newChat(t)
	alice := userOf(t, svc, "alice")
	post(t, svc, alice, chat.General, "said before")
	s := sit(t, svc, alice, 80, 24, func(o *ui.Options) {
		o.New, o.House.MOTD, o.House.Forgetful = true, "be kind", true
	})
	s.sees("teahouse   #general", "1 here · ams", "You are alice here", "be kind", "keeps everything in memory", "message #general")
	text := s.text()
	if strings.Index(text, "said before") > strings.Index(text, "You are alice") {
		t.Errorf("the greeting stands above what was said before\n%s", s.term)
	}
	s.until("the title", func() bool { return s.term.Title() == "#general · teahouse" })

	small := sit(t, svc, alice, 20, 6, func(o *ui.Options) { o.New = true })
	small.sees("You are alice", "^D leave")
}

func TestSending(t *testing.T) {
	svc := newChat(t)
	alice := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	bob := sit(t, svc, userOf(t, svc, "bob"), 80, 24)
	bob.sees("2 here")
	alice.keys("  ", enter, ctrlC, "hello bob", newline, "second line", enter)
	bob.sees("alice   hello bob", "second line", "!new")
	alice.sees("you     hello bob", "message #general", "!…")
	alice.keys("//join is a command", enter)
	bob.sees(" /join is a command", "!//join")
	bob.keys("/me waves", enter)
	alice.sees("* bob waves")
	alice.keys(strings.Repeat("x", chat.LimitBody+1), enter)
	alice.sees("characters")
	alice.keys(ctrlC, "hm", enter)
	bob.sees("hm")
	bob.sees("!xxx")
}

// TestPending has a message wait for its turn: the limit of the pace.
func TestPending(t *testing.T) {
	svc := newChat(t, onePer(3600))
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.keys("goes", enter)
	s.sees("you     goes", "!…")
	s.keys("waits", enter)
	s.sees("…            waits")
}

func TestRefusal(t *testing.T) {
	svc := newChat(t)
	user := userOf(t, svc, "alice")
	ops := join(t, svc, user, "ops")
	s := sit(t, svc, user, 80, 24)
	s.keys("/msg nobody", enter)
	s.sees("nobody here is called nobody", "› /msg nobody")
	s.keys(ctrlC, "/join ops", enter)
	s.sees("message #ops")

	// Who has left on another device is told, and nothing typed goes elsewhere.
	s.keys("half a")
	must(t, svc.Leave(t.Context(), user, ops))
	s.sees("You are not in #ops any more")
	s.keys(" word", enter)
	s.sees("not sent: you are not in #ops", "› half a word")
	join(t, svc, user, "ops")
	s.until("ops in the bar", func() bool { return strings.Contains(s.row("teahouse"), "#ops") })
	s.keys(enter)
	s.sees("you     half a word", "message #ops")
}

// TestTakeBack has messages refused that were on their way already.
func TestTakeBack(t *testing.T) {
	for typed, want := range map[string]string{
		"a word":     "› a word",
		"//a path":   "› //a path",
		"/me is off": "› /me is off",
	} {
		t.Run(typed, func(t *testing.T) {
			t.Parallel()
			svc := newChat(t, onePer(2))
			user := userOf(t, svc, "alice")
			ops := join(t, svc, user, "ops")
			s := sit(t, svc, user, 80, 24)
			s.keys("/join ops", enter)
			s.sees("message #ops")
			s.keys("first", enter, typed, enter)
			s.until("the first is posted and the second waits", func() bool {
				return s.row("first") != "" && !strings.Contains(s.row("first"), "…") && s.row("  …  ") != ""
			})
			must(t, svc.Leave(t.Context(), user, ops))
			s.sees("✗", "not sent: you are not in this room", "Up", "message #ops")
			s.keys(up)
			s.sees(want, "!✗")
		})
	}
}

func TestRooms(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	ops := join(t, svc, alice, "ops")
	join(t, svc, bob, "ops")
	post(t, svc, bob, ops.ID, "old news")
	s := sit(t, svc, alice, 80, 24)
	s.sees("#ops 1")
	s.keys("draft for all", altN)
	s.sees("old news", "message #ops", "!#ops 1", "!draft")
	s.keys("draft for ops", ctrlP)
	s.sees("› draft for all", "!old news")
	post(t, svc, bob, ops.ID, "fresh news for @alice")
	s.sees("#ops 1")
	s.until("the title tells", func() bool { return strings.HasPrefix(s.term.Title(), "(1) #general") })
	s.keys(altN)
	s.sees("› draft for ops", "fresh news", "─ new ─")
	text := s.text()
	if at := strings.Index(text, "─ new ─"); at < strings.Index(text, "old news") || at > strings.Index(text, "fresh news") {
		t.Errorf("the rule stands in a wrong place\n%s", s.term)
	}
	s.keys(altN)
	s.sees("nothing unread")
}

func TestFinder(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	join(t, svc, bob, "books")
	s := sit(t, svc, alice, 80, 24)
	s.sees("message #general")
	post(t, svc, bob, chat.General, "read at once")
	s.sees("read at once")
	s.keys(ctrlK)
	s.sees("─ rooms ─", "#books", "› #general ")
	if row := s.row("› #general"); strings.Contains(row, " 1 │") {
		t.Errorf("what is being read counts as unread: %s", row)
	}
	s.keys("boo", enter)
	s.sees("message #books", "!rooms ─")
	s.keys(ctrlK, "garden", enter)
	s.sees("message #garden")
	s.keys(ctrlK, escape)
	s.sees("!rooms ─", "message #garden")
	s.keys("/msg bob hi there", enter)
	s.sees("message @bob", "you     hi there")
}

func TestTab(t *testing.T) {
	svc := newChat(t)
	sit(t, svc, userOf(t, svc, "bernadette"), 80, 24)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.sees("2 here")
	s.keys("@ber\t")
	s.sees("› @bernadette ")
	s.keys("#gen\t")
	s.sees("› @bernadette #general")
	s.keys(":teap\t")
	s.sees("#general 🫖")
	s.keys(ctrlC, "/who\t")
	s.sees("/who  /whoami")
	s.keys(escape)
	s.sees("› /who", "!whoami")
	s.keys(ctrlC, "tea\t")
	s.sees("nothing to complete")
}

func TestHelp(t *testing.T) {
	svc := newChat(t)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.keys(ctrlG)
	s.sees("─ help: keys ─", "Alt+Enter ^J", "tab commands")
	s.keys("\t")
	s.sees("─ help: commands for rooms ─", "/join ROOM")
	s.keys("x", escape)
	s.sees("!help:", "message #general")
	s.keys("/help", enter)
	s.sees("─ help: keys ─")
}

func TestPaste(t *testing.T) {
	svc := newChat(t)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	bob := sit(t, svc, userOf(t, svc, "bob"), 80, 40)
	lines := strings.TrimSuffix(strings.Repeat("a line\n", 29), "\n") + "\nthe last"
	s.keys("\x1b[200~" + strings.ReplaceAll(lines, "\n", "\r") + "\x1b[201~")
	s.sees("the last", "!you ")
	s.keys(enter)
	bob.sees("alice   a line", "the last")
	if n := strings.Count(bob.text(), "alice   "); n != 1 {
		t.Errorf("one paste is %d messages\n%s", n, bob.term)
	}
	if n := strings.Count(bob.text(), "a line"); n != 29 {
		t.Errorf("%d of 29 lines\n%s", n, bob.term)
	}
}

func TestResize(t *testing.T) {
	svc := newChat(t)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.keys("hello", enter)
	s.sees("you     hello")
	s.resize(20, 6)
	s.sees(" #general", "hello", "message #general", "!teahouse", "!──")
	s.keys(ctrlG)
	s.sees("╭─ help: keys ─────╮")
	s.resize(500, 200)
	s.sees("here 1", "● alice (you)", "─ help: keys ─", "hello")
	s.keys(escape)
	s.sees("!help:")
	s.resize(100, 6)
	s.sees("here 1", "hello", "message #general")
	s.resize(39, 12)
	s.sees("teahouse   #general", "hello", "!here 1")
}

func TestDrain(t *testing.T) {
	svc := newChat(t)
	alice := userOf(t, svc, "alice")
	for _, c := range []struct {
		typed string
		words string
	}{
		{"", "teahouse: this replica restarts; connect again"},
		{"half a thou", "teahouse: this replica restarts; connect again, your draft is kept"},
	} {
		s := sit(t, svc, alice, 80, 24)
		s.sees("message #general")
		s.keys(c.typed)
		s.sees(c.typed)
		close(s.drain)
		s.Nudge()
		goodbye, err := s.ended()
		if !errors.Is(err, ui.ErrRestarts) || goodbye != c.words {
			t.Errorf("%q: said %q, %v", c.typed, goodbye, err)
		}
		if text := s.text(); strings.TrimSpace(text) != "" {
			t.Errorf("the terminal is not as it was\n%s", s.term)
		}
	}
	s := sit(t, svc, alice, 80, 24)
	s.sees("› half a thou")
}

// TestEnd has the client go away: ctx ends.
func TestEnd(t *testing.T) {
	svc := newChat(t)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.sees("message #general")
	s.leave()
	if goodbye, err := s.ended(); err != nil || goodbye != "" {
		t.Errorf("said %q, %v", goodbye, err)
	}
}

func TestLeaving(t *testing.T) {
	svc := newChat(t)
	for _, keys := range [][]string{{ctrlD}, {"/quit", enter}} {
		s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
		s.sees("message #general")
		s.keys(ctrlC)
		s.sees("Ctrl+D or /quit leaves")
		s.keys(keys...)
		if goodbye, err := s.ended(); err != nil || goodbye != "" {
			t.Errorf("%q: said %q, %v", keys, goodbye, err)
		}
	}
}

// panicky is storage that cannot be asked for the rooms.
type panicky struct{ chat.Store }

func (panicky) PublicRooms(context.Context) ([]chat.RoomInfo, error) { panic("no rooms today") }

// TestPanic has a command panic: the screen of one person ends, with an error,
// and the terminal is as it was.
func TestPanic(t *testing.T) {
	svc := chat.New(panicky{storagetest.Start(t).Open(t)}, slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	t.Cleanup(svc.Close)
	alice := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	bob := sit(t, svc, userOf(t, svc, "bob"), 80, 24)
	alice.sees("message #general")
	alice.keys(ctrlK)
	if _, err := alice.ended(); err == nil || chat.ErrorCode(err) != chat.CodeInternal {
		t.Errorf("the error is %v", err)
	}
	if text := alice.text(); strings.TrimSpace(text) != "" {
		t.Errorf("the terminal is not as it was\n%s", alice.term)
	}
	bob.keys("still here", enter)
	bob.sees("you     still here")
}

// TestGone has the client's connection break.
func TestGone(t *testing.T) {
	svc := newChat(t)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24, func(o *ui.Options) { o.Out = broken{} })
	if _, err := s.ended(); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
