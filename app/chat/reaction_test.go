package chat

import (
	"strings"
	"testing"
)

func TestParseReaction(t *testing.T) {
	for in, want := range map[string]string{
		"👍": "👍", " 🎉 ": "🎉", ":tada:": "🎉", ":+1:": "👍", ":Tada": "🎉", "❤️": "❤️", "☕": "☕", "👍🏽": "👍🏽",
		"🇩🇪": "🇩🇪", "👩🏽‍💻": "👩🏽‍💻", "🏳️‍🌈": "🏳️‍🌈", "👩🏻‍❤️‍💋‍👨🏿": "👩🏻‍❤️‍💋‍👨🏿", "👨‍👩‍👧‍👦": "👨‍👩‍👧‍👦", "3️⃣": "3️⃣",
		"🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
		"": "", " ": "", ":": "", "::": "", ":nosuch:": "", "a": "", "3": "", "ok": "", "茶": "", "👍👍": "", "👍 ": "👍",
		"👍x": "", "x👍": "", "e\u0301": "", "👍\u200d": "", "\u200d👍": "", "🇩": "", "🇩🇪🇫": "", "\u2800": "", "👍\x1b[m": "",
		"👍\u0301": "", "\U000e0067": "", "🏴\U000e0067": "", "👍\U000e0067\U000e007f": "", "\xff": "", "\ufe0f": "",
		strings.Repeat("👩‍", 20) + "👩": "",
	} {
		got, err := ParseReaction(in)
		if got != want || (err == nil) != (want != "") || want == "" && ErrorCode(err) != CodeInvalid {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
}

// TestEmojis: each of the table has a code of its own that is a reaction.
func TestEmojis(t *testing.T) {
	n := 0
	for code, symbol := range Emojis() {
		n++
		if got, err := ParseReaction(":" + code + ":"); got != symbol || err != nil {
			t.Errorf(":%s: is %q, %v", code, got, err)
		}
		if got, err := ParseReaction(symbol); got != symbol || err != nil {
			t.Errorf("%s is %q, %v", symbol, got, err)
		}
	}
	if fields := len(strings.Fields(emojiTable)); fields != 2*n {
		t.Errorf("%d codes in %d words", n, fields)
	}
}

// Whatever is typed, a reaction stays short and one row, and is read again as
// it was.
func FuzzParseReaction(f *testing.F) {
	for _, s := range []string{"👍", ":tada:", "👩🏽‍💻", "3️⃣", "🇩🇪", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseReaction(s)
		if err != nil {
			return
		}
		if len(got) > limitReaction || Printable(got) != got || strings.ContainsAny(got, " \n") {
			t.Errorf("%q is let in as %q", s, got)
		}
		if again, err := ParseReaction(got); again != got || err != nil {
			t.Errorf("%q is %q, %v when read again", got, again, err)
		}
	})
}
