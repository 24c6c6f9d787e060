package command_test

import (
	"strings"
	"testing"
)

// prints gives a command that must print exactly that.
func (h house) prints(who, line, want string, in ...string) {
	h.t.Helper()
	if got := h.does(who, line, in...); got != want {
		h.t.Errorf("%s prints %q, want %q", line, got, want)
	}
}

func TestInvitations(t *testing.T) {
	h := open(t)
	h.does("bob", "whoami")
	h.prints("alice", "create board --private", "you are in &board now\n")
	h.refused("create board --private", "you are in another private room &board already")
	h.prints("bob", "invites", "")
	h.prints("alice", "invite &board @bob", "bob is invited to &board\n")
	h.prints("bob", "invites", "alice invites you to &board, just now; join &board enters it\n")
	if out := h.does("bob", "invites --json"); !strings.HasPrefix(out, `{"room":"&board","by":"alice","at":"20`) {
		t.Errorf("invites --json prints %q", out)
	}
	h.prints("bob", "invites board --off", "")
	h.refused("uninvite board bob", "no invitation to &board waits for bob")
	h.prints("alice", "invite board bob --json", `{"room":"&board","name":"bob","done":"invited"}`+"\n")
	h.prints("alice", "uninvite board bob", "bob is not invited to &board any more\n")
	h.does("alice", "invite board bob")
	h.prints("bob", "join board", "you are in &board now\n")
	h.refused("invite board bob", "bob is in &board already")
	h.refused("invite general bob", "nobody can be invited to #general")
	h.refused("invites board", "or invites ROOM --off")
}

func TestRuling(t *testing.T) {
	h := open(t)
	h.does("alice", "create ops")
	h.does("bob", "join ops")
	h.does("bob", "send ops hello there")
	h.prints("alice", "op ops bob", "bob is a moderator of #ops now\n")
	h.prints("alice", "deop ops bob --json", `{"room":"ops","name":"bob","done":"member"}`+"\n")
	h.prints("alice", "slow ops 90", "#ops is in slow mode: one message in 1m30s\n")
	h.refused("slow ops soon", "no time")
	h.refused("slow ops 7h", "from 1 second to 6 hours")
	h.prints("alice", "slow ops off", "#ops is not in slow mode any more\n")
	h.prints("alice", "archive ops --json", `{"room":"ops","topic":"","joined":true,"archived":true}`+"\n")
	h.refused("send ops more", "the room is archived")
	h.prints("alice", "archive ops --off", "#ops is open again\n")
	h.prints("alice", "rename ops kitchen", "#ops is called #kitchen now\n")
	h.refused("rename kitchen general", "there is a room #general already")
	h.refused("history ops", "there is no room #ops")
	want := "* #kitchen            2 people      1 messages  \n    just now, bob: hello there\n"
	if out := h.does("alice", "rooms"); !strings.HasSuffix(out, want) {
		t.Errorf("rooms prints %q", out)
	}
	if out := h.does("bob", "rooms --json"); !strings.Contains(out, `"last":{"id":1,"room":"kitchen","from":"bob",`) {
		t.Errorf("rooms --json prints %q", out)
	}
}

// TestSlowLines: lines wait for slow mode, and none is lost.
func TestSlowLines(t *testing.T) {
	h := open(t)
	h.does("alice", "create ops")
	h.does("bob", "join ops")
	h.does("alice", "slow ops 1s")
	h.does("bob", "send ops --lines", "one\ntwo\n")
	_, err := h.run("bob", "send ops three")
	if err == nil || !strings.Contains(words(err), "slow mode; you can write there again in 1 s") {
		t.Errorf("three is answered by %v", err)
	}
	if got := strings.Join(h.said("ops"), " "); got != "one two" {
		t.Errorf("said was %s", got)
	}
}

func TestPassword(t *testing.T) {
	h := open(t)
	h.does("alice", "create board --private")
	h.prints("alice", "password board  open  sesame ", "who knows the password enters &board by: join board PASSWORD\n")
	h.prints("bob", "join board open  sesame", "you are in &board now\n")
	h.prints("bob", "join board open  sesame", "you are in &board now\n")
	h.prints("alice", "password board --json", `{"room":"&board","topic":"","joined":true,"private":true,"locked":true}`+"\n", "from standard input\n")
	none := "there is no private room &board that this password opens"
	for who, line := range map[string]string{
		"carol": "join board open  sesame", "dave": "join &board from standard inputs", "erin": "join board FROM standard input",
	} {
		if _, err := h.run(who, line); err == nil || words(err) != none {
			t.Errorf("%s: %v", line, err)
		}
	}
	h.prints("carol", "join &board from standard input", "you are in &board now\n")
	if out := h.does("alice", "rename board den"); !strings.Contains(out, "its password is gone") {
		t.Errorf("rename prints %q", out)
	}
	for _, line := range []string{"join den from standard input", "join board from standard input"} {
		if _, err := h.run("dave", line); err == nil {
			t.Errorf("%s lets in", line)
		}
	}
	h.does("alice", "password den once more")
	h.prints("alice", "password den --off", "&den has no password any more\n")
	if _, err := h.run("erin", "join den once more"); err == nil {
		t.Error("a password that was taken away lets in")
	}
	h.refused("password den", "which password")
	h.refused("password general secret words", "a password is for private rooms")
	h.refused("password den short", "8 to 200 characters")
	h.refused("join #den once more", "without a password")
}

// TestPasswordTries: five at once, then one every 12 seconds.
func TestPasswordTries(t *testing.T) {
	h := open(t)
	for n := range 6 {
		_, err := h.run("alice", "join board open sesame")
		if tooFast := err != nil && strings.Contains(words(err), "many passwords"); tooFast != (n == 5) {
			t.Errorf("try %d: %v", n, err)
		}
	}
	if _, err := h.run("bob", "join board open sesame"); err == nil || strings.Contains(words(err), "many passwords") {
		t.Errorf("somebody else's try: %v", err)
	}
}

func TestPins(t *testing.T) {
	h := open(t)
	h.does("alice", "create ops")
	h.does("alice", "send ops the plan")
	h.does("bob", "join ops")
	h.prints("alice", "pin ops #1", "#ops/1 is pinned\n")
	if out := h.does("bob", "pins ops"); !strings.HasPrefix(out, "#ops/1  20") || !strings.HasSuffix(out, "Z alice: the plan\n") {
		t.Errorf("pins prints %q", out)
	}
	if out := h.does("bob", "pins ops --json"); !strings.HasPrefix(out, `{"id":1,"room":"ops","from":"alice",`) {
		t.Errorf("pins --json prints %q", out)
	}
	if _, err := h.run("bob", "unpin ops 1"); err == nil || words(err) != "only the owner and the moderators of the room can do that" {
		t.Errorf("bob unpins: %v", err)
	}
	h.prints("alice", "unpin ops 1 --json", `{"room":"ops","id":1,"done":"unpinned"}`+"\n")
	h.refused("unpin ops 1", "message 1 is not pinned")
	h.refused("pin ops last", "not the number of a message")
	h.prints("alice", "pins ops", "")
	h.does("bob", "send general for all")
	h.prints("bob", "pin general 1", "#general/1 is pinned\n")
	h.does("bob", "send @alice for two")
	h.prints("alice", "pin @bob 1", "@bob/1 is pinned\n")
}
