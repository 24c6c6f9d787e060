package command_test

import (
	"strings"
	"testing"
)

func TestAway(t *testing.T) {
	h := open(t)
	h.follow("bob", "tail general")
	if out := h.does("bob", "away at lunch"); out != "you are away now; back ends it\n" {
		t.Errorf("away prints %q", out)
	}
	if out := h.does("alice", "whois bob"); !strings.Contains(out, "bob: here now, away for a moment: at lunch, first seen") {
		t.Errorf("whois prints %q", out)
	}
	if out := h.does("alice", "whois bob --json"); !strings.Contains(out, `"here":true,`) || !strings.Contains(out, `"away":"at lunch"`) {
		t.Errorf("whois prints %q", out)
	}
	if out := h.does("alice", "who"); out != "bob (away)\n" {
		t.Errorf("who prints %q", out)
	}
	h.does("bob", "join ops")
	h.does("alice", "join ops")
	if out := h.does("alice", "who ops --json"); out != `{"name":"bob","here":true,"away":true}`+"\n"+`{"name":"alice","here":false}`+"\n" {
		t.Errorf("who prints %q", out)
	}
	if out := h.does("alice", "who ops"); out != "bob (away)\nalice (not here)\n" {
		t.Errorf("who prints %q", out)
	}
	if out := h.does("bob", "back"); out != "you are back\n" {
		t.Errorf("back prints %q", out)
	}
	if out := h.does("alice", "who --json"); out != `{"name":"bob","here":true}`+"\n" {
		t.Errorf("who prints %q", out)
	}
	h.does("bob", "away at dinner")
	if out := h.does("bob", "away --json"); out != `{"away":false}`+"\n" {
		t.Errorf("away prints %q", out)
	}
	h.refused("away "+strings.Repeat("x", 101), "100 are allowed")
}
