package command_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
	"teahouse/app/command"
	"teahouse/storage"
	"teahouse/storage/storagetest"
)

// openCounted is a house whose trips to Redis can be counted.
func openCounted(t *testing.T) house {
	t.Helper()
	store := storagetest.Start(t).Open(t, func(o *storage.Options) { o.Hook = storagetest.Trips{} })
	svc := chat.New(store, slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	t.Cleanup(svc.Close)
	return house{t, svc}
}

// answer is all that a person can make out of a command.
type answer struct {
	Out, Err string
	Code     chat.Code
	Usage    bool
	Trips    int64
}

// asks gives a command as the person, and puts the same word for the name of
// the room in the answer.
func (h house) asks(who, line, name string, face command.Face) answer {
	h.t.Helper()
	var out bytes.Buffer
	c := h.call(who, strings.NewReader("the lines\nof standard input\n"), &out)
	c.Face = face
	if face == command.Screen {
		sess, err := h.svc.Connect(h.t.Context(), c.User)
		must(h.t, err)
		defer sess.Close(context.WithoutCancel(h.t.Context()))
		c.Session, c.Room = sess, chat.General
	}
	ctx, n := storagetest.Counting(h.t.Context())
	ctx, cancel := context.WithTimeout(ctx, time.Minute) // a tail that is let in goes on for ever
	defer cancel()
	err := command.Run(ctx, line, c)
	_, usage := err.(*command.UsageError)
	a := answer{Out: out.String(), Code: chat.ErrorCode(err), Usage: usage, Trips: n.Load()}
	if err != nil {
		a.Err = words(err)
	}
	a.Out, a.Err = strings.ReplaceAll(a.Out, name, "NAME"), strings.ReplaceAll(a.Err, name, "NAME")
	return a
}

// askings are all commands as a stranger could use them to ask for a name.
func askings() map[string][]string {
	return map[string][]string{
		"join":      {"%s", "&%s", "#%s", "%s open sesame", "&%s open sesame", "#%s open sesame", "%s short"},
		"leave":     {"%s", "&%s"},
		"rooms":     {""},
		"create":    {"%s", "%s --private", "&%s --private"},
		"topic":     {"%s", "&%s", "%s mine now"},
		"invite":    {"%s alice", "&%s alice", "%s mallory"},
		"uninvite":  {"&%s alice", "&%s mallory"},
		"invites":   {"", "%s --off", "&%s --off"},
		"op":        {"%s alice", "&%s alice", "&%s mallory"},
		"deop":      {"&%s alice", "&%s mallory"},
		"rename":    {"den %s", "den &%s", "&%s mine", "%s mine"},
		"archive":   {"&%s", "&%s --off", "%s"},
		"slow":      {"&%s 30s", "&%s off", "%s 1h"},
		"pin":       {"&%s 1", "%s 1"},
		"unpin":     {"&%s 1", "%s 1"},
		"pins":      {"&%s", "%s"},
		"password":  {"&%s open sesame", "&%s --off", "&%s", "%s open sesame"},
		"who":       {"%s", "&%s"},
		"whois":     {"%s", "alice"},
		"msg":       {"%s hello"},
		"me":        {"looks for %s"},
		"send":      {"%s hello", "&%s hello", "&%s", "&%s --lines"},
		"history":   {"%s", "&%s", "&%s -n 1 --json", "&%s --before 2"},
		"tail":      {"%s", "&%s", "general &%s", "&%s -n 5 --json"},
		"edit":      {"&%s 1 mine", "%s 1 mine"},
		"delete":    {"&%s 1", "%s 1"},
		"react":     {"&%s 1 👍", "%s 1 👍 --off"},
		"nick":      {"%s"},
		"whoami":    {""},
		"keys":      {"", "%s"},
		"help":      {"", "%s"},
		"quit":      {""},
		"set":       {"", "theme %s"},
		"quiet":     {"%s", "&%s", "%s --off"},
		"ignore":    {"%s"},
		"drafts":    {""},
		"away":      {"%s"},
		"back":      {""},
		"reply":     {"1 %s"},
		"search":    {"%s", "treasure in:%s", "treasure in:&%s"},
		"link":      {"%s"},
		"export":    {""},
		"forget-me": {"%s"},
		"lines":     {""},
		"goto":      {"#%s/1", "&%s/1"},
		"join-code": {"%s"},
		"kick":      {"&%s alice", "%s alice"},
		"ban":       {"&%s alice 1h", "%s alice", "&%s 10.1.1.1"},
		"unban":     {"&%s alice", "%s alice"},
		"mute":      {"&%s alice", "%s alice 10m"},
		"unmute":    {"&%s alice", "%s alice"},
		"bans":      {"&%s", "%s"},
		"admin":     {"op %s alice", "op &%s alice", "audit"},
		"announce":  {"%s"},
		"motd":      {"%s"},
		"lockdown":  {"1h %s"},
		"audit":     {""},
	}
}

// TestStranger: no command tells whether a private room exists. What it prints,
// how it fails and how often storage is asked are the same for the name of one
// and for a name that nothing has.
func TestStranger(t *testing.T) {
	h := openCounted(t)
	h.does("alice", "whoami")
	tried := 0
	for _, cmd := range command.Table() {
		lines, ok := askings()[cmd.Name]
		if !ok {
			t.Errorf("nobody asked what a stranger learns by the command %s", cmd.Name)
		}
		for _, args := range lines {
			for _, face := range []command.Face{command.Exec, command.Screen} {
				if cmd.Faces&face == 0 {
					continue
				}
				for _, extra := range []string{"", " --json"} {
					tried++
					h.compare(tried, strings.TrimSpace(cmd.Name+" "+args)+extra, face)
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d askings", tried)
	}
}

// compare has two strangers ask, one for the name of a private room in which
// something was said and to which somebody is invited, the other for a name
// that nothing has.
func (h house) compare(n int, line string, face command.Face) {
	h.t.Helper()
	owner, guest := fmt.Sprintf("owner%03d", n), fmt.Sprintf("guest%03d", n)
	taken, free := fmt.Sprintf("vault%03d", n), fmt.Sprintf("vowel%03d", n)
	h.does(guest, "whoami")
	h.does(owner, "create "+taken+" --private")
	h.does(owner, "send &"+taken+" the treasure")
	if strings.Contains(line, "sesame") {
		h.does(owner, "password &"+taken+" open says me")
	}
	h.does(owner, "invite &"+taken+" "+guest)
	// Once before, so that the scripts are loaded and the connections made.
	h.stranger(fmt.Sprintf("trudy%03d", n), line, fmt.Sprintf("vexed%03d", n), face)
	got := h.stranger(fmt.Sprintf("mally%03d", n), line, taken, face)
	want := h.stranger(fmt.Sprintf("molly%03d", n), line, free, face)
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("%s tells that a private room exists: %s", line, diff)
	}
	if strings.Contains(got.Out+got.Err, "treasure") {
		h.t.Errorf("%s: %+v", line, got)
	}
}

// stranger has somebody ask who is in a private room of their own.
func (h house) stranger(who, line, name string, face command.Face) answer {
	h.t.Helper()
	h.does(who, "create den --private")
	a := h.asks(who, fill(line, name), name, face)
	// What differs because the strangers do, and the time.
	blind := regexp.MustCompile(`m[ao]lly\d{3}|"(id|at|created|seen)":[^,}]+`)
	a.Out, a.Err = blind.ReplaceAllString(a.Out, "…"), blind.ReplaceAllString(a.Err, "…")
	return a
}

func fill(line, name string) string { return strings.ReplaceAll(line, "%s", name) }

// TestStrangerCompletes: what a screen completes names from has no private
// room but one's own.
func TestStrangerCompletes(t *testing.T) {
	h := openCounted(t)
	h.does("alice", "create vault --private")
	h.does("alice", "create hall")
	alice, mallory := h.call("alice", nil, nil).User, h.call("mallory", nil, nil).User
	for who, want := range map[*chat.User][]string{&alice: {"#general", "#hall", "&vault"}, &mallory: {"#general", "#hall"}} {
		all, err := h.svc.Directory(t.Context(), *who)
		must(t, err)
		if got := titles(all, func(r chat.Listed) string { return r.Title() }); !slices.Equal(got, want) {
			t.Errorf("%s may choose from %v, want %v", who.Name, got, want)
		}
	}
	public, err := h.svc.PublicRooms(t.Context())
	must(t, err)
	if got := titles(public, func(r chat.RoomInfo) string { return r.Title() }); !slices.Equal(got, []string{"#general", "#hall"}) {
		t.Errorf("everyone may choose from %v", got)
	}
}

func titles[T any](rooms []T, title func(T) string) (all []string) {
	for _, r := range rooms {
		all = append(all, title(r))
	}
	return all
}

// TestStrangerJoins: the name of a private room is as free as any other.
func TestStrangerJoins(t *testing.T) {
	h := openCounted(t)
	h.does("alice", "create vault --private")
	h.does("alice", "send &vault the treasure")
	if out := h.does("mallory", "join vault"); out != "you are in #vault now\n" {
		t.Errorf("joining gives %q", out)
	}
	h.does("mallory", "send vault anybody here?")
	if got := h.said("vault"); !slices.Equal(got, []string{"the treasure"}) {
		t.Errorf("in alice's is %q", got)
	}
	if got := h.does("mallory", "history vault"); !strings.Contains(got, "anybody") || strings.Contains(got, "treasure") {
		t.Errorf("in the public one is %q", got)
	}
}
