package house

import (
	"io"
	"testing"
)

// TestLateMargins has a program scroll in a window that has become smaller
// without its knowledge.
func TestLateMargins(t *testing.T) {
	s := NewScreen(Size{Columns: 20, Rows: 24})
	s.Resize(Size{Columns: 20, Rows: 6})
	if _, err := io.WriteString(s, "\x1b[3;20r\x1b[3;1H\x1bM\x1b[r\x1b[2J\x1b[1;3r\x1b[1;1Hone\x1b[1;1H\x1bM"); err != nil {
		t.Fatal(err)
	}
	if rows := s.Rows(); rows[1].Text != "one" {
		t.Errorf("what comes then is not shown:\n%s", s)
	}
}
