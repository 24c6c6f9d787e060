package chat

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestPlainJSON(t *testing.T) {
	for in, want := range map[string]string{
		`{"body":"déjà vu ☕ 漢字"}`:                  `{"body":"déjà vu ☕ 漢字"}`,
		"\"a\x7fb\u0080\u009bc\"":                  `"a\u007fb\u0080\u009bc"`,
		"\"\u202egpj\u2066x\u2069\"":               `"\u202egpj\u2066x\u2069"`,
		"\"a\u200bb\u00adc\ufeffd\"":               `"a\u200bb\u00adc\ufeffd"`,
		"\"👨\u200d👩 ❤\ufe0f\"":                     `"👨\u200d👩 ❤\ufe0f"`,
		"\"a\U000E0041\U000E0100\"\n":              "\"a\\udb40\\udc41\\udb40\\udd00\"\n",
		"\"\u0600١٢\"":                             "\"\u0600١٢\"",
		"\"\u0301x \u0301\"":                       `"\u0301x \u0301"`,
		"\"Z" + strings.Repeat("\u0335", 9) + "\"": "\"Z" + strings.Repeat("\u0335", 8) + `\u0335"`,
	} {
		if got := string(PlainJSON([]byte(in))); got != want {
			t.Errorf("PlainJSON(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPlainJSONOfPlainTextIsNotCopied(t *testing.T) {
	b := []byte(`{"body":"déjà vu ☕"}`)
	if allocs := testing.AllocsPerRun(100, func() { _ = PlainJSON(b) }); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

// Whatever the text is, a terminal that shows the JSON of it does nothing, and a
// program reads what was there.
func FuzzPlainJSON(f *testing.F) {
	addTextSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(map[string]string{s: s}); err != nil {
			t.Fatal(err)
		}
		plain := PlainJSON(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
		marks := 0
		for i, r := range string(plain) {
			if r == utf8.RuneError && !bytes.HasPrefix(plain[i:], []byte("\ufffd")) {
				t.Fatalf("%q gives invalid %q", s, plain)
			}
			unseen := unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
			if marks++; !isMark(r) {
				marks = 0
			}
			if marks > maxTextMarks {
				t.Fatalf("%q gives %q, with more marks than %d", s, plain, maxTextMarks)
			}
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unseen || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Variation_Selector) {
				t.Fatalf("%q gives %q, with %U", s, plain, r)
			}
		}
		var got map[string]string
		valid := strings.ToValidUTF8(s, "\ufffd")
		if err := json.Unmarshal(plain, &got); err != nil {
			t.Fatalf("%q gives %q: %v", s, plain, err)
		}
		if utf8.ValidString(s) && (got[valid] != valid || len(got) != 1) {
			t.Fatalf("%q reads as %q", s, got)
		}
	})
}
