package command_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
	"teahouse/storage"
	"teahouse/storage/storagetest"
)

// openAt is open, and hands out the Redis below.
func openAt(t *testing.T, change ...func(*storage.Options)) (house, *storagetest.House) {
	t.Helper()
	r := storagetest.Start(t)
	svc := chat.New(r.Open(t, change...), slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	t.Cleanup(svc.Close)
	return house{t, svc}, r
}

// event is a line of tail --json, without its times.
type event map[string]any

// events are the lines that the tail has printed.
func (t *tailing) events() (all []event) {
	t.t.Helper()
	for line := range strings.Lines(t.printed()) {
		e := event{}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.t.Fatalf("%q: %v", line, err)
		}
		if _, edited := e["edited"]; edited {
			e["edited"] = true
		}
		delete(e, "at")
		all = append(all, e)
	}
	return all
}

// kinds counts the events by what they are.
func (t *tailing) kinds() map[any]int {
	n := map[any]int{}
	for _, e := range t.events() {
		n[e["event"]]++
	}
	return n
}

func TestTailTellsAllThatHappens(t *testing.T) {
	h, _ := openAt(t)
	h.does("alice", "send general before")
	tail := h.follow("bert", "tail general --json -n 1")
	tail.sees("before")
	h.does("alice", "send general tea?")
	h.does("alice", "send general --reply-to 2 yes")
	tail.sees(`"yes"`) // before they are changed: they are told as they are
	for _, line := range []string{
		"edit general 2 tea & cake?", "edit general 1 long before", "react general 2 👍", "react general 2 👍 --off", "topic general cups",
	} {
		h.does("alice", line)
	}
	tail.sees(`"cups"`)
	h.does("alice", "topic general -")
	tail.sees(`"topic":""`)
	h.does("alice", "delete general 2")
	tail.sees("deleted")
	carol := h.follow("carol", "tail general")
	tail.sees(`"join"`)
	h.does("carol", "nick caro")
	tail.sees(`"rename"`)
	_ = carol.stop()
	tail.sees(`"leave"`)
	message := func(kind string, id int, body string, more ...any) event {
		e := event{"event": kind, "id": float64(id), "room": "general", "from": "alice", "body": body}
		for i := 0; i < len(more); i += 2 {
			e[more[i].(string)] = more[i+1]
		}
		return e
	}
	notice := func(kind, name string, more ...any) event {
		e := event{"event": kind, "room": "general", "name": name}
		for i := 0; i < len(more); i += 2 {
			e[more[i].(string)] = more[i+1]
		}
		return e
	}
	const cake = "tea & cake?"
	want := []event{
		message("message", 1, "before"),
		message("message", 2, "tea?"),
		message("message", 3, "yes", "reply_to", 2.0),
		message("edit", 2, cake, "edited", true, "by", "alice"),
		message("edit", 1, "long before", "edited", true, "by", "alice"),
		message("reaction", 2, cake, "edited", true, "by", "alice", "emoji", "👍", "reactions", map[string]any{"👍": 1.0}),
		message("reaction", 2, cake, "edited", true, "by", "alice", "emoji", "👍", "off", true),
		notice("topic", "alice", "topic", "cups"),
		notice("topic", "alice", "topic", ""),
		message("delete", 2, "", "deleted", true, "by", "alice"),
		notice("join", "carol"),
		notice("rename", "caro", "was", "carol"),
		notice("leave", "caro"),
	}
	if diff := cmp.Diff(want, tail.events()); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(tail.printed(), `{"event":"message","id":1,"room":"general","from":"alice","at":"20`) {
		t.Errorf("the fields are in another order: %s", tail.printed())
	}
}

// A reader that takes in much at once gets it in the order in which it happened.
func TestTailTellsInOrder(t *testing.T) {
	h, _ := openAt(t)
	h.does("alice", "send general first")
	other, tail := h.follow("carol", "tail general --json -n 1"), h.follow("bert", "tail general --json -n 1")
	other.sees("first")
	tail.sees("first")
	tail.stall()
	for _, topic := range []string{"red", "blue"} {
		h.does("alice", "topic general "+topic)
		other.sees(`"topic":"` + topic)
		h.does("alice", "send general after "+topic)
	}
	tail.mu.Unlock()
	tail.sees("after blue")
	var got []any
	for _, e := range tail.events()[2:] {
		got = append(got, e["body"], e["topic"])
	}
	if want := []any{nil, "red", "after red", nil, nil, "blue", "after blue", nil}; !cmp.Equal(want, got) {
		t.Errorf("told: %v", got)
	}
}

// Whom its user ignores a tail does not hear either, nor what becomes of their
// messages.
func TestTailOfPeopleWhomOneIgnores(t *testing.T) {
	h, _ := openAt(t)
	h.does("alice", "send general before")
	h.does("carol", "whoami")
	h.does("bert", "ignore carol")
	tail := h.follow("bert", "tail general --json -n 1")
	tail.sees("before")
	h.does("carol", "send general --lines", "one\ntwo\n")
	h.does("carol", "edit general 2 uno")
	h.does("carol", "react general 1 👍")
	h.does("alice", "send general the end")
	tail.sees("the end")
	if got := tail.kinds(); got["message"] != 2 || got["reaction"] != 1 || len(got) != 2 {
		t.Errorf("told: %v", tail.printed())
	}
}

func TestTailSince(t *testing.T) {
	h, _ := openAt(t, func(o *storage.Options) { o.HistoryLimit = 150 })
	h.does("alice", "send general --lines", strings.Repeat("tea\n", 200))
	for since, gone := range map[string]bool{"198": false, "#100": false, "40": true, "0": true} {
		tail := h.follow("bert", "tail general --json --since "+since)
		h.does("alice", "send general after "+since)
		tail.sees("after " + since)
		last, err := strconv.Atoi(strings.TrimPrefix(since, "#"))
		must(t, err)
		for i, e := range tail.events() {
			if e["event"] == "gap" && i == 0 && gone {
				last += int(e["missing"].(float64))
			} else if last++; e["event"] != "message" || e["id"] != float64(last) {
				t.Fatalf("since %s: event %d is %v", since, i, e)
			}
		}
		_ = tail.stop()
	}
	h.refused("tail general ops --since 3", "--since goes on in one room")
	h.refused("tail general --since 3 -n 4", "--since goes on in one room")
	h.refused("tail general --since yesterday", "--since needs a number")
}

// A bot may have seen more than storage still has after a failover.
func TestTailSinceWhatWasLost(t *testing.T) {
	h, _ := openAt(t)
	h.does("alice", "send general --lines", "one\ntwo\n")
	tail := h.follow("bert", "tail general --json --since 9")
	tail.sees("rewind")
	h.does("alice", "send general three")
	tail.sees("three")
	es := tail.events()
	if len(es) != 2 || es[0]["event"] != "rewind" || es[0]["to"] != 2.0 || es[1]["id"] != 3.0 {
		t.Errorf("it tells %v", es)
	}
}

// TestTailReplays has a reader fall so far behind that the replica holds less
// than was missed: all is told, once, and in order.
func TestTailReplays(t *testing.T) {
	h, _ := openAt(t)
	h.does("alice", "send general first")
	tail := h.follow("bert", "tail general --json -n 1")
	tail.sees("first")
	tail.stall()
	const n = 450
	for i := range n {
		h.does("alice", fmt.Sprint("edit general 1 edit ", i))
		h.does("alice", "send general tea")
	}
	tail.mu.Unlock()
	// More happens while it makes up for that.
	for i := range n {
		h.does("alice", fmt.Sprint("edit general 1 last edit ", i))
	}
	h.does("alice", "send general the end")
	tail.sees("the end")
	if got := tail.kinds(); got["message"] != n+3 || got["edit"] != 2*n || len(got) != 2 {
		t.Errorf("told: %v", got)
	}
	last := 1.0
	for _, e := range tail.events()[1:] {
		if e["event"] == "message" && e["id"] != last+1 {
			t.Fatalf("message %v follows %v", e["id"], last)
		}
		last = max(last, e["id"].(float64))
	}
}

// Where the changes are no longer known one by one, that is told, and no
// message is missing.
func TestTailGap(t *testing.T) {
	h, r := openAt(t)
	h.does("alice", "send general first")
	tail := h.follow("bert", "tail general --json -n 1")
	tail.sees("first")
	tail.stall()
	h.does("alice", "edit general 1 the first")
	must(t, r.Redis.Del(t.Context(), "room:{0}:changes").Err())
	h.does("alice", "send general --lines", strings.Repeat("tea\n", 2*chat.TailLimit))
	h.does("alice", "send general the end")
	tail.mu.Unlock()
	tail.sees("the end")
	want := event{"event": "gap", "room": "general", "after": 2.0, "missing": 0.0}
	got := tail.kinds()
	if got["message"] != 2*chat.TailLimit+3 || got["gap"] != 1 || len(got) != 2 || !cmp.Equal(tail.events()[2], want) {
		t.Errorf("told: %v, %v", got, tail.events()[2])
	}
}
