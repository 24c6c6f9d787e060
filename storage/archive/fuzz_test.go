package archive_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"teahouse/storage/archive"
)

// FuzzReader: whatever a file holds, it is read or refused with a line's
// number, and what was read can be written and is then read as the same.
func FuzzReader(f *testing.F) {
	var whole bytes.Buffer
	w, err := archive.NewWriter(&whole, "a test")
	if err != nil {
		f.Fatal(err)
	}
	for _, l := range records() {
		if err := w.Write(l); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(whole.String()) {
		f.Add([]byte(line))
	}
	first, _, _ := strings.Cut(whole.String(), "\n")
	f.Fuzz(func(t *testing.T, text []byte) {
		lines, err := read(first + "\n" + string(text))
		var fault *archive.FileError
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("an error without a line: %v", err)
		}
		var out bytes.Buffer
		w, err := archive.NewWriter(&out, "a test")
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if l.End != nil {
				return
			}
			if err := w.Write(l); err != nil {
				t.Fatalf("%+v was read, and is not written: %v", l, err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := read(out.String())
		if err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
		if diff := cmp.Diff(lines, again[:len(again)-1], cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzResume: nothing that is no export is ever cut.
func FuzzResume(f *testing.F) {
	f.Add([]byte(`{"teahouse_export":{"format":1,"id":"x","at":"2026-11-22T09:14:03Z","by":"x"}}` + "\n" + `{"log":{"room":"0","last":0,"rev":0}}`))
	f.Add([]byte("PK\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := &inMemory{text: bytes.Clone(text)}
		w, err := archive.Resume(file, "x")
		if err != nil {
			if !bytes.Equal(file.text, text) {
				t.Fatalf("it was refused (%v) and changed: %q", err, file.text)
			}
			return
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := read(string(file.text)); err != nil {
			t.Fatalf("what was gone on with is not read: %v", err)
		}
	})
}
