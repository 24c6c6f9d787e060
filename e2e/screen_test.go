package e2e

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/google/go-cmp/cmp"

	"teahouse/e2e/house"
)

// TestScreen holds the emulator against what real terminals show for all that
// the chat may send. Each write is also cut into single bytes, as the network may.
func TestScreen(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"wide":            {"a漢b", "a漢b"},
		"combining":       {"e\u0301x", "e\u0301x"},
		"skin tone":       {"👍🏽x", "👍🏽x"},
		"family":          {"👨‍👩‍👧x", "👨‍👩‍👧x"},
		"flag":            {"🇩🇪x", "🇩🇪x"},
		"over the second": {"a漢b\x1b[1;3HX", "a Xb"},
		"modes":           {"\x1b[?1049h\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[?25lhi", "hi"},
		"alternate":       {"shell\x1b[?1049hchat\x1b[?1049l", "shell"},
		"synchronized":    {"a\x1b[?2026hb\x1b[?2026lc", "abc"},
		"unfinished":      {"a\r\x1b[?2026hb", "a"},
		"osc":             {"\x1b]0;t\aA\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\B\x1b]52;c;aGk=\aC", "AlinkBC"},
		"colours":         {"\x1b[38;2;1;2;3mX\x1b[48;5;7mY\x1b[4:3mZ\x1b[m", "XYZ"},
		"kitty":           {"1\x1b[>1u\x1b[<u\x1b[=1u\x1b[2 qZ", "1Z"},
		"scroll up":       {"1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[1S\x1b[r", "1\n3\n\n4"},
		"scroll down":     {"1\r\n2\r\n3\r\n4\x1b[1;3r\x1b[1T\x1b[r", "\n1\n2\n4"},
		"line feed":       {"1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\n+\x1b[r", "1\n3\n+\n4"},
		"insert, delete":  {"1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[2;1H\x1b[M\x1b[2;1H\x1b[L\x1b[r", "1\n\n3\n4"},
		"characters":      {"abc\r\x1b[2@\x1b[P\x1b[4CZ", " abcZ"},
		"repeat":          {"-\x1b[5b", "------"},
		"erase":           {"abc\r\nabc\x1b[1;2H\x1b[K", "a\nabc"},
		"wrap":            {"0123456789wrap", "0123456789\nwrap"},
		"no wrap":         {"\x1b[?7l0123456789X", "012345678X"},
		"wide at the end": {"01234567漢\x1b[2;1Hx", "01234567漢\nx"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, shown(t, c.in)); diff != "" {
				t.Errorf("shown at once (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.want, shown(t, bytesOf(c.in)...)); diff != "" {
				t.Errorf("a byte at a time (-want +got):\n%s", diff)
			}
		})
	}
}

// TestEmulatorKnownFaults fails when x/vt has mended what house.Screen's
// comment warns of, so that the comment and the care can go.
func TestEmulatorKnownFaults(t *testing.T) {
	if got := shown(t, "012345678漢x"); got == "012345678\n漢x" {
		t.Error("a wide character is wrapped now")
	}
	if got := shown(t, "1\r\n2\r\n3\r\n4\x1b[2;4r\x1b[2;1H\x1b[MX"); got == "1\nX\n4" {
		t.Error("DL keeps the cursor in its row now")
	}
	v := vt.NewEmulator(10, 1)
	for _, r := range "👨‍👩‍👧" {
		_, _ = v.Write([]byte(string(r)))
	}
	if c := v.CellAt(0, 0); c != nil && c.Content == "👨‍👩‍👧" {
		t.Error("x/vt joins what comes in pieces now")
	}
}

// TestReplies has the terminal answer a program's question.
func TestReplies(t *testing.T) {
	s := house.NewScreen(house.Size{Columns: 10, Rows: 4})
	answers := make(chan string)
	go func() {
		b, _ := io.ReadAll(s.Replies())
		answers <- string(b)
	}()
	if _, err := s.Write([]byte("ab\x1b[6n")); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if got, want := <-answers, "\x1b[1;3R"; got != want {
		t.Errorf("answered %q, want %q", got, want)
	}
}

func TestKeys(t *testing.T) {
	got, err := keys(`hi\r\t\e[A^D^[\x01\u00e9\\\^A`)
	if err != nil {
		t.Fatal(err)
	}
	if want := "hi\r\t\x1b[A\x04\x1b\x01é\\^A"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func bytesOf(text string) (out []string) {
	for i := range len(text) {
		out = append(out, text[i:i+1])
	}
	return out
}

// shown is a screen of 10 by 4 after some writes, without the blank rows at its end.
func shown(t *testing.T, writes ...string) string {
	t.Helper()
	s := house.NewScreen(house.Size{Columns: 10, Rows: 4})
	defer s.Close()
	for _, w := range writes {
		if _, err := s.Write([]byte(w)); err != nil {
			t.Fatal(err)
		}
	}
	return settle(s)
}

// settle reads a screen again and again until an unfinished character at the
// end has been taken for a finished one.
func settle(s *house.Screen) string {
	text := ""
	_ = house.Await(context.Background(), nil, 100*time.Millisecond, func() bool {
		text = ""
		for _, row := range s.Rows() {
			text += row.Text + "\n"
		}
		return true
	})
	return strings.TrimRight(text, "\n")
}
