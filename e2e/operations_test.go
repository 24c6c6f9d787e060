package e2e

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// block is one of the blocks of commands of docs/operations.md.
type block struct {
	heading string
	script  string
	skipped string // why it is not run; "" where it is
	shown   string // what it prints, as the document shows it; "" where it shows nothing
}

// operations reads the blocks of docs/operations.md, in its order.
func operations(t *testing.T) (text string, blocks []block) {
	t.Helper()
	bytes, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	text = string(bytes)
	part := regexp.MustCompile("(?ms)^## ([^\n]*)$|^```([^\n]*)\n(.*?)^```$\n\n?")
	heading, end := "", -1
	for _, at := range part.FindAllStringSubmatchIndex(text, -1) {
		if at[2] >= 0 {
			heading = text[at[2]:at[3]]
			continue
		}
		kind, body := text[at[4]:at[5]], text[at[6]:at[7]]
		language, reason, _ := strings.Cut(kind, " ")
		switch {
		case language == "sh":
			blocks = append(blocks, block{heading: heading, script: body, skipped: reason})
		case kind == "text" && end == at[0]:
			blocks[len(blocks)-1].shown = body
		default:
			t.Errorf("%s: a block of %q is neither commands nor what such a block right before it prints", heading, kind)
		}
		end = at[1]
	}
	return text, blocks
}

// TestOperations: bash reads every block of the document, and the few that are
// not run say why. TestLongOperations runs the others.
func TestOperations(t *testing.T) {
	_, blocks := operations(t)
	skipped := 0
	for _, b := range blocks {
		reason, marked := strings.CutPrefix(b.skipped, "no-run: ")
		if b.skipped != "" {
			if skipped++; !marked || reason == "" || b.shown != "" {
				t.Errorf("%s: a block is %q; say no-run: and why, and show nothing", b.heading, b.skipped)
			}
		}
		cmd := exec.CommandContext(context.Background(), "bash", "-n")
		cmd.Stdin = strings.NewReader(b.script)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: bash cannot read this: %v\n%s\n%s", b.heading, err, out, b.script)
		}
	}
	if run := len(blocks) - skipped; run < 20 || skipped > 3 {
		t.Errorf("%d blocks are run, and %d are not", run, skipped)
	}
}

// shapeOf is what the shown text stands for: … within a line is any text, and a
// line of it alone any lines.
func shapeOf(shown string) *regexp.Regexp {
	pattern := `\A`
	for line := range strings.Lines(shown) {
		if line == "…\n" {
			pattern += `(?:.*\n)*?`
			continue
		}
		pattern += strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".+")
	}
	return regexp.MustCompile(pattern + `\z`)
}

func TestShapeOf(t *testing.T) {
	for _, c := range []struct {
		shown, printed string
		fits           bool
	}{
		{"ok\n", "ok\n", true},
		{"ok\n", "ok\nmore\n", false},
		{"ok\n", "more\nok\n", false},
		{"a.b\n", "axb\n", false},
		{"until … UTC\n", "until 2026-11-26 UTC\n", true},
		{"until … UTC\n", "until\n UTC\n", false},
		{"a\n…\nb\n", "a\nb\n", true},
		{"a\n…\nb\n", "a\n1\n2\nb\n", true},
		{"a\n…\nb\n", "a\n1\nb\n2\n", false},
		{"…\nb\n", "1\nb\n", true},
	} {
		if fits := shapeOf(c.shown).MatchString(c.printed); fits != c.fits {
			t.Errorf("%q fits %q: %v", c.printed, c.shown, fits)
		}
	}
}
