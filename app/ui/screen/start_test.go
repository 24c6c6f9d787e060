package screen

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestTheFirstWriteTakesTheTerminal has nothing written before there is something
// to show, so that somebody who goes until then keeps their terminal as it was.
func TestTheFirstWriteTakesTheTerminal(t *testing.T) {
	var b bytes.Buffer
	s := New(&b, 80, 24)
	if err := errors.Join(s.Start("\x1b]11;?\a"), s.Stop()); err != nil || b.Len() > 0 {
		t.Errorf("Start and Stop say %v and send %q", err, b.String())
	}
	for name, first := range map[string]func(s *Screen) error{
		"a frame": func(s *Screen) error { return s.Draw(Frame{Rows: []string{"tea"}}) },
		"a bell":  (*Screen).Bell,
	} {
		b.Reset()
		s := New(&b, 80, 24)
		if err := errors.Join(s.Start("\x1b]11;?\a"), first(s)); err != nil {
			t.Fatal(err)
		}
		was := b.String()
		b.Reset()
		if err := s.Draw(Frame{Rows: []string{"cup"}}); err != nil {
			t.Fatal(err)
		}
		if opens := "\x1b[?1049h"; !strings.HasPrefix(was, opens) || strings.Contains(b.String(), opens) {
			t.Errorf("%s: not the first Write alone begins with %q: %q, then %q", name, opens, was, b.String())
		}
		if asks := "\x1b]11;?\a"; !strings.Contains(was, asks) || strings.Contains(b.String(), asks) {
			t.Errorf("%s: %q is not in the first Write alone: %q, then %q", name, asks, was, b.String())
		}
	}
}
