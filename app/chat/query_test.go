package chat_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
)

func TestParseQuery(t *testing.T) {
	for text, want := range map[string]chat.Query{
		"tea":                       {Words: []string{"tea"}},
		"  Green\tTEA \n tea ":      {Words: []string{"green", "tea"}},
		"ＴＥＡ ＫＥＴＴＬＥ":                {Words: []string{"tea", "kettle"}},
		"Straße ÉCLAIR":             {Words: []string{"strasse", "éclair"}},
		"e\u0301clair":              {Words: []string{"éclair"}},
		"from:Alice":                {From: "alice"},
		"from:@alice in:#ops build": {Words: []string{"build"}, From: "alice", Room: "#ops"},
		"in:@bob tea in:@bob":       {Words: []string{"tea"}, Room: "@bob"},
		"from: at":                  {},
		"from:x":                    {},
		"in: x":                     {},
		"in:ops":                    {},
		"in:ops in:dev x":           {},
		"from:al from:bo":           {},
		"":                          {},
		" \u200b ":                  {},
		strings.Repeat("x", 201):    {},
	} {
		got, err := chat.ParseQuery(text)
		if cmp.Equal(want, chat.Query{}) {
			wantCode(t, err, chat.CodeInvalid)
			continue
		}
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
