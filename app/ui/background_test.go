package ui

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestIsDark(t *testing.T) {
	for colour, want := range map[string]bool{
		"rgb:1d1d/2020/2121": true, "rgb:00/00/00": true, "rgba:2e2e/3434/4040/ffff": true,
		"rgb:ffff/ffff/ffff": false, "rgb:fd/f6/e3": false, "rgb:f/f/e": false,
	} {
		if dark, ok := isDark(colour); !ok || dark != want {
			t.Errorf("%s: dark %t, ok %t", colour, dark, ok)
		}
	}
	for _, colour := range []string{"", "rgb:", "rgb:1/2", "rgb:x/y/z", "white"} {
		if _, ok := isDark(colour); ok {
			t.Errorf("%q counts as a colour", colour)
		}
	}
}

func TestKeyboard(t *testing.T) {
	answer := answerBegins + "rgb:ffff/ffff/ffff"
	for name, tt := range map[string]struct {
		sent, typed string
		found       bool
	}{
		"no answer":        {"hi \x1b[A\x1b", "hi \x1b[A\x1b", false},
		"with BEL":         {"a" + answer + "\ab", "ab", true},
		"with ST":          {"a" + answer + "\x1b\\b", "ab", true},
		"never ends":       {"a" + answer + strings.Repeat("/f", 99), "a" + answer + strings.Repeat("/f", 99), false},
		"alt and brackets": {"\x1b]\x1b]1", "\x1b]\x1b]1", false},
	} {
		for _, size := range []int{4, 5, 7, 1000} {
			found := make(chan bool, 1)
			in := &pieces{strings.NewReader(tt.sent), size}
			typed, err := io.ReadAll(&keyboard{in: in, found: found, nudge: func() {}})
			if err != nil || string(typed) != tt.typed {
				t.Errorf("%s, in pieces of %d: %q typed, error %v", name, size, typed, err)
			}
			if got := len(found) == 1; got != tt.found {
				t.Errorf("%s, in pieces of %d: found %t", name, size, got)
			}
		}
	}
}

// pieces reads so many bytes at a time, as a network does.
type pieces struct {
	r    io.Reader
	size int
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(len(b), p.size)]) }

// Whatever comes, in whatever pieces, at most one answer is taken out of it.
func FuzzKeyboard(f *testing.F) {
	f.Add([]byte("a\x1b]11;rgb:0/0/0\ab"), uint8(3))
	f.Add([]byte("\x1b]11;\x1b]11;"), uint8(1))
	f.Fuzz(func(t *testing.T, sent []byte, size uint8) {
		in := &pieces{bytes.NewReader(sent), max(1, int(size))}
		typed, err := io.ReadAll(&keyboard{in: in, found: make(chan bool, 1), nudge: func() {}})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(sent, []byte(answerBegins)) && !bytes.Equal(typed, sent) {
			t.Errorf("%q became %q", sent, typed)
		}
		if before, after := agree(typed, sent); before+after < len(typed) {
			t.Errorf("%q became %q", sent, typed)
		}
	})
}

// agree counts the bytes that a and b share at their beginnings and ends.
func agree(a, b []byte) (before, after int) {
	for before < min(len(a), len(b)) && a[before] == b[before] {
		before++
	}
	for after < min(len(a), len(b)) && a[len(a)-1-after] == b[len(b)-1-after] {
		after++
	}
	return before, after
}
