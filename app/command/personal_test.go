package command_test

import (
	"strings"
	"testing"

	"teahouse/app/chat"
)

func TestIgnore(t *testing.T) {
	h := open(t)
	h.does("bob", "send general from bob")
	h.does("carol", "send general from carol")
	if out := h.does("alice", "ignore"); out != "you ignore nobody\n" {
		t.Errorf("ignore prints %q", out)
	}
	if out := h.does("alice", "ignore @bob"); !strings.HasPrefix(out, "you ignore bob now") {
		t.Errorf("ignore prints %q", out)
	}
	if out := h.does("alice", "ignore --json"); out != `{"name":"bob","ignored":true}`+"\n" {
		t.Errorf("ignore prints %q", out)
	}
	if out := h.does("alice", "history general"); strings.Contains(out, "bob") || !strings.Contains(out, "from carol") {
		t.Errorf("alice reads %q", out)
	}
	tail := h.follow("alice", "tail general -n 2")
	h.does("bob", "send general bob again")
	h.does("carol", "send general carol again")
	tail.sees("carol again")
	if out := tail.printed(); strings.Contains(out, "bob") || !strings.Contains(out, "from carol") {
		t.Errorf("alice follows %q", out)
	}
	h.does("alice", "ignore bob --off")
	if out := h.does("alice", "history general"); strings.Count(out, "bob") != 4 {
		t.Errorf("alice reads %q", out)
	}
	h.refused("ignore alice", "that is you")
	h.refused("ignore nobody", "nobody here is called nobody")
	h.refused("ignore bob --off", "you do not ignore bob")
}

func TestQuiet(t *testing.T) {
	h := open(t)
	if out := h.does("alice", "quiet general"); out != "#general is quiet for you now\n" {
		t.Errorf("quiet prints %q", out)
	}
	if out := h.does("alice", "quiet general --off --json"); out != `{"room":"general","quiet":false}`+"\n" {
		t.Errorf("quiet prints %q", out)
	}
	h.does("bob", "join ops")
	h.refused("quiet ops", "you are not in #ops")
	h.refused("quiet nowhere", "there is no room #nowhere")
	h.refused("quiet", "which room?")
}

func TestDrafts(t *testing.T) {
	h := open(t)
	if out := h.does("alice", "drafts"); out != "you have begun nothing that is not sent\n" {
		t.Errorf("drafts prints %q", out)
	}
	alice := h.call("alice", nil, nil).User
	must(t, h.svc.KeepDraft(t.Context(), alice, chat.General, "first\x1b[31m\nsecond"))
	if out := h.does("alice", "drafts"); out != "#general         first\n" {
		t.Errorf("drafts prints %q", out)
	}
	if out := h.does("alice", "drafts --json"); out != `{"room":"general","text":"first\nsecond"}`+"\n" {
		t.Errorf("drafts prints %q", out)
	}
}
