package chat_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"teahouse/app/chat"
)

func TestMentionsIn(t *testing.T) {
	for body, want := range map[string]string{
		"":                              "",
		"no at":                         "",
		"@":                             "",
		"@bob":                          "bob",
		"@Bob!":                         "bob",
		"hi @bob, @carol and @bob":      "bob carol",
		"(@bob)":                        "bob",
		"@bob's tea":                    "bob",
		"ask @bob.":                     "bob",
		"ask @bob.jones.":               "bob bob.jones",
		"ask @bob-jones":                "bob-jones",
		"@here: tea":                    "here",
		"@HERE":                         "here",
		"@ｂｏｂ":                          "bob",
		"茶 @bob 茶":                      "bob",
		"bob@example.com":               "",
		"_@bob":                         "",
		"é@bob":                         "",
		"@bob_":                         "",
		"@bob-":                         "",
		"@@bob":                         "bob",
		"@b":                            "",
		"@42":                           "",
		"`@bob` @carol":                 "carol",
		"``a ` @bob`` @carol":           "carol",
		"`a @bob":                       "bob",
		"`a\n\n@bob`":                   "bob",
		"``a` @bob":                     "bob",
		"`x`@bob":                       "bob",
		"```\n@bob\n```\n@carol":        "carol",
		"```go\n@bob\n``\n````\n@carol": "carol",
		"~~~\n@bob\n```\n~~~\n@carol":   "carol",
		"```\n@bob":                     "",
		"    ```\n@bob":                 "bob",
		"```a`b\n@bob":                  "bob",
		"@bob ~~gone~~":                 "bob",
	} {
		if got := strings.Join(chat.MentionsIn(body), " "); got != want {
			t.Errorf("%q calls %q, want %q", body, got, want)
		}
	}
}

func TestMentionsAreBounded(t *testing.T) {
	var body strings.Builder
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			body.WriteString("@x" + string(a) + string(b) + " ")
		}
	}
	if n := len(chat.MentionsIn(body.String())); n < 40 || n > 50 {
		t.Errorf("%d are called", n)
	}
	for _, long := range []string{strings.Repeat("x", 10_000), strings.Repeat("x.", 5_000)} {
		if got := chat.MentionsIn("@" + long); len(got) > 50 {
			t.Errorf("%d are called", len(got))
		}
	}
}

func FuzzMentionsIn(f *testing.F) {
	for _, seed := range []string{"@bob", "`@bob` @carol", "```\n@x\n```", "@a.b.c @here", "~~~\n`\n@"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		names := chat.MentionsIn(body)
		for i, name := range names {
			if name == "" || !utf8.ValidString(name) || slices.Contains(names[:i], name) {
				t.Fatalf("%q calls %q", body, names)
			}
		}
		if !strings.Contains(body, "@") && len(names) > 0 {
			t.Fatalf("%q calls %q", body, names)
		}
		// A paragraph of its own calls, whatever stands before it but a fence.
		if !strings.Contains(body, "@") && !strings.Contains(body, "```") && !strings.Contains(body, "~~~") {
			if got := chat.MentionsIn(body + "\n\n@bob"); !slices.Equal(got, []string{"bob"}) {
				t.Fatalf("behind %q: %q", body, got)
			}
		}
	})
}

func TestCalls(t *testing.T) {
	bob := chat.User{ID: 2, Name: "bob"}
	for _, c := range []struct {
		from chat.UserID
		body string
		want bool
	}{
		{1, "@bob", true}, {1, "@BOB", true}, {1, "@here", true}, {1, "@bobby", false}, {1, "bob", false},
		{2, "@bob", false}, {2, "@here", false},
	} {
		m := &chat.Message{From: c.from, Mentions: chat.MentionsIn(c.body)}
		if m.Calls(bob) != c.want || m.Calls(chat.User{ID: 3}) != (c.body == "@here") {
			t.Errorf("%+v", c)
		}
	}
}

// TestRoomMentions follows what calls anna, through edits, reading, another
// name and a rewound log.
func TestRoomMentions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, bert := h.connect(a, "anna"), h.connect(b, "bert")
	mentions := func() int { v, _ := anna.Room(chat.General); return v.Mentions }
	wants := func(what string, n int) {
		t.Helper()
		anna.until(what, func() bool { return mentions() == n })
	}
	for _, body := range []string{"hi", "@anna", "@here", "@annabel", "@Anna tea?"} {
		bert.send(body)
	}
	anna.await(5)
	anna.send("@anna to herself, @here")
	anna.await(6)
	wants("she is called", 3)
	_, err := b.Edit(t.Context(), bert.User(), general, 1, "hi @anna")
	must(t, err)
	wants("an edit calls her", 4)
	_, err = b.Delete(t.Context(), bert.User(), general, 5)
	must(t, err)
	wants("a deletion takes it back", 3)
	_, err = b.React(t.Context(), bert.User(), general, 2, "👍", true)
	must(t, err)
	anna.Read(chat.General, 2)
	wants("she has read some", 1)
	_, err = a.Rename(t.Context(), anna.User(), "johanna")
	must(t, err)
	bert.send("@anna @johanna")
	wants("she has another name", 2)
	late := h.connect(a, "bert")
	if v, _ := late.Room(chat.General); v.Mentions != 1 { // with everybody
		t.Errorf("bert is called %d times", v.Mentions)
	}
	must(t, h.Redis.Del(t.Context(), "room:{0}", "room:{0}:head", "room:{0}:changes").Err())
	bert.send("anew")
	wants("the log is lost", 0)
}
