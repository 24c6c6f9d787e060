package ui

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestKeystrokesIsWhatWasSent(t *testing.T) {
	for _, sent := range []string{
		"", "hi", strings.Repeat("a", 1000), strings.Repeat("é", 1000), strings.Repeat("\x1b[1;5A", 300),
		pasteBegins + strings.Repeat("tea\r", 1000) + pasteEnds + "x", strings.Repeat("a", keyPiece-1) + "\x1b",
	} {
		for _, size := range []int{1, 3, 7, 254, 255, 256, 10000} {
			got, err := io.ReadAll(&keystrokes{in: &pieces{strings.NewReader(sent), size}})
			if err != nil || string(got) != sent {
				t.Errorf("in pieces of %d, %.40q became %.40q, error %v", size, sent, got, err)
			}
		}
	}
}

// Where a piece fills the buffer, no key is cut in two.
func TestKeystrokesCutsBetweenKeys(t *testing.T) {
	for _, key := range []string{"é", "漢", "👍", "\x1b[1;5A", pasteEnds, "\x1b[<64;10;10M"} {
		in := &keystrokes{in: strings.NewReader("a" + strings.Repeat(key, 1000))}
		p := make([]byte, 1000)
		for {
			n, err := in.Read(p)
			if err == io.EOF {
				break
			}
			if n > keyPiece {
				t.Fatalf("%d bytes came at once", n)
			}
			if rest := bytes.ReplaceAll(p[:n], []byte(key), nil); len(bytes.TrimPrefix(rest, []byte("a"))) > 0 {
				t.Fatalf("a piece has a part of %q: %q", key, rest)
			}
		}
	}
}

// A paste is cut at its limit, ends where it ended, and the next one is whole.
func TestKeystrokesBoundsAPaste(t *testing.T) {
	for _, more := range []int{-1, 0, 1, 3, 5, 6, 7, 10 * pasteLimit} {
		sent := pasteBegins + strings.Repeat("x", pasteLimit+more) + pasteEnds + "y" + pasteBegins + "z" + pasteEnds
		for _, size := range []int{1, 7, 255} {
			got, err := io.ReadAll(&keystrokes{in: &pieces{strings.NewReader(sent), size}})
			must(t, err)
			first, rest, ended := strings.Cut(string(got), pasteEnds)
			if most := len(pasteBegins) + pasteLimit; !ended || len(first) > most || len(first) < min(most, most+more) {
				t.Errorf("%d bytes more, in pieces of %d: %d bytes came first", more, size, len(first))
			}
			if rest != "y"+pasteBegins+"z"+pasteEnds {
				t.Errorf("%d bytes more, in pieces of %d: %.40q came after it", more, size, rest)
			}
		}
	}
}

// A paste without an end is not kept in the hope of one.
func TestKeystrokesBoundsAPasteWithoutEnd(t *testing.T) {
	got, err := io.ReadAll(&keystrokes{in: io.LimitReader(endless{}, 100*pasteLimit)})
	must(t, err)
	if len(got) > pasteLimit+len(pasteBegins) {
		t.Errorf("%d bytes came", len(got))
	}
}

// endless begins pastes.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	return copy(p, strings.Repeat(pasteBegins, 1+len(p)/len(pasteBegins))), nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzKeystrokes(f *testing.F) {
	f.Add([]byte("a"+pasteBegins+"b"+pasteEnds), uint8(3))
	f.Add(bytes.Repeat([]byte("\x1b[<64;1;1M"), 60), uint8(255))
	f.Fuzz(func(t *testing.T, sent []byte, size uint8) {
		got, err := io.ReadAll(&keystrokes{in: &pieces{bytes.NewReader(sent), max(1, int(size))}})
		if err != nil {
			t.Fatal(err)
		}
		if len(sent) < pasteLimit && !bytes.Equal(got, sent) {
			t.Errorf("%q became %q", sent, got)
		}
	})
}
