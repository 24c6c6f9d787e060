package chat

import "testing"

func TestCleanDraft(t *testing.T) {
	for _, c := range []struct{ before, in, want string }{
		{"", "  a \n\n", "  a \n\n"},
		{"", "a\r\nb\rc\td", "a\nb\nc\td"},
		{"", "\x1b[31mred\x1b[0m\a", "red"},
		{"", "\u0301x", "x"},
		{"e", "\u0301", "\u0301"},
		{"👩", "\u200d", "\u200d"},
		{"a", "\u200d", ""},
		{"a\n", "\u0301", ""},
		{"", "a\xffb", "a\ufffdb"},
	} {
		if got := CleanDraft(c.before, c.in); got != c.want {
			t.Errorf("CleanDraft(%q, %q) = %q, want %q", c.before, c.in, got, c.want)
		}
	}
}
