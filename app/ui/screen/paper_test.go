package screen

import (
	"errors"
	"strings"
	"testing"
)

// TestPaperGoesBack: a screen at rest holds no paper, however the frame before
// has ended, and what is on it of half a frame is not seen on any screen.
func TestPaperGoesBack(t *testing.T) {
	const half = "what is not seen"
	inks := NewInks()
	var shown strings.Builder
	s := New(&shown, 80, 24)
	s.Share(inks)
	if err := s.Start(""); err != nil {
		t.Fatal(err)
	}
	fails := func(do func() error) func() error {
		return func() error {
			s.begin()
			s.out.text(half)
			return do()
		}
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"a frame", func() error { return s.Draw(chatFrame(0)) }},
		{"the same", func() error { return s.Draw(chatFrame(0)) }},
		{"new rows", func() error { return s.Push(2, 20, []Row{NewRow("hi", 80)}) }},
		{"a large frame", func() error { return s.Draw(Frame{Rows: []string{strings.Repeat("\x1b[31ma\x1b[mb", 40)}}) }},
		{"a bell", s.Bell},
		{"half a frame", fails(func() error { return s.Draw(chatFrame(1)) })},
		{"half a frame, and a bell", fails(s.Bell)},
		{"half a frame, and the end", fails(s.Stop)},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if s.paper != nil {
			t.Errorf("after %s, the screen holds paper", step.name)
		}
		if p := *inks.paper.Lend(); len(p) > 0 {
			t.Errorf("after %s, something stands on the paper", step.name)
		}
		if strings.Contains(shown.String(), half) {
			t.Errorf("after %s, half a frame is seen", step.name)
		}
	}
}

// TestAfterHalfAFrame: of a frame that a panic has ended nothing is on the
// terminal, also where a bell rings before the next one.
func TestAfterHalfAFrame(t *testing.T) {
	for name, then := range map[string]func(s *Screen) error{
		"a frame": func(*Screen) error { return nil },
		"a bell":  (*Screen).Bell,
	} {
		var got, want strings.Builder
		s, fresh := New(&got, 80, 24), New(&want, 80, 24)
		inks := NewInks()
		s.Share(inks)
		fresh.Share(inks)
		if err := errors.Join(s.Start(""), s.Draw(chatFrame(0)), fresh.Start(""), fresh.Draw(chatFrame(1))); err != nil {
			t.Fatal(err)
		}
		s.begin()
		s.draw(chatFrame(1))
		if err := then(s); err != nil {
			t.Fatal(err)
		}
		if err := s.Draw(chatFrame(1)); err != nil {
			t.Fatal(err)
		}
		_, whole, _ := strings.Cut(want.String(), "\x1b[2J\x1b[?2026h")
		if !strings.HasSuffix(got.String(), whole[strings.Index(whole, "\x1b[2J"):]) {
			t.Errorf("half a frame, and then %s: the next is not drawn whole", name)
		}
	}
}

// TestPaperOfOneScreen: what a client that does not read holds up is what was
// drawn for it, whatever others draw meanwhile.
func TestPaperOfOneScreen(t *testing.T) {
	inks := NewInks()
	stuck := &slowWriter{begun: make(chan struct{}), goOn: make(chan struct{})}
	slow, quick := New(stuck, 80, 24), New(discard{}, 80, 24)
	for _, s := range []*Screen{slow, quick} {
		s.Share(inks)
		if err := s.Start(""); err != nil {
			t.Fatal(err)
		}
	}
	if err := slow.Draw(chatFrame(5)); err != nil {
		t.Fatal(err)
	}
	drawn := make(chan error)
	go func() { drawn <- slow.Draw(chatFrame(0)) }()
	<-stuck.begun
	for i := range 10 {
		if err := quick.Draw(chatFrame(20 + i)); err != nil {
			t.Fatal(err)
		}
	}
	close(stuck.goOn)
	if err := <-drawn; err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	alone := New(&want, 80, 24)
	alone.Share(NewInks())
	if err := errors.Join(alone.Start(""), alone.Draw(chatFrame(5)), alone.Draw(chatFrame(0))); err != nil {
		t.Fatal(err)
	}
	if stuck.got != want.String() {
		t.Error("what the slow client reads is not what was drawn for it")
	}
}

// slowWriter takes what is written second once it may go on.
type slowWriter struct {
	begun, goOn chan struct{}
	got         string
}

func (w *slowWriter) Write(p []byte) (int, error) {
	if w.got != "" {
		close(w.begun)
		<-w.goOn
	}
	w.got += string(p)
	return len(p), nil
}
