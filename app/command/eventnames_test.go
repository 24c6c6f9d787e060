package command_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
	"teahouse/app/command"
	"teahouse/storage/storagetest"
)

// constants are those that app/chat declares of one of its types, read from its
// source: the language cannot list them.
func constants(t *testing.T, of string) (values []string) {
	t.Helper()
	files, err := filepath.Glob("../chat/*.go")
	must(t, err)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		must(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if typed, ok := spec.Type.(*ast.Ident); ok && typed.Name == of {
				for _, v := range spec.Values {
					value, err := strconv.Unquote(v.(*ast.BasicLit).Value)
					must(t, err)
					values = append(values, value)
				}
			}
			return true
		})
	}
	if len(values) < 3 {
		t.Fatalf("of type %s there is but %q", of, values)
	}
	return values
}

// TestEverythingThatHappensHasAName: what is new in the domain has its name in
// tail --json, its words, and its place in the page for those who write bots.
func TestEverythingThatHappensHasAName(t *testing.T) {
	page, err := os.ReadFile("../../docs/bots.md")
	must(t, err)
	documented := func(what, name string) {
		if name == "" || !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/bots.md knows nothing of %s, called %q", what, name)
		}
	}
	for _, turn := range constants(t, "Turn") {
		// Who is away is told by who, and line by line nowhere.
		if turn != string(chat.TurnAway) && turn != string(chat.TurnBack) {
			documented("the turn "+turn, command.EventOf(chat.Turn(turn)))
		}
	}
	for _, act := range constants(t, "Act") {
		documented("the change "+act, command.EventOf(chat.Act(act)))
	}
	for _, verb := range constants(t, "Verb") {
		documented("the verb "+verb, verb)
		if words := (chat.Doing{Verb: chat.Verb(verb), Target: "x"}).Words(); words == "" {
			t.Errorf("%s has no words", verb)
		}
	}
	for _, kind := range constants(t, "Kind") {
		if kind != "" {
			documented("the kind "+kind, strconv.Quote(kind))
		}
	}
}

// TestTailTellsWhatIsDoneInARoom: each deed comes with what it was, to whom and
// why, as fields of their own.
func TestTailTellsWhatIsDoneInARoom(t *testing.T) {
	h, _ := openAt(t)
	h.does("alice", "create ops")
	for _, name := range []string{"bert", "carol"} {
		h.does(name, "join ops")
	}
	tail := h.follow("bert", "tail ops --json -n 1")
	h.does("alice", "send ops tea")
	// A deed is told to those who hear it at the time, and a tail has the messages
	// before it hears anything.
	storagetest.Until(t, "the tail hears what is done", func() bool {
		h.does("alice", "pin ops 1")
		h.does("alice", "unpin ops 1")
		return strings.Contains(tail.printed(), `"unpin"`)
	})
	var want []event
	for _, d := range []struct {
		line, text string
		act        string
		more       []string
	}{
		{"mute ops carol 1h too loud", "muted carol: too loud", "mute", []string{"target", "carol", "why", "too loud"}},
		{"unmute ops carol", "unmuted carol", "unmute", []string{"target", "carol"}},
		{"op ops carol", "made carol a moderator", "op", []string{"target", "carol"}},
		{"deop ops carol", "made carol a plain member", "deop", []string{"target", "carol"}},
		{"slow ops 30s", "turned on slow mode: one message in 30s", "slow", []string{"target", "30s"}},
		{"slow ops off", "turned off slow mode", "unslow", nil},
		{"pin ops 1", "pinned message 1", "pin", []string{"target", "1"}},
		{"unpin ops 1", "unpinned message 1", "unpin", []string{"target", "1"}},
		{"kick ops carol", "kicked carol", "kick", []string{"target", "carol"}},
		{"ban ops carol 1h", "banned carol", "ban", []string{"target", "carol"}},
		{"unban ops carol", "unbanned carol", "unban", []string{"target", "carol"}},
		{"archive ops", "archived the room", "archive", nil},
		{"archive ops --off", "brought the room back from the archive", "unarchive", nil},
		{"rename ops tea", "renamed the room to #tea", "rename", []string{"target", "#tea"}},
	} {
		h.does("alice", d.line)
		tail.sees(strconv.Quote(d.text))
		e := event{"event": "deed", "room": "ops", "name": "alice", "act": d.act, "text": d.text}
		for i := 0; i < len(d.more); i += 2 {
			e[d.more[i]] = d.more[i+1]
		}
		want = append(want, e)
	}
	got := tail.events()
	got = got[slices.IndexFunc(got, func(e event) bool { return e["act"] == want[0]["act"] }):]
	for i := 0; i < len(got); i++ {
		if got[i]["event"] == "leave" { // carol's, who was kicked
			got = append(got[:i], got[i+1:]...)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
