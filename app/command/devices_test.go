package command_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
	"teahouse/app/command"
)

func TestLinks(t *testing.T) {
	for line, want := range map[string]bool{
		"link ABCDE-FGHJK": true, " link  x --yes": true, "link": false, "link --yes": false, "link --json": false,
		"": false, "send link x": false, "linkx y": false,
	} {
		if got := command.Links(line); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

func TestLink(t *testing.T) {
	h := open(t)
	shown := h.does("alice", "link")
	code, _, _ := strings.Cut(shown, "\n")
	if !strings.Contains(shown, "within 10 minutes and once:\n    ssh HOST link "+code) {
		t.Errorf("link prints %q", shown)
	}
	h.does("bob", "send general hello")
	if _, err := h.run("bob", "link "+code); err == nil || !strings.Contains(words(err), "this key is bob here, who has written messages") {
		t.Errorf("bob is given up: %v", err)
	}
	if out := h.does("bob", "link --yes "+code); out != "you are alice here now; connect again\n" {
		t.Errorf("link prints %q", out)
	}
	if out := h.does("bob", "whoami"); out != "alice, by the key SHA256:bob\n" {
		t.Errorf("whoami prints %q", out)
	}
	h.refused("link "+code, "there is no such code")
	h.refused("link x", "there is no such code")
	h.refused("link x y", `takes no "y"`)
}

func TestForgetMe(t *testing.T) {
	h := open(t)
	h.does("bob", "send general hello")
	for _, line := range []string{"forget-me", "forget-me alice", "forget-me b\x1bob"} {
		if _, err := h.run("bob", line); err == nil {
			t.Errorf("%q is done", line)
		}
	}
	if out := h.does("bob", "forget-me bob"); !strings.HasPrefix(out, "bob is forgotten: ") || !strings.Contains(out, "What you wrote stays, under that name") {
		t.Errorf("forget-me prints %q", out)
	}
	h.refused("whois bob", "nobody here is called bob")
	if got := h.said("general"); len(got) != 1 || got[0] != "hello" {
		t.Errorf("said: %q", got)
	}
}

func TestExport(t *testing.T) {
	h := open(t)
	var empty map[string]any
	must(t, json.Unmarshal([]byte(h.does("carol", "export")), &empty))
	if empty["messages"] == nil || empty["reactions"] == nil {
		t.Errorf("an export of little: %v", empty)
	}
	h.does("bob", "send general one")
	h.does("alice", "join ops")
	h.does("alice", "send general --lines", strings.Repeat("tea\n", 150))
	h.does("alice", "send ops <two> \"& three\"")
	h.does("alice", "react general 1 👍")
	h.does("alice", "set theme night")
	h.does("alice", "ignore bob")
	h.does("alice", "quiet ops")
	alice := h.call("alice", nil, nil).User
	must(t, h.svc.KeepDraft(t.Context(), alice, chat.General, "half"))
	out := h.does("alice", "export")
	var got struct {
		User     struct{ Name string }
		Keys     []struct{ Fingerprint, Key string }
		Settings map[string]string
		Ignored  []string
		Rooms    []struct {
			Room, Draft string
			Quiet       bool
		}
		Messages  []command.MessageJSON
		Reactions []struct {
			Room  string
			ID    chat.MessageID
			Emoji []string
		}
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(out)))
	must(t, dec.Decode(&got))
	if dec.More() {
		t.Error("there is more than one document")
	}
	if got.User.Name != "alice" || len(got.Keys) != 1 || got.Settings["theme"] != "night" || !cmp.Equal(got.Ignored, []string{"bob"}) {
		t.Errorf("exported %+v", got)
	}
	if len(got.Rooms) != 2 || got.Rooms[0].Draft != "half" || !got.Rooms[1].Quiet {
		t.Errorf("rooms: %+v", got.Rooms)
	}
	if n := len(got.Messages); n != 151 || got.Messages[150].Body != "<two> \"& three\"" || got.Messages[150].Room != "ops" || got.Messages[0].ID != 2 {
		t.Errorf("%d messages", n)
	}
	if len(got.Reactions) != 1 || got.Reactions[0].ID != 1 || !cmp.Equal(got.Reactions[0].Emoji, []string{"👍"}) {
		t.Errorf("reactions: %+v", got.Reactions)
	}
	var screen bytes.Buffer
	c := h.call("alice", nil, &screen)
	c.Face = command.Screen
	if err := command.Run(t.Context(), "export", c); err == nil || !strings.Contains(words(err), "ssh HOST export") {
		t.Errorf("on the screen: %v", err)
	}
}
