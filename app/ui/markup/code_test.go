package markup

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alecthomas/chroma/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"teahouse/app/chat"
)

// texts is what the pieces of code say.
func texts(spans []span) string {
	l := line{spans: spans}
	return l.text()
}

func TestColour(t *testing.T) {
	var got []string
	for _, s := range colour("Go", "func f() int { // why\n\treturn 42 + \"a\"\n}") {
		if s.word != wordOther {
			got = append(got, s.text)
		}
	}
	want := []string{"func", "int", "// why", "return", "42", `"a"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, language := range []string{"", "klingon", "text"} {
		if spans := colour(language, "func f()"); len(spans) != 1 {
			t.Errorf("%q has words: %+v", language, spans)
		}
	}
}

// Every language that is offered is there, and none changes what it is given.
func TestLanguages(t *testing.T) {
	code := "<a b='c'>\r\n# d \"e\" // f\n\tg := $h + 'i' -- j\n\n+ k\n- l\n"
	for _, language := range languages() {
		spans := colour(language, code)
		if len(spans) < 2 {
			t.Errorf("%s is unknown", language)
		}
		if got := texts(spans); got != code {
			t.Errorf("%s makes %q of %q", language, got, code)
		}
	}
}

// An unknown word behind a fence is not lost: it may be what somebody wanted to
// show.
func TestWhatStandsBehindAFence(t *testing.T) {
	for body, want := range map[string]string{
		"```go\nx\n```":          "  x",
		"```GO\nx\n```":          "  x",
		"```echo hi\nx\n```":     "  echo hi\n  x",
		"```klingon\nx":          "  klingon\n  x",
		"~~~\n```\n~~~\nx":       "  ```\nx",
		"> ```\n> x\n> ```\n\ny": "│   x\n\ny",
		"```\n```\n\n```\n\n```": "\n\n",
		"```code``` is no block": "code is no block",
	} {
		if got := strings.Join(bare(rows(termenv.ANSI, body, 40)), "\n"); got != want {
			t.Errorf("%q became %q, want %q", body, got, want)
		}
	}
}

func TestCodeIsCutWithoutLoss(t *testing.T) {
	got := bare(rows(termenv.ANSI, "```\nfirst second    third\n```", 16))
	if diff := cmp.Diff([]string{"  first second", "    third"}, got); diff != "" {
		t.Error(diff)
	}
}

// Whatever the code, colouring it ends.
func TestHostileCodeIsColouredInTime(t *testing.T) {
	for _, language := range []string{"bash", "go", "html", "js", "php", "python", "sql", "yaml"} {
		for _, unit := range []string{"\"\\", "${", "<a ", "/*", "a.b(", "`"} {
			code := strings.Repeat(unit, chat.LimitBody/len(unit))
			fastest := time.Hour
			for range 2 {
				begin := time.Now()
				colour(language, code)
				fastest = min(fastest, time.Since(begin))
			}
			if fastest > limit(200*time.Millisecond) {
				t.Errorf("%s, %q: %v", language, unit, fastest)
			}
		}
	}
}

// Many sessions that show the same text read it once, and what is read stays
// within bounds.
func TestParserRemembers(t *testing.T) {
	p := &Parser{}
	done := make(chan doc)
	for range 8 {
		go func() { done <- p.read("**a**", keepNone) }()
	}
	first := <-done
	for range 7 {
		if other := <-done; &other[0] != &first[0] {
			t.Error("it was read twice")
		}
	}
	for i := range 300 {
		p.read(strings.Repeat("*", 4000)+string(rune(0x4e00+i)), keepNone)
		if again := p.read("**a**", keepNone); &again[0] != &first[0] {
			t.Fatal("what is used is forgotten")
		}
	}
	size := 0
	for _, texts := range []map[request]*reading{p.lately, p.before} {
		for r := range texts {
			size += len(r.body)
		}
	}
	if size > 2*keptTexts {
		t.Errorf("%d bytes of texts are kept", size)
	}
}

func TestLine(t *testing.T) {
	for body, want := range map[string]string{
		"": "", "plain": "plain", "\n\n a\tb\nc": "a  b", "**bold** :tea:\nx": "bold 🍵", "> quoted": "quoted",
		"```go\nx := 1\n```": "x := 1", "*\x1b[31m*": "**",
	} {
		if got := (&Parser{}).Line(body); got != want {
			t.Errorf("%q begins with %q, want %q", body, got, want)
		}
	}
}

// TestPatience: a machine that stands still at one word costs no colours, words
// that take long do.
func TestPatience(t *testing.T) {
	for _, tt := range []struct {
		slow []int // words that take a second
		want int   // words told apart
	}{
		{nil, 9},
		{[]int{3}, 9},
		{[]int{0, 3, 5, 7}, 6},
	} {
		synctest.Test(t, func(t *testing.T) {
			word := -1
			spans := tokens(func() chroma.Token {
				if word++; slices.Contains(tt.slow, word) {
					time.Sleep(time.Second)
				}
				return chroma.Token{Type: chroma.Keyword, Value: "if "}
			}, strings.Repeat("if ", 9))
			told := slices.DeleteFunc(spans, func(s span) bool { return s.word != wordKeyword })
			if len(told) != tt.want {
				t.Errorf("slow at %v: %d words are told apart, want %d", tt.slow, len(told), tt.want)
			}
		})
	}
}
