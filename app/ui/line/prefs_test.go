package line_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"teahouse/app/chat"
)

// reply answers a message without a session.
func reply(t *testing.T, svc *chat.Service, by chat.User, to *chat.Message, body string) *chat.Message {
	t.Helper()
	draft, err := svc.Compose(by, to.Room, chat.KindText, body)
	must(t, err)
	draft.ReplyTo = to.ID
	m, err := svc.Post(t.Context(), draft)
	must(t, err)
	return m
}

func set(t *testing.T, svc *chat.Service, user chat.User, name, word string) {
	t.Helper()
	_, err := svc.Set(t.Context(), user, name, word)
	must(t, err)
}

// rings counts how often the terminal's bell was rung.
func (s *seat) rings() int { return strings.Count(s.paper.String(), "\a") }

func TestSettings(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	set(t, svc, alice, "zone", "Asia/Kathmandu") // its minutes are others, too
	kathmandu := time.FixedZone("", 5*3600+45*60)
	m := post(t, svc, bob, chat.General, "the kettle is on")
	s := sit(t, svc, alice)
	s.sees(m.At.In(kathmandu).Format("[15:04]") + " bob: the kettle is on\r\n")
	s.types("/set clock 12\r")
	s.until("the setting is here", func() bool { return s.Preferences().Settings.Clock == "12" })
	m = post(t, svc, bob, chat.General, "and hot")
	s.sees(m.At.In(kathmandu).Format("[3:04 pm]") + " bob: and hot\r\n")
	s.types("/history 2\r")
	s.sees("bob: the kettle is on\r\n", m.At.In(kathmandu).Format("[3:04 pm]")+" bob: and hot\r\n")
	s.types("/history many\r/history 0\r")
	s.sees("-- /history takes how many", "-- 0 messages cannot be had at once")
	// Who comes and goes is told until that is set off; what they do, still.
	for _, word := range []string{"on", "off"} {
		set(t, svc, alice, "notices", word)
		s.until("the setting is here", func() bool { return s.Preferences().Settings.Notices == word })
		visit, err := svc.Connect(t.Context(), bob)
		must(t, err)
		visit.Close(context.WithoutCancel(t.Context()))
		must(t, svc.SetTopic(t.Context(), bob, chat.GeneralRoom(), "notices "+word))
		s.sees("bob set the topic: notices " + word)
	}
	told := strings.Count(s.paper.String(), "bob came")
	if last := s.paper.String(); told != 1 || strings.Count(last, "bob left") != 1 {
		t.Errorf("comings are told %d times:\n%s", told, last)
	}
}

func TestIgnored(t *testing.T) {
	svc := newChat(t)
	alice, bob, mallory := userOf(t, svc, "alice"), userOf(t, svc, "bob"), userOf(t, svc, "mallory")
	must(t, svc.Ignore(t.Context(), alice, "mallory", true))
	for i := range 60 {
		post(t, svc, mallory, chat.General, fmt.Sprintf("spam %d", i))
		if i < 12 {
			post(t, svc, bob, chat.General, fmt.Sprintf("words %d.", i))
		}
	}
	s := sit(t, svc, alice)
	s.sees("-- you are in #general\r\n[", "words 0.", "words 11.\r\n")
	spam := post(t, svc, mallory, chat.General, "@alice spam")
	_, err := svc.Edit(t.Context(), mallory, chat.Room{ID: chat.General}, spam.ID, "@alice more spam")
	must(t, err)
	reply(t, svc, bob, spam, "go away")
	s.sees("↪ a message of somebody you ignore\r\n[", "bob: go away\r\n")
	if text := s.paper.String(); strings.Contains(text, "spam") || strings.Contains(text, "unread") || s.rings() > 0 {
		t.Errorf("what an ignored person says is told:\n%q", text)
	}
}

func TestReplies(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	old := post(t, svc, bob, chat.General, "what a long time ago it is since there was any tea\nor biscuits")
	gone := post(t, svc, bob, chat.General, "oops")
	_, err := svc.Delete(t.Context(), bob, chat.Room{ID: chat.General}, gone.ID)
	must(t, err)
	for i := range 2 * chat.TailLimit {
		post(t, svc, bob, chat.General, fmt.Sprintf("words %d", i))
	}
	// What is answered is read from storage where it is not at hand.
	reply(t, svc, bob, old, "ages")
	s := sit(t, svc, alice)
	s.sees("↪ bob: what a long time ago it is since there w…\r\n[", "bob: ages\r\n")
	m := post(t, svc, bob, chat.General, "tea?")
	s.sees("bob: tea?\r\n")
	s.types(fmt.Sprintf("/reply %d yes please\r", m.ID))
	s.sees("↪ bob: tea?\r\n[", "] alice: yes please\r\n")
	reply(t, svc, bob, gone, "never mind")
	s.sees("↪ bob: a deleted message\r\n[", "bob: never mind\r\n")
	s.types("/history 4\r")
	s.sees("↪ bob: what a long", "bob: ages\r\n", "↪ bob: tea?\r\n")
}

// A message that is gone to is shown among those about it.
func TestGoto(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	ops, err := svc.Join(t.Context(), bob, "ops")
	must(t, err)
	for i := range 40 {
		post(t, svc, bob, ops.ID, fmt.Sprintf("words %d.", i+1))
	}
	_, err = svc.Join(t.Context(), alice, "ops")
	must(t, err)
	s := sit(t, svc, alice)
	s.sees("-- you are in #general")
	s.types("/goto #ops/5\r")
	s.sees("-- you are in #ops", "words 40.", "-- around message 5:\r\n[", " 2] bob: words 2.\r\n", " 5] bob: words 5.", " 8] bob: words 8.\r\n")
	s.types("/goto #ops/99\r")
	s.sees("-- that message is no longer kept")
	s.types("/goto ops\r")
	s.sees("is no link to a message")
	post(t, svc, bob, ops.ID, "on")
	s.sees("] bob: on\r\n")
	if text := s.paper.String(); strings.Contains(text, " 1] bob") || strings.Contains(text, " 9] bob") || strings.Contains(text, " 41] ") {
		t.Errorf("more is shown:\n%s", text)
	}
}

// A message that storage does not keep any more is named as that.
func TestReplyToNothing(t *testing.T) {
	svc := chatOn(t, keeping(t, 5))
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	first := post(t, svc, bob, chat.General, "first")
	for i := range 10 {
		post(t, svc, bob, chat.General, fmt.Sprintf("words %d", i))
	}
	reply(t, svc, bob, first, "so it was")
	s := sit(t, svc, alice)
	s.sees("↪ a message that is no longer kept\r\n[", "bob: so it was\r\n")
}

// The bell rings once a burst for what is meant for the person, before the line
// that tells of it.
func TestBell(t *testing.T) {
	svc := newChat(t)
	alice, bob, carol := userOf(t, svc, "alice"), userOf(t, svc, "bob"), userOf(t, svc, "carol")
	post(t, svc, bob, chat.General, "@alice before you came")
	post(t, svc, bob, roomOf(t, svc, bob, "@alice").ID, "before, too")
	s := sit(t, svc, alice)
	s.until("what was there is told", func() bool {
		text := s.paper.String()
		return strings.Contains(text, "@alice before you came") && strings.Contains(text, "-- unread: 1 in @bob")
	})
	post(t, svc, bob, chat.General, "not for you")
	s.sees("not for you\r\n")
	if s.rings() > 0 {
		t.Errorf("it rings for nothing:\n%q", s.paper)
	}
	direct := roomOf(t, svc, carol, "@alice")
	post(t, svc, carol, direct.ID, "psst")
	s.sees("\a-- unread: 1 in @carol; ")
	post(t, svc, carol, direct.ID, "hey")
	post(t, svc, bob, chat.General, "@alice, tea?")
	s.sees("bob: @alice, tea?\r\n")
	if s.rings() != 1 {
		t.Errorf("it rings %d times in a burst", s.rings())
	}
	s.sees("-- unread: 2 in @carol; ") // after the burst, though nothing else happens
}

// Whoever wants to hear all hears all but themselves, and who wants to hear
// nothing is left alone; a pipe has no bell.
func TestBellSetting(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	set(t, svc, alice, "bell", "all")
	carol := userOf(t, svc, "carol")
	set(t, svc, carol, "bell", "off")
	s, pipe, quiet := sit(t, svc, alice), sit(t, svc, alice, piped), sit(t, svc, carol)
	called := sit(t, svc, userOf(t, svc, "dora"))
	for _, one := range []*seat{s, pipe, quiet, called} {
		one.sees("you are in #general")
	}
	post(t, svc, alice, chat.General, "mine")
	s.sees("\r\n[", "alice: mine\r\n")
	post(t, svc, bob, chat.General, "hi @here")
	s.sees("\a[", "bob: hi @here\r\n")
	pipe.sees("bob: hi @here\n")
	quiet.sees("bob: hi @here\r\n")
	called.sees("\a[", "bob: hi @here\r\n")
	if s.rings() != 1 || pipe.rings()+quiet.rings() > 0 {
		t.Errorf("it rings %d times, %d in the pipe, and %d where it is off", s.rings(), pipe.rings(), quiet.rings())
	}
}

// Who comes back is where they were; what comes through a pipe goes to general.
func TestPlace(t *testing.T) {
	svc := newChat(t)
	alice := userOf(t, svc, "alice")
	s := sit(t, svc, alice)
	s.types("/create den --private\r")
	s.sees("-- you are in &den")
	s.types("said here\r\x04")
	must(t, s.ends())
	pipe := sit(t, svc, alice, piped)
	pipe.sees("-- you are in #general\n")
	must(t, pipe.keyboard.Close())
	must(t, pipe.ends())
	s = sit(t, svc, alice)
	s.sees("-- you are in &den\r\n", "alice: said here\r\n")
	s.types("\r/leave\r")
	s.sees("-- this is &den", "-- you are in #general")
	s.types("\x04")
	must(t, s.ends())
	s = sit(t, svc, alice)
	s.sees("-- you are in #general\r\n")
}

func TestInvitations(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	invite := func(name string) {
		t.Helper()
		room, err := svc.MakeRoom(t.Context(), bob, name, true)
		must(t, err)
		must(t, svc.Invite(t.Context(), bob, room, "alice"))
	}
	invite("den")
	s := sit(t, svc, alice)
	s.sees("-- bob invites you to &den; /join &den takes the invitation\r\n")
	invite("board")
	s.sees("-- bob invites you to &board; ")
	s.types("/join &den\r")
	s.sees("-- you are in &den\r\n")
	invite("attic")
	invite("cellar")
	invite("barn")
	s.sees("&attic", "&cellar", "&barn")
	if n := strings.Count(s.paper.String(), "invites you to &board"); n != 1 {
		t.Errorf("an invitation is told %d times", n)
	}
	late := sit(t, svc, alice)
	late.sees("-- 4 invitations wait for you; /invites lists them\r\n")
}

// What happened beside the log stands between the messages where it happened.
func TestNoticesAtTheirPlace(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	ops, err := svc.Join(t.Context(), bob, "ops")
	must(t, err)
	s := sit(t, svc, alice)
	s.types("/join ops\r")
	s.sees("you are in #ops")
	s.types("x") // while somebody types, all that happens waits
	s.sees("x")
	s.has(post(t, svc, bob, ops.ID, "one"))
	must(t, svc.SetSlow(t.Context(), bob, ops, time.Second))
	s.until("the notice is here", func() bool { v, _ := s.Room(ops.ID); return v.Slow > 0 })
	s.has(post(t, svc, bob, ops.ID, "two"))
	s.types("\x15")
	s.sees("bob: one\r\n-- bob ", "\r\n[", "bob: two\r\n")
}
