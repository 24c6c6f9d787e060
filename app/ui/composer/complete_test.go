package composer

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
)

// staticSource has the same names for everything.
type staticSource []string

func (s staticSource) Complete(_ Kind, prefix string) (found []string) {
	for _, name := range s {
		if strings.HasPrefix(name, prefix) {
			found = append(found, name)
		}
	}
	return found
}

func tab(c *Composer, keys string) {
	src := staticSource{"alice", "alan", "albert", "join", "general"}
	for name := range strings.SplitSeq(keys, "|") {
		switch name {
		case "tab":
			c.Tab(src)
		case "shift+tab":
			c.ShiftTab()
		case "esc":
			c.Cancel()
		default:
			press(c, name)
		}
	}
}

func TestTab(t *testing.T) {
	for _, tt := range []struct{ text, keys, want string }{
		{"hi @al", "tab", "hi @alice ^"},
		{"hi @al", "tab|tab", "hi @alan ^"},
		{"hi @al", "tab|tab|tab|tab", "hi @alice ^"},
		{"hi @al", "tab|shift+tab", "hi @albert ^"},
		{"hi @al", "shift+tab", "hi @al^"},
		{"hi @al", "tab|tab|esc", "hi @al^"},
		{"hi @al", "tab|tab|x|tab", "hi @alan x^"},
		{"hi @al", "tab|tab|ctrl+z", "hi @al^"},
		{"@al there", "home|right|right|right|tab|x", "@alicex^ there"},
		{"@", "tab", "@alice ^"},
		{"(@al", "tab", "(@alice ^"},
		{"in\n#ge", "tab", "in\n#general ^"},
		{"/jo", "tab", "/join ^"},
		{"/join #ge", "tab", "/join #general ^"},
		{"a /jo", "tab", "a /jo^"},
		{"mail@al", "tab", "mail@al^"},
		{"al", "tab", "al^"},
		{"", "tab", "^"},
		{"@nobody", "tab", "@nobody^"},
		{":te", "tab", "🍵 ^"},
		{":te", "tab|tab", "🫖 ^"},
		{":tea:", "tab", "🍵 ^"},
		{":Tad", "tab", "🎉 ^"},
		{":+1", "tab", "👍 ^"},
		{":t", "tab", ":t^"},
		{"at 12:30", "tab", "at 12:30^"},
	} {
		c := newComposer()
		c.SetValue(tt.text)
		tab(c, tt.keys)
		if got := shown(c); got != tt.want {
			t.Errorf("%q and %s: %q, want %q", tt.text, tt.keys, got, tt.want)
		}
	}
}

func TestHint(t *testing.T) {
	c := newComposer()
	c.SetValue("@al")
	if labels, _ := c.Hint(); labels != nil || c.HintRow(40) != "" {
		t.Errorf("a hint before Tab: %q", labels)
	}
	tab(c, "tab|tab")
	if labels, current := c.Hint(); !slices.Equal(labels, []string{"@alice", "@alan", "@albert"}) || current != 1 {
		t.Errorf("%q, %d", labels, current)
	}
	if row := c.HintRow(40); row != "  @alice  @alan  @albert" {
		t.Errorf("%q", row)
	}
	if row := c.HintRow(12); row != "  @alan  @a…" {
		t.Errorf("%q", row)
	}
	tab(c, "x")
	if labels, _ := c.Hint(); labels != nil {
		t.Errorf("a hint after another key: %q", labels)
	}
	c.SetValue("#ge")
	if tab(c, "tab"); c.HintRow(40) != "" {
		t.Errorf("a hint without a choice: %q", c.HintRow(40))
	}
}

func TestEmojiTable(t *testing.T) {
	last, n := "", 0
	for code, symbol := range chat.Emojis() {
		if code <= last || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz0123456789_+-") != "" {
			t.Errorf("%q stands behind %q", code, last)
		}
		if size, width := next(symbol, 0, 10); size != len(symbol) || width != 2 || ansi.StringWidth(symbol) != 2 {
			t.Errorf("%s is %q, %d cells", code, symbol, width)
		}
		last, n = code, n+1
	}
	if n < 150 {
		t.Errorf("%d codes", n)
	}
}
