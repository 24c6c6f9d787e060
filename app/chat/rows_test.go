package chat

import (
	"slices"
	"strings"
	"testing"
)

func TestRows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text    string
		columns int
		want    []string
	}{
		"short":            {"bob: tea", 20, []string{"bob: tea"}},
		"lines":            {"bob: tea\nand cake", 20, []string{"bob: tea", "    and cake"}},
		"no width":         {strings.Repeat("x", 200), 0, []string{strings.Repeat("x", 200)}},
		"at a blank":       {"bob: the kettle is on", 16, []string{"bob: the kettle", "    is on"}},
		"just fits":        {"bob: the kettle", 15, []string{"bob: the kettle"}},
		"a blank too much": {"bob: the kettle ", 15, []string{"bob: the kettle", "    "}},
		"padded": {"eve: hi" + strings.Repeat(" ", 33) + "[12:00] bob: I quit", 20,
			[]string{"eve: hi" + strings.Repeat(" ", 13), "    [12:00] bob: I", "    quit"}},
		"no blank":    {"eve: " + strings.Repeat("x", 30), 20, []string{"eve:", "    " + strings.Repeat("x", 16), "    " + strings.Repeat("x", 14)}},
		"wide":        {"茶茶茶茶茶茶茶茶茶茶茶", 20, []string{"茶茶茶茶茶茶茶茶茶茶", "    茶"}},
		"a family":    {"a b c d e f 👩‍👩‍👧", 17, []string{"a b c d e f", "    👩‍👩‍👧"}},
		"an escape":   {"a\x1b[2Jb", 20, []string{"ab"}},
		"all blanks":  {strings.Repeat(" ", 50), 20, []string{strings.Repeat(" ", 20), "    "}},
		"second line": {"a\n" + strings.Repeat("b", 20), 20, []string{"a", "    " + strings.Repeat("b", 16), "    bbbb"}},
	} {
		if got := Rows(c.text, c.columns); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// FuzzHang: no row is wider than the terminal, all behind the first one are
// indented, and but for blanks nothing is lost.
func FuzzHang(f *testing.F) {
	f.Add("eve: hi          [12:00] bob: no\nand 茶 👩‍👩‍👧", 20)
	f.Fuzz(func(t *testing.T, text string, columns int) {
		columns = 8 + columns&0xff
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		var all strings.Builder
		for i, row := range Rows(text, columns) {
			used := 0
			for _, r := range row {
				used += columnsOf(r)
			}
			if used > columns || i > 0 && !strings.HasPrefix(row, Indent) {
				t.Errorf("row %d of %d columns: %q", i, columns, row)
			}
			all.WriteString(row)
		}
		if got, want := squeeze(all.String()), squeeze(Printable(text)); got != want {
			t.Errorf("printed %q of %q", got, want)
		}
	})
}
