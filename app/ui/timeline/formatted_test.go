package timeline

import (
	"testing"
	"time"

	"github.com/muesli/termenv"

	"teahouse/app/chat"
	"teahouse/app/ui/markup"
	"teahouse/app/ui/theme"
)

const runbook = "the plan:\n" +
	"1. **stop** the _old_ one, see [the runbook](https://example.com/run)\n" +
	"2. ~~ask bob~~ run `make deploy` and wait until it says so, which takes a while\n" +
	"   - not on a Friday\n" +
	"\n" +
	"> who turned it off?\n" +
	"> > not me :eyes:\n" +
	"I did, @dora. @carol knows why\n" +
	"```go\n// Stop stops it.\nfunc (s *Server) Stop() error {\n\treturn fmt.Errorf(\"no: %d\", 42)\n}\n```\n" +
	"```\nno language\n```"

// formatted has what markup makes, and what a room looks like where one has
// chosen, hidden and answered.
func formatted(th *theme.Theme) *Timeline {
	t := New(th, time.UTC, me, NewCache(&markup.Parser{}))
	t.SetMe("dora")
	t.SetTitle("#ops")
	t.SetHidden(func(m *chat.Message) bool { return m.From == 5 })
	re := func(id, to chat.MessageID, from chat.UserID, name, body string) *chat.Message {
		m := message(id, from, name, morning(float64(id)/2), body)
		m.ReplyTo = to
		return m
	}
	wave := message(6, 1, "alice", morning(3), "waves at **everyone**, and @dora")
	wave.Kind = chat.KindAction
	t.Append([]*chat.Message{
		message(1, 2, "bob", morning(0), "does `rm -rf` know?"),
		message(2, 1, "alice", morning(1), runbook),
		message(3, 5, "mallory", morning(1), "spam"), message(4, 5, "mallory", morning(2), "spam"),
		re(5, 2, 3, "carol", "yes"), wave,
		re(7, 1, me, "dora", "it does, says @dora"), re(8, 3, 3, "carol", "again?"), re(9, 90, 3, "carol", "_hm_"),
	})
	t.SetPending([]chat.Pending{{Draft: chat.Draft{Key: "a", From: me, Name: "dora", Body: "**this** waits", ReplyTo: 5}}})
	return t
}

func TestGoldenMarkup(t *testing.T) {
	for _, c := range []struct {
		name          string
		profile       termenv.Profile
		dark          bool
		width, height int
	}{
		{"markup-plain-80", termenv.Ascii, true, 80, 48},
		{"markup-plain-40", termenv.Ascii, true, 40, 62},
		{"markup-plain-20", termenv.Ascii, true, 20, 100},
		{"markup-mono-80", theme.Monochrome, true, 80, 48},
		{"markup-16-light-80", termenv.ANSI, false, 80, 48},
		{"markup-256-120", termenv.ANSI256, true, 120, 48},
	} {
		t.Run(c.name, func(t *testing.T) {
			tl := formatted(theme.New(c.profile, c.dark))
			tl.SetSize(c.width, c.height)
			tl.Select(7)
			compare(t, c.name, visible(tl.Rows(nil)))
		})
	}
}
