package markup

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"teahouse/app/ui/theme"
)

// look paints with letters for styles, so that a test can be read.
func look(rows []string) string {
	s := strings.Join(rows, "\n")
	th := theme.New(termenv.ANSI, true)
	for _, tag := range [][2]string{
		{"\x1b[1m", "<b>"}, {"\x1b[3m", "<i>"}, {"\x1b[9m", "<s>"}, {"\x1b[4;4m", "<u>"}, {begin(th.Code), "<lit>"}, {"\x1b[2m", "<dim>"}, {"\x1b[1;2m", "<@>"},
		{begin(th.Mention), "<me>"}, {begin(th.Syntax.Keyword), "<key>"}, {"\x1b[m", "</>"}, {"\x1b]8;;\x1b\\", "</a>"}, {"\x1b]8;", "<a "}, {"\x1b\\", ">"},
	} {
		s = strings.ReplaceAll(s, tag[0], tag[1])
	}
	return s
}

// begin is what a style begins with.
func begin(style theme.Pen) string {
	sequence, _, _ := strings.Cut(style.Paint("x"), "x")
	return sequence
}

func rows(p termenv.Profile, body string, width int) []string {
	return New(theme.New(p, true), &Parser{}).Rows(body, Options{Width: width, Me: "dora"})
}

func TestInline(t *testing.T) {
	for body, want := range map[string]string{
		"plain":                        "plain",
		"**bold** text":                "<b>bold</> text",
		"*a* _b_ ~~c~~":                "<i>a</> <i>b</> <s>c</>",
		"***both***":                   "<b><i>both</>",
		"**_both_**":                   "<b><i>both</>",
		"**over\ntwo lines**":          "<b>over</>\n<b>two lines</>",
		"2*3*4 snake_case_name":        "2*3*4 snake_case_name",
		"* a * b *":                    "• a * b *",
		"__init__ ~/x and ~/y":         "__init__ ~/x and ~/y",
		"**** and **open":              "**** and **open",
		"日本**太字**日本":                   "日本<b>太字</>日本",
		`\*not\* ¯\_(ツ)_/¯ C:\dir\new`: `*not* ¯\_(ツ)_/¯ C:\dir\new`,
		"a\\\nb":                       "a\\\nb",
		"`a*b*` and `` ` ``":           "<lit>a*b*</> and <lit>`</>",
		"tea :tea: :nothing: 09:14:03": "tea 🍵 :nothing: 09:14:03",
		"`:tea:`":                      "<lit>:tea:</>",
		"@dora, @bob. x@y @here @b":    "<me>@dora</>, <@>@bob</>. x@y <me>@here</> @b",
		"`@dora`":                      "<lit>@dora</>",
		"&amp; <b>x</b> &lt;":          "&amp; <b>x</b> &lt;",
		"# no heading\n---\n===":       "# no heading\n---\n===",
		"    indented *text*":          "    indented <i>text</>",
		"a\n\n\nb *c*\n":               "a\n\n\nb <i>c</>",
		"*e*\u0301 *a*\U0001f3fd":      "<i>e\u0301</> <i>a\U0001f3fd</>",
		"> > > > > > a":                "\x1b[32m│</> \x1b[32m│</> \x1b[32m│</> \x1b[32m│</> <dim>> > a</>",
		"[a]: b *c*":                   "[a]: b <i>c</>",
	} {
		if got := look(rows(termenv.ANSI, body, 60)); got != look([]string{want}) {
			t.Errorf("%q became %q, want %q", body, got, look([]string{want}))
		}
	}
}

func TestLinks(t *testing.T) {
	for body, want := range map[string]string{
		"https://x.org/a_b_c":               "<a ;https://x.org/a_b_c><u>https://x.org/a_b_c</></a>",
		"see (https://x.org/(a)), or":       "see (<a ;https://x.org/(a)><u>https://x.org/(a)</></a>), or",
		"**HTTP://x.org**!":                 "<a ;HTTP://x.org><b><u>HTTP://x.org</></a>!",
		"mailto:a@x.org, ssh://x.org.":      "<a ;mailto:a@x.org><u>mailto:a@x.org</></a>, <a ;ssh://x.org><u>ssh://x.org</></a>.",
		"ftp://x.org javascript:alert(1)":   "ftp://x.org javascript:alert(1)",
		"https:// xhttps://x.org":           "https:// xhttps://x.org",
		"https://x.org/\u00e9":              "<a ;https://x.org/%C3%A9><u>https://x.org/\u00e9</></a>",
		"[the docs](https://x.org) a[i](x)": "<a ;https://x.org><u>the docs</></a><a ;https://x.org><dim> (https://x.org)</></a> a[i](x)",
		"[x](javascript:y) [](https://x.y)": "[x](javascript:y) [](<a ;https://x.y><u>https://x.y</></a>)",
		"<https://x.org>":                   "<<a ;https://x.org><u>https://x.org</></a>>",
	} {
		if got := look(rows(termenv.ANSI, body, 70)); got != want {
			t.Errorf("%q became\n%s, want\n%s", body, got, want)
		}
	}
	got := look(rows(termenv.ANSI, "https://example.org/a/long/path", 12))
	if n := strings.Count(got, "<a id="); n != 3 || strings.Count(got, "</a>") != 3 {
		t.Errorf("a link in rows is %s", got)
	}
	if got := look(rows(termenv.ANSI, "https://x.org/"+strings.Repeat("é", 1000), 80)); strings.Contains(got, "<a") {
		t.Errorf("too long an address is a link: %s", got)
	}
}

const letter = `hello
> quoted text that is longer than a row
>
> > twice
no quote :>
- one item that is longer than a row
  12. two
+ **three**

` + "```go\nfunc main() {\n\treturn // 1\n\n}\n```" + `
the end
` + "```\nopen"

func TestBlocks(t *testing.T) {
	want := strings.Split(`hello
│ quoted text that
│ is longer than a
│ row
│
│ │ twice
no quote :>
• one item that is
  longer than a row
  12. two
• three

  func main() {
      return // 1

  }
the end
  open`, "\n")
	if diff := cmp.Diff(want, bare(rows(termenv.ANSI, letter, 20))); diff != "" {
		t.Error(diff)
	}
	want = strings.Split(`hello
│ quoted text that
│ is longer than a
│ row
│
│ │ twice
no quote :>
- one item that is
  longer than a row
  12. two
+ **three**

`+"```go"+`
func main() {
    return // 1

}
`+"```"+`
the end
`+"```\nopen\n```", "\n")
	if diff := cmp.Diff(want, bare(rows(termenv.Ascii, letter, 20))); diff != "" {
		t.Error(diff)
	}
}

// bare is rows without styles and without blanks at their ends.
func bare(rows []string) []string {
	for i, row := range rows {
		rows[i] = strings.TrimRight(strip(row), " ")
	}
	return rows
}
