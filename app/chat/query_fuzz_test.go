package chat

import (
	"slices"
	"strings"
	"testing"
)

func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{"tea", "from:alice in:ops Tea", "İstanbul ﬁ ｶﾞ", "in:", "from:@", "0 ﾞ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ParseQuery(text)
		if err != nil {
			if ErrorCode(err) != CodeInvalid {
				t.Fatal(err)
			}
			return
		}
		if len(q.Words) == 0 && q.From == "" || slices.Contains(q.Words, "") {
			t.Fatalf("%q is %+v", text, q)
		}
		// What somebody says is found by what they said.
		body, err := CleanBody(text)
		if err == nil && !strings.Contains(text, ":") && !q.occurIn(body) {
			t.Fatalf("%q is not found by %q", body, q.Words)
		}
	})
}
