package ui_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

const (
	ctrlF = "\x06"
	altM  = "\x1bm"
)

func TestSearching(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	ops := join(t, svc, alice, "ops")
	join(t, svc, bob, "ops")
	postMany(t, svc, bob, 1, 300)
	post(t, svc, bob, ops.ID, "the **kettle** in ops")
	post(t, svc, bob, chat.General, "the kettle in general")
	postMany(t, svc, bob, 302, 650)
	s := sit(t, svc, alice, 80, 24)
	s.sees("message #general")
	s.keys(ctrlF, "KETTLE in", enter)
	s.sees("2 found in", "#general", "the kettle in general", "#ops", "the kettle in ops")
	s.keys(" general", enter)
	s.sees("1 found in")
	s.keys(enter)
	s.sees("▌", "the kettle in general", "m300", "!found in")
	s.keys(ctrlF, "nothing like this", enter)
	s.sees("nothing like that", "messages searched")
	s.keys("\x15", "from:bob kettle ops", enter)
	s.sees("1 found")
	s.keys(enter)
	s.sees("message #ops", "▌", "the kettle in ops")
	s.keys(ctrlO)
	s.sees("message #general", "the kettle in general")
	s.keys(ctrlF, "from:", enter)
	s.sees("from:")
	s.keys(escape)
	s.sees("!search")
}

func TestMentions(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	ops := join(t, svc, alice, "ops")
	join(t, svc, bob, "ops")
	s := sit(t, svc, alice, 80, 24)
	s.sees("message #general")
	post(t, svc, bob, ops.ID, "tea, @alice?")
	for i := range 40 {
		post(t, svc, bob, ops.ID, fmt.Sprint("more ", i))
	}
	s.sees("#ops 41")
	s.keys(altM)
	s.sees("message #ops", "▌", "tea, @alice?")
	s.keys(altM)
	s.sees("nobody has mentioned you")
}

func TestTyping(t *testing.T) {
	svc := newChat(t)
	alice, bob, carol := sit(t, svc, userOf(t, svc, "alice"), 80, 24), sit(t, svc, userOf(t, svc, "bob"), 80, 24), sit(t, svc, userOf(t, svc, "carol"), 80, 24)
	bob.sees("3 here")
	alice.keys("/me")
	alice.sees("› /me")
	alice.keys(ctrlC)
	typeUntil(t, bob, "alice is typing", alice)
	alice.keys(ctrlC, "hello", enter)
	bob.sees("hello", "!is typing")
	_, err := svc.Set(t.Context(), bob.user, "typing", "off")
	must(t, err)
	bob.until("the setting holds", func() bool { return bob.Preferences().Settings.Typing == "off" })
	typeUntil(t, alice, " carol is typing", bob, carol) // and not bob and carol
}

// typeUntil has some type on until another sees that.
func typeUntil(t *testing.T, sees *seat, what string, typists ...*seat) {
	t.Helper()
	storagetest.Until(t, what, func() bool {
		for _, s := range typists {
			s.keys("x")
		}
		return strings.Contains(sees.text(), what)
	})
}

// TestLinks copies a link, and goes where one leads.
func TestLinks(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	ops := join(t, svc, alice, "ops")
	join(t, svc, bob, "ops")
	post(t, svc, bob, ops.ID, "the plan\n```go\nfunc a() {}\n```")
	post(t, svc, bob, chat.General, "see #ops/1.")
	s := sit(t, svc, alice, 80, 24)
	s.sees("see #ops/1")
	s.keys(altUp, enter)
	s.sees("message #ops", "▌", "the plan")
	s.keys(altUp, "l")
	s.hears("52;c;" + base64.StdEncoding.EncodeToString([]byte("#ops/1")))
	s.keys(altUp, "k")
	s.hears("52;c;" + base64.StdEncoding.EncodeToString([]byte("func a() {}")))
	s.keys(altUp, "p")
	s.sees("pinned")
	s.keys("/goto #ops/99", enter)
	s.sees("no longer kept")
	s.keys("/goto nonsense", enter)
	s.sees("no link to a message")
}

func TestInvitation(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	board, err := svc.MakeRoom(t.Context(), bob, "board", true)
	must(t, err)
	s := sit(t, svc, alice, 80, 24)
	s.sees("the beginning of #general")
	must(t, svc.Invite(t.Context(), bob, board, "alice"))
	s.sees("bob invites you to &board")
	s.keys(ctrlK)
	s.sees("&board", "bob invites you")
	s.keys("board", enter)
	s.sees("message &board")
}

// TestWelcomeGoes: the first lines go with the first message.
func TestWelcomeGoes(t *testing.T) {
	svc := newChat(t)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24, newcomer)
	s.sees("Welcome! You are alice")
	s.keys("hello", enter)
	s.sees("you     hello", "!Welcome")
}

func TestFinderDetails(t *testing.T) {
	svc := newChat(t)
	alice, bob := userOf(t, svc, "alice"), userOf(t, svc, "bob")
	books := join(t, svc, bob, "books")
	post(t, svc, bob, books.ID, "a **good** one")
	s := sit(t, svc, alice, 80, 24)
	s.sees("message #general")
	s.keys(ctrlK)
	s.sees("#books  1 in", "bob: a good one")
}
