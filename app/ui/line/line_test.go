package line_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"teahouse/app/chat"
	"teahouse/app/ui"
	"teahouse/app/ui/line"
	"teahouse/e2e/house"
	"teahouse/storage/storagetest"
)

func TestSuits(t *testing.T) {
	for _, c := range []struct {
		pty  bool
		term string
		want bool
	}{
		{true, "xterm-256color", false}, {true, "vt100", false}, {true, "dumb", true}, {true, "", true},
		{true, "unknown", true}, {false, "xterm", true}, {false, "", true},
	} {
		if got := line.Suits(c.pty, c.term); got != c.want {
			t.Errorf("Suits(%v, %q) = %v", c.pty, c.term, got)
		}
	}
}

func TestTyping(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	post(t, svc, bob, chat.General, "the kettle is on\nand hot")
	s := sit(t, svc, alice, func(o *line.Options) {
		o.New, o.House = true, ui.House{Name: "teahouse", MOTD: "be kind", Forgetful: true}
	})
	s.sees("-- teahouse: you are alice here\r\n", "/nick NAME", "/help", "-- be kind\r\n", "in memory",
		"-- you are in #general\r\n", "] bob: the kettle is on\r\n    and hot\r\n")
	s.types("thanks\x7f!")
	s.sees("thanks\b \b!")
	s.types("\n☕\r")
	s.sees("\r\n☕\r\n", "] alice: thank!\r\n    ☕\r\n")
	s.types("//join is a command\r")
	s.sees("] alice: /join is a command\r\n")
	s.types("/me waves\r")
	s.sees("] * alice waves\r\n")
	if rows := regexp.MustCompile(`(?m)^\[\d\d:\d\d\] `).FindAllString(s.paper.String(), -1); len(rows) != 4 {
		t.Errorf("there are %d messages:\n%s", len(rows), s.paper)
	}
	// An empty line asks where one is; keys that leave nothing say what leaves.
	s.types("\r\x03")
	s.sees("-- this is #general\r\n", "-- Ctrl+D or /quit leaves")
	s.types("\x04")
	must(t, s.ends())
}

// What is said does not come into the middle of what somebody types; after a
// while it does, and what they typed stands below.
func TestTypingIsLeftAlone(t *testing.T) {
	svc := newChat(t)
	bob := userOf(t, svc, "bob")
	s := sit(t, svc, userOf(t, svc, "alice"))
	s.sees("you are in #general")
	s.types("hel")
	s.sees("hel")
	s.has(post(t, svc, bob, chat.General, "first"))
	s.types("lo")
	s.sees("lo")
	s.types("\r")
	s.sees("\r\n", "] bob: first\r\n", "] alice: hello\r\n")
	s.types("wor")
	s.sees("wor") // or what bob says may come before it
	post(t, svc, bob, chat.General, "second")
	s.sees("\r\n[", "] bob: second\r\nwor")
	if text := s.paper.String(); !strings.Contains(text, "hello\r\n[") {
		t.Errorf("printed is:\n%s", text)
	}
}

func TestChanges(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	general := chat.GeneralRoom()
	old := post(t, svc, bob, chat.General, "too old to be shown")
	for i := range 100 {
		post(t, svc, bob, chat.General, fmt.Sprintf("words %d", i))
	}
	m := post(t, svc, bob, chat.General, "teh tea is raedy and there are\nbiscuits")
	s := sit(t, svc, alice)
	s.sees("-- 52 more are unread; /history 102 shows them\r\n[", "words 51\r\n", "bob: teh tea")
	_, err := svc.Edit(t.Context(), bob, general, m.ID, "the tea is ready and there are\nbiscuits, too")
	must(t, err)
	s.sees("] bob (edited): the tea is ready and there are\r\n    biscuits, too\r\n")
	_, err = svc.React(t.Context(), alice, general, m.ID, "👍", true)
	must(t, err)
	s.sees("-- 👍 1 under bob's “the tea is ready and there are…”\r\n")
	_, err = svc.React(t.Context(), alice, general, m.ID, "👍", false)
	must(t, err)
	s.sees("-- no reactions under bob's")
	_, err = svc.Edit(t.Context(), bob, general, old.ID, "old, and new again")
	must(t, err)
	s.sees("] bob (edited): old, and new again\r\n")
	_, err = svc.Delete(t.Context(), bob, general, old.ID)
	must(t, err)
	s.sees("] -- deleted: a message by bob\r\n") // too far back to know which words it had
	// Commands name messages by numbers, which are shown on demand.
	s.types("/numbers\r/history 1\r")
	s.sees("from now on\r\n", "] bob: the tea is ready")
	n := post(t, svc, bob, chat.General, "numbered")
	s.sees(fmt.Sprintf(" %d] bob: numbered\r\n", n.ID))
	if strings.Contains(s.paper.String(), "words 50\r\n") {
		t.Errorf("more than the end of the room was printed:\n%s", s.paper)
	}
}

func TestRooms(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	ops, err := svc.Join(t.Context(), bob, "ops")
	must(t, err)
	must(t, svc.SetTopic(t.Context(), bob, ops, "who is on call"))
	post(t, svc, bob, ops.ID, "before alice came")
	s := sit(t, svc, alice)
	s.sees("you are in #general")
	s.types("/join ops\r")
	s.sees("-- you are in #ops: who is on call\r\n", "] bob: before alice came\r\n")
	s.types("hello ops\r")
	s.sees("] alice: hello ops\r\n")
	s.types("/msg bob are you there?\r")
	s.sees("-- you are in @bob\r\n", "] alice: are you there?\r\n")
	// One line tells of a room, not one a message.
	first := post(t, svc, bob, ops.ID, "one")
	s.sees("-- unread: 1 in #ops; /join ROOM and /msg NAME open them\r\n")
	s.has(post(t, svc, bob, ops.ID, "two"))
	s.types("/join ops\r")
	s.sees("-- you are in #ops", "-- new:\r\n[", "] bob: one\r\n[", "] bob: two\r\n")
	if text := s.paper.String(); strings.Count(text, "unread: ") != 1 {
		t.Errorf("printed is:\n%s", text)
	}
	s.until("what was printed is read", func() bool { v, _ := s.Room(ops.ID); return v.Read > first.ID })
	// A room that one is taken out of stays where it is, and takes nothing.
	must(t, svc.Leave(t.Context(), alice, ops))
	s.sees("-- you are not in #ops any more")
	s.types("lost?\r")
	s.sees("-- not sent: you are not in #ops any more\r\n", "lost?")
	s.types("\x15/join ops\r")
	s.sees("-- you are in #ops")
	s.types("/leave\r")
	s.sees("you have left #ops", "-- you are in #general\r\n")
}

func TestNoticesAndHelp(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	s := sit(t, svc, alice)
	s.sees("you are in #general")
	other, err := svc.Connect(t.Context(), bob)
	must(t, err)
	s.sees("-- bob came\r\n")
	_, err = svc.Rename(t.Context(), bob, "robert")
	must(t, err)
	s.sees("-- bob is now called robert\r\n")
	must(t, svc.SetTopic(t.Context(), alice, chat.GeneralRoom(), "tea"))
	s.sees("-- alice set the topic: tea\r\n")
	other.Close(t.Context())
	s.sees("-- robert left\r\n")
	s.types("/help\r")
	s.sees("Ctrl+J", "-- /join ROOM [PASSWORD]: ", "-- /history", "-- /numbers")
	s.types("/help join\r/nonsense\r/join\r")
	s.sees("/join ROOM", "-- there is no command /nonsense", "-- join needs more")
	if strings.Contains(s.paper.String(), "alice came") {
		t.Errorf("one's own coming is told:\n%s", s.paper)
	}
}

// Without a terminal nothing is echoed, each line is sent, however many they
// are, and the end of the input is leaving, when all is posted.
func TestPipe(t *testing.T) {
	svc := newChat(t)
	alice := userOf(t, svc, "alice")
	s := sit(t, svc, alice, piped)
	const many = 3 * chat.LimitOutbox
	s.types("/join ops\n")
	for i := range many {
		s.types(fmt.Sprintf("line %d\n", i))
	}
	s.types(strings.Repeat("x", chat.LimitBody+1) + "\n\n/whoami\nlast")
	must(t, s.keyboard.Close())
	must(t, s.ends())
	s.sees("you are in #ops\n", "-- not sent: a line of more than 4000 characters", "alice, by the key", "alice: last\n")
	page, err := svc.History(t.Context(), alice, roomOf(t, svc, alice, "ops"), 0, chat.LimitHistory)
	must(t, err)
	if len(page.Messages) != many+1 {
		t.Fatalf("%d messages are there, want %d", len(page.Messages), many+1)
	}
	for i, m := range page.Messages[:many] {
		if m.Body != fmt.Sprintf("line %d", i) {
			t.Fatalf("message %d is %q", i, m.Body)
		}
	}
	if text := s.paper.String(); strings.Contains(text, "\r") || strings.Contains(text, "this is #ops") {
		t.Errorf("there is no terminal, and printed is:\n%q", text)
	}
}

func roomOf(t *testing.T, svc *chat.Service, user chat.User, name string) chat.Room {
	t.Helper()
	room, err := svc.FindRoom(t.Context(), user, name)
	must(t, err)
	return room
}

func TestQuit(t *testing.T) {
	svc := newChat(t)
	s := sit(t, svc, userOf(t, svc, "alice"), piped)
	s.types("said\n/quit\nnever said\n")
	must(t, s.ends())
	s.sees("alice: said\n")
	if strings.Contains(s.paper.String(), "never") {
		t.Errorf("after leaving there is more:\n%s", s.paper)
	}
	// With nothing to read, one sees at least where one would be.
	s = sit(t, svc, s.user, piped)
	must(t, s.keyboard.Close())
	must(t, s.ends())
	s.sees("you are in #general\n", "alice: said\n")
}

// A client that does not read holds up nobody, and has missed nothing when it
// reads again.
func TestSlowClient(t *testing.T) {
	svc := newChat(t)
	bob := userOf(t, svc, "bob")
	s := sit(t, svc, userOf(t, svc, "alice"))
	s.sees("you are in #general")
	s.paper.close()
	const many = 3 * chat.TailLimit
	var last *chat.Message
	for i := range many {
		last = post(t, svc, bob, chat.General, fmt.Sprintf("message %d.", i))
	}
	s.has(last)
	s.paper.reopen()
	for i := range many {
		s.sees(fmt.Sprintf("bob: message %d.\r\n", i))
	}
	if n := strings.Count(s.paper.String(), "bob: message"); n != many {
		t.Errorf("%d messages were printed, want %d", n, many)
	}
}

// While storage is away one is told so, and what was sent goes out when it is
// back.
func TestStorageGoes(t *testing.T) {
	redis := startRedis(t)
	svc := chatOn(t, storagetest.Visit(t, redis.URL()).Open(t))
	alice := userOf(t, svc, "alice")
	s, stays := sit(t, svc, alice), sit(t, svc, userOf(t, svc, "bob"))
	s.sees("you are in #general")
	stays.sees("you are in #general")
	redis.Kill()
	s.sees("-- the chat's storage does not answer; what you send waits\r\n")
	s.types("one\r")
	s.types("two\r")
	s.sees("-- 2 messages wait to be sent\r\n")
	s.types("/join ops\r")
	s.sees("-- the chat's storage does not answer; try again")
	s.types("/quit\r")
	s.sees("-- 2 messages wait to be sent; Ctrl+D leaves without waiting\r\n")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	must(t, redis.Restart(ctx))
	// Who leaves does so when all is sent, maybe before storage is known to be back.
	s.sees("alice: one\r\n", "alice: two\r\n")
	must(t, s.ends())
	stays.sees("does not answer", "answers again", "alice: two\r\n")
}

func startRedis(t *testing.T) *house.Redis {
	t.Helper()
	var ports house.Ports
	port, err := ports.Free()
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	redis, err := house.StartRedis(ctx, filepath.Join(t.TempDir(), "redis"), port, "--appendonly", "yes")
	must(t, err)
	t.Cleanup(func() { redis.Kill() }) // the process of then
	return redis
}

func TestRefusedText(t *testing.T) {
	svc := newChat(t)
	s := sit(t, svc, userOf(t, svc, "alice"))
	s.sees("you are in #general")
	// What cannot be sent is there again to be corrected.
	s.types(strings.Repeat("x", chat.LimitBody) + "yz\r")
	s.sees("\a", "-- only the first 4000 characters were taken", "\r\nxxx")
	s.types("\r")
	s.sees("alice: xxx")
	s.types(strings.Repeat("x\n", chat.LimitLines) + "x\r")
	s.sees("-- not sent: the message is too long: it has 201 lines", "x\r\nx\r\n")
	s.types("\x15short\r")
	s.sees("alice: short\r\n")
}

func TestEnds(t *testing.T) {
	svc := newChat(t)
	alice := userOf(t, svc, "alice")
	s := sit(t, svc, alice)
	s.sees("you are in #general\r\n")
	s.types("half a li")
	s.sees("half a li")
	close(s.drain)
	if err := s.ends(); !errors.Is(err, ui.ErrRestarts) {
		t.Errorf("it ends with %v", err)
	}
	s.sees("\r\n") // so that the goodbye has a row of its own
	if s.goodbye != "teahouse: this replica restarts; connect again, your draft is kept" {
		t.Errorf("the goodbye is %q", s.goodbye)
	}
	s = sit(t, svc, alice)
	s.sees("you had begun to write", "you are in #general", "half a li")
	s.types("ne\r")
	s.sees("alice: half a line\r\n")
	s.cancel()
	must(t, s.ends())
	// The client of a terminal is gone.
	s = sit(t, svc, alice)
	s.types("half a li")
	must(t, s.keyboard.Close())
	must(t, s.ends())
	s = sit(t, svc, alice, func(o *line.Options) { o.Out = cut{} })
	if err := s.ends(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a client that is gone ends the session with %v", err)
	}
}

// cut is a client that is gone.
type cut struct{}

func (cut) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
