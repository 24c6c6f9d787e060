package command

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
)

// A user called like a command could be mistaken for one.
func TestCommandsAreReservedNames(t *testing.T) {
	reserved := chat.ReservedWords()
	for _, c := range Table() {
		if !slices.Contains(reserved, c.Name) {
			t.Errorf("chat.ReservedWords lacks the command %q", c.Name)
		}
	}
}

func TestTable(t *testing.T) {
	for _, face := range []Face{Screen, Exec} {
		seen := map[string]bool{}
		for _, c := range Table() {
			if c.Faces&face == 0 {
				continue
			}
			if seen[c.Name] {
				t.Errorf("%s is there twice for one face", c.Name)
			}
			seen[c.Name] = true
			if c.Run == nil || c.Short == "" || c.Min > c.Max {
				t.Errorf("%s is not complete", c.Name)
			}
		}
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		name, line string
		args       []string
		text       string
		opt        Options
		wrong      string
	}{
		{name: "send", line: "general hi  there", args: []string{"general"}, text: "hi  there"},
		{name: "send", line: "general it's -n \"quoted\"", args: []string{"general"}, text: "it's -n \"quoted\""},
		{name: "send", line: "general -v is broken", args: []string{"general"}, text: "-v is broken"},
		{name: "send", line: "--json general hi", args: []string{"general"}, text: "hi", opt: Options{JSON: true}},
		{name: "send", line: "general --json", args: []string{"general"}, opt: Options{JSON: true}},
		{name: "send", line: "general --lines", args: []string{"general"}, opt: Options{Lines: true}},
		{name: "send", line: "general -- --lines", args: []string{"general"}, text: "--lines"},
		{name: "send", line: "", wrong: "needs more"},
		{name: "send", line: "ops --reply-to #41 so do I", args: []string{"ops"}, text: "so do I", opt: Options{ReplyTo: 41}},
		{name: "tail", line: "ops --since 0", args: []string{"ops"}, opt: Options{SinceSet: true}},
		{name: "tail", line: "ops --since 7", args: []string{"ops"}, opt: Options{Since: 7, SinceSet: true}},
		{name: "search", line: "two words -n 3", args: []string{"two", "words"}, opt: Options{N: 3, NSet: true}},
		{name: "history", line: "ops -n 5 --before 41", args: []string{"ops"}, opt: Options{N: 5, NSet: true, Before: 41}},
		{name: "history", line: "-n 5 ops", args: []string{"ops"}, opt: Options{N: 5, NSet: true}},
		{name: "history", line: "ops -n many", wrong: "-n needs a number"},
		{name: "history", line: "ops -n -1", wrong: "-n needs a number"},
		{name: "history", line: "ops -n", wrong: "-n needs a number"},
		{name: "history", line: "ops --bogus", wrong: "no option --bogus"},
		{name: "history", line: "ops eng", wrong: `takes no "eng"`},
		{name: "tail", line: "ops  eng", args: []string{"ops", "eng"}},
		{name: "edit", line: "ops 41  on it -n", args: []string{"ops", "41"}, text: "on it -n"},
		{name: "delete", line: "ops #41 --json", args: []string{"ops", "#41"}, opt: Options{JSON: true}},
		{name: "delete", line: "ops 41 now", wrong: `takes no "now"`},
		{name: "react", line: "ops 41 👍", args: []string{"ops", "41", "👍"}},
		{name: "react", line: "--off ops 41 :+1:", args: []string{"ops", "41", ":+1:"}, opt: Options{Off: true}},
		{name: "react", line: "ops 41", wrong: "needs more"},
		{name: "send", line: "ops --off", args: []string{"ops"}, text: "--off"},
		{name: "keys", line: "add ssh-ed25519 AAAA me@home", args: []string{"add"}, text: "ssh-ed25519 AAAA me@home"},
	}
	for _, tt := range tests {
		t.Run(tt.name+" "+tt.line, func(t *testing.T) {
			cmd, _ := Find(tt.name, Exec)
			var c Call
			err := cmd.parse(tt.line, &c)
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) {
					t.Fatalf("error %v, want one with %q", err, tt.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.args, c.Args); diff != "" || c.Text != tt.text || c.Opt != tt.opt {
				t.Errorf("args %q text %q options %+v", c.Args, c.Text, c.Opt)
			}
		})
	}
}

func TestUnknownCommand(t *testing.T) {
	err := Run(t.Context(), "frobnicate now", &Call{Face: Screen})
	if _, ok := err.(*UsageError); !ok || !strings.Contains(err.Error(), "/frobnicate") {
		t.Errorf("got %v", err)
	}
}

// Whatever is typed, parsing ends, loses no text, and keeps to the table.
func FuzzParse(f *testing.F) {
	f.Add("send", "general -- hi --json")
	f.Add("history", "x -n 3 --before 9")
	f.Add("tail", "a b c\td\n-n 1")
	f.Add("keys", "add  x")
	f.Fuzz(func(t *testing.T, name, line string) {
		cmd, ok := Find(name, Exec)
		if !ok {
			return
		}
		var c Call
		if err := cmd.parse(line, &c); err != nil {
			return
		}
		if n := len(c.Args); n < cmd.Min || n > cmd.Max {
			t.Errorf("%d arguments for %s", n, name)
		}
		if c.Text != "" && !strings.HasSuffix(line, c.Text) {
			t.Errorf("text %q is not the end of %q", c.Text, line)
		}
	})
}
