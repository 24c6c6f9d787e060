package dialog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

func TestSearch(t *testing.T) {
	s := NewSearch(plain())
	if got := press(s, "enter"); got != (Result{}) {
		t.Errorf("an empty query leads to %v", got)
	}
	if got := press(s, "t|e|a|enter"); got != (Result{Action: Start, Name: "tea"}) {
		t.Errorf("a new query leads to %v", got)
	}
	s.Begin("tea")
	for i := range 3 {
		s.Add([]Hit{{"#ops", "21 Nov", "alice", fmt.Sprint("tea ", i)}}, 100*(i+1))
	}
	for _, c := range []struct {
		keys string
		want Result
	}{
		{"enter", Result{Action: Open, Index: 0}},
		{"down|down|down|enter", Result{Action: Open, Index: 2}},
		{"up|enter", Result{Action: Open, Index: 1}},
		{"esc", Result{Action: Stop}},
		{" |enter", Result{Action: Open, Index: 1}},
		{"s|enter", Result{Action: Start, Name: "tea s"}},
	} {
		if got := press(s, c.keys); got != c.want {
			t.Errorf("%s leads to %v, want %v", c.keys, got, c.want)
		}
	}
	s.End()
	if got := press(s, "esc"); got != (Result{Action: Close}) {
		t.Errorf("esc after the end leads to %v", got)
	}
}

func TestSearchRows(t *testing.T) {
	s := NewSearch(plain())
	press(s, "t|e|a")
	s.Begin("tea")
	s.Add([]Hit{{"#ops", "21 Nov", "alice", "tea\nand\x1b[31m cake"}, {"@bob", "20 Nov", "bob", strings.Repeat("tea ", 30)}}, 1200)
	rows, _, _, _, _ := s.Rows(60, 8)
	want := []string{
		"╭─ search ─────────────────────────────────────────────────╮",
		"│ › tea                                                    │",
		"│──────────────────────────────────────────────────────────│",
		"│ › #ops 21 Nov  alice  tea and cake                       │",
		"│   @bob 20 Nov  bob  tea tea tea tea tea tea tea tea tea …│",
		"│                                                          │",
		"│                                                          │",
		"╰──────────────────── 1200 messages searched… · esc stops ─╯",
	}
	for i := range rows {
		rows[i] = ansi.Strip(rows[i])
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func TestSearchIsBounded(t *testing.T) {
	s := NewSearch(plain())
	s.Begin("tea")
	for i := range hitsKept {
		if full := s.Add([]Hit{{Text: "tea"}}, i); full != (i == hitsKept-1) {
			t.Fatalf("after %d hits: full is %v", i+1, full)
		}
	}
	s.Add(make([]Hit, 5), 999)
	if len(s.hits) != hitsKept {
		t.Errorf("%d hits are kept", len(s.hits))
	}
}

func TestSearchFits(t *testing.T) {
	s := NewSearch(plain())
	s.Begin("tea")
	for i := range 50 {
		s.Add([]Hit{{"#" + strings.Repeat("東", i), "21 Nov", strings.Repeat("a", i), strings.Repeat("茶 ", i)}}, i)
	}
	for width := 20; width <= 140; width++ {
		for height := 6; height <= 50; height += 3 {
			rows, x, y, _, _ := s.Rows(width, height)
			checkFits(t, rows, x, y, width, height)
		}
	}
}
