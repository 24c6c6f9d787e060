package house

import "testing"

// TestWire: what the chat's screen writes passes, and nothing that is like it.
func TestWire(t *testing.T) {
	w := NewWire()
	for _, good := range []string{
		"", "tea ☕ 👨\u200d👩", "\x1b[?1049h\x1b[?7l\x1b[m\x1b[H\x1b[2J", "\x1b[3;24r\x1b[24H\n\n\x1bM\r",
		"\x1b[38;5;110;1malice\x1b[m\x1b[12G\x1b[5X\x1b[2;3Hx\x1b[K", "\x1b[22;0t\x1b]2;(1) #ops · tea\a\x1b[23;0t",
		"\x1b]8;id=1f;https://a.example/%1b\x1b\\here\x1b]8;;\x1b\\", "\x1b]52;c;dGVhCgk=\a", "\x1b]11;?\a",
		"\x1b]9;tea: bob wrote\a\x1b]777;notify;tea;bob; wrote\a",
	} {
		if err := w.Check(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"\x1b", "\x1b[", "\x1b[6n", "\x1b[c", "\x1b[5A", "\x1b[2K", "\x1b[3J", "\x1b[!p", "\x1b[4i", "\x1b[1;2;3H", "\x1b[?1003h", "\x1b[?25$p",
		"\x1b[21t", "\x1b[8;5;20t", "\x1bc", "\x1b(0", "\x1bP$q\x1b\\", "\x1b_G\x1b\\", "\x1bkx\x1b\\", "\x1b]0;x\a", "\x1b]2;\u202ex\a",
		"\x1b]2;x\u009c\a", "\x1b]2;x\x1b\\", "\x1b]8;;javascript:x\x1b\\", "\x1b]8;;http://x\x1b", "\x1b]8;;http://x\a", "\x1b]52;p;?\a",
		"\x1b]52;c;GzEx\a", "\x1b]9;\u009b2J\a", "\x1b]11;red\a", "\x1b]1337;x\a", "a\nb", "\n", "\x1b[3;4H\n", "\x1bD", "a\bb", "a\x00", "\x9b", "\u009b", "\u200b", "\u202e",
		"a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301", "\U000e0041", "a \u0301", "\x1b[m\u0301",
	} {
		if err := w.Check(bad); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
}
