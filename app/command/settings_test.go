package command_test

import (
	"strings"
	"testing"
)

func TestSet(t *testing.T) {
	h := open(t)
	if out := h.does("alice", "set"); strings.Count(out, "\n") != 7 || !strings.Contains(out, "bell     mentions") {
		t.Errorf("set prints %q", out)
	}
	if out := h.does("alice", "set zone new york"); out != "zone is America/New_York now\n" {
		t.Errorf("set zone prints %q", out)
	}
	if out := h.does("alice", "set --json theme night"); !strings.HasPrefix(out, `{"setting":"theme","value":"night","words":["auto",`) {
		t.Errorf("set theme prints %q", out)
	}
	if out := h.does("alice", "set theme"); !strings.Contains(out, "theme is night") || !strings.Contains(out, "contrast-light") {
		t.Errorf("set theme prints %q", out)
	}
	if out := h.does("alice", "set zone --json"); out != `{"setting":"zone","value":"America/New_York"}`+"\n" {
		t.Errorf("set zone prints %q", out)
	}
	if out := h.does("bob", "set theme"); !strings.Contains(out, "theme is auto") {
		t.Errorf("bob's theme: %q", out)
	}
	h.refused("set theme pink", "it can be auto, tea-dark")
	h.refused("set colour", "there is no setting")
	h.refused("set colour red", "there is no setting")
}
