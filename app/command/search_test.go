package command_test

import (
	"bytes"
	"strings"
	"testing"

	"teahouse/app/command"
)

func TestSearchCommand(t *testing.T) {
	h := open(t)
	h.does("alice", "join ops")
	h.does("alice", "send general --lines", strings.Repeat("Green tea\n", 30))
	h.does("alice", "send ops the kettle and\nmore Tea")
	if got := strings.Split(h.does("alice", "search TEA kettle"), "\n"); len(got) != 3 ||
		!strings.HasPrefix(got[0], "#ops/1  20") || !strings.HasSuffix(got[0], "Z alice: the kettle and") || got[1] != "    more Tea" {
		t.Errorf("found %q", got)
	}
	for line, want := range map[string]int{
		"search green -n 5 tea":        5,
		"search green in:general":      30,
		"search -n 7 from:alice green": 7,
		"search from:bob":              0,
		"search coffee":                0,
	} {
		if got := strings.Count(h.does("alice", line), "\n"); got != want {
			t.Errorf("%s prints %d lines, want %d", line, got, want)
		}
	}
	if got := h.does("bob", "search kettle"); got != "" {
		t.Errorf("bob, who is not there, finds %q", got)
	}
	if got := h.does("alice", "search --json -n 1 green"); !strings.HasPrefix(got, `{"id":30,"room":"general","from":"alice",`) {
		t.Errorf("found %q", got)
	}
	h.refused("search", "usage: search WORDS…")
	h.refused("search in:ops", "what is to be found?")
	h.refused("search tea in:nowhere", "there is no room #nowhere")
}

func TestSearchOnAScreen(t *testing.T) {
	h := open(t)
	h.does("alice", "send general --lines", strings.Repeat("Green tea\n", 30))
	for line, want := range map[string]struct {
		lines int
		words string
	}{
		"search tea":      {20, "#general/30  "},
		"search -n 3 tea": {3, "#general/28  "},
		"search coffee":   {1, "nothing is found among 30 messages"},
	} {
		var out bytes.Buffer
		c := h.call("alice", nil, &out)
		c.Face = command.Screen
		must(t, command.Run(t.Context(), line, c))
		if got := out.String(); strings.Count(got, "\n") != want.lines || !strings.Contains(got, want.words) {
			t.Errorf("%s prints %q", line, got)
		}
	}
}
