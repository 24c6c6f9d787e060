package screen

import (
	"bytes"
	"errors"
	"testing"
)

func TestSignals(t *testing.T) {
	var out bytes.Buffer
	s := New(&out, 80, 24)
	if err := s.Bell(); !errors.Is(err, ErrStopped) {
		t.Errorf("before Start: %v", err)
	}
	if err := errors.Join(s.Start(""), s.Draw(Frame{})); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		signal func() error
		want   string
	}{
		{s.Bell, "\a"},
		{func() error { return s.Copy("tea\n☕") }, "\x1b]52;c;dGVhCuKYlQ==\a"},
		{
			func() error { return s.Notify("a;b\x1b]", "hi\a; there") },
			"\x1b]9;a;b]: hi; there\a\x1b]777;notify;a,b];hi; there\a",
		},
	} {
		out.Reset()
		if err := c.signal(); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != c.want {
			t.Errorf("%q instead of %q", got, c.want)
		}
	}
}
