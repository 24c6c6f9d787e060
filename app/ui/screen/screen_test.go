package screen

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
	"github.com/hinshun/vt10x"
)

// terminal is an emulator with a screen on it that counts what it is sent.
type terminal struct {
	vt10x.Terminal
	*Screen
	sent, writes int
}

func (e *terminal) Write(p []byte) (int, error) {
	e.sent += len(p)
	e.writes++
	return e.Terminal.Write(p)
}

func start(t *testing.T, width, height int) *terminal {
	t.Helper()
	e := &terminal{Terminal: vt10x.New(vt10x.WithSize(width, height))}
	e.Screen = New(e, width, height)
	if err := e.Start(""); err != nil {
		t.Fatal(err)
	}
	return e
}

// cost draws and tells how many bytes that took.
func (e *terminal) cost(t *testing.T, f Frame) int {
	t.Helper()
	before, writes := e.sent, e.writes
	if err := e.Draw(f); err != nil {
		t.Fatal(err)
	}
	if n := e.writes - writes; n > 1 {
		t.Errorf("a frame took %d writes", n)
	}
	return e.sent - before
}

// picture is everything that a person sees.
func (e *terminal) picture() string {
	var b strings.Builder
	cols, rows := e.Size()
	for y := range rows {
		for x := range cols {
			g := e.Cell(x, y)
			fmt.Fprintf(&b, "%c%d/%d/%d ", g.Char, g.Mode, g.FG, g.BG)
		}
		b.WriteByte('\n')
	}
	if e.CursorVisible() {
		fmt.Fprintf(&b, "cursor %d %d\n", e.Cursor().X, e.Cursor().Y)
	}
	return b.String() + e.Title()
}

// Whatever the frames are, the terminal shows what it would show if it had
// been sent the last one alone, by a screen that shares nothing.
func TestFramesArriveAsDrawn(t *testing.T) {
	inks := NewInks()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		a := newArtist(r)
		e := start(t, a.width, a.height)
		if seed%2 == 0 {
			e.Share(inks)
		}
		for step := range 40 {
			a.change()
			if cols, rows := e.Size(); cols != a.width || rows != a.height {
				e.Terminal.Resize(a.width, a.height)
				e.Screen.Resize(a.width, a.height)
			}
			e.cost(t, a.frame)
			if err := a.push(e.Screen); err != nil {
				t.Fatal(err)
			}
			fresh := start(t, a.width, a.height)
			fresh.cost(t, a.frame)
			if got, want := e.picture(), fresh.picture(); got != want {
				t.Fatalf("seed %d, step %d, %dx%d, %q shows\n%s, want\n%s", seed, step, a.width, a.height, a.frame.Rows, got, want)
			}
		}
	}
}

// artist changes a frame in the ways that a chat does, and in worse ones.
type artist struct {
	*rand.Rand
	width, height int
	frame         Frame
}

func newArtist(r *rand.Rand) *artist {
	a := &artist{Rand: r}
	a.resize()
	return a
}

func (a *artist) resize() {
	a.width, a.height = 1+a.IntN(60), 1+a.IntN(25)
	a.frame.Rows, a.frame.Side = nil, nil
	for range a.height + a.IntN(3) - 1 {
		a.frame.Rows = append(a.frame.Rows, a.row())
	}
}

func (a *artist) change() {
	a.frame.Rows = slices.Clone(a.frame.Rows)
	a.frame.CursorX, a.frame.CursorY = a.IntN(a.width), a.IntN(a.height)
	a.frame.CursorHidden = a.IntN(4) == 0
	a.frame.Title = []string{"one", "two\x1b"}[a.IntN(2)]
	n := len(a.frame.Rows)
	switch a.IntN(9) {
	case 0:
		a.resize()
	case 7:
		a.side()
	case 1, 2, 3:
		a.slide()
	case 4, 5:
		if n > 0 {
			i := a.IntN(n)
			a.frame.Rows[i] += []string{"x", " ", "\x1b[7my", "\x1b[m z "}[a.IntN(4)]
		}
	case 6:
		if n > 0 {
			a.frame.Rows[a.IntN(n)] = a.row()
		}
	}
}

// side puts another column beside the rows, or none.
func (a *artist) side() {
	if a.IntN(3) == 0 {
		a.frame.Side = nil
		return
	}
	rows := make([]string, a.IntN(a.height+1))
	for i := range rows {
		rows[i] = a.row()
	}
	a.frame.Side = NewSide(a.IntN(a.width), a.IntN(a.height), a.width, rows)
	if was := a.frame.Side; a.IntN(2) == 0 && len(rows) > 0 { // somebody came or went
		rows = slices.Clone(rows)
		rows[a.IntN(len(rows))] = a.row()
		a.frame.Side = NewSide(was.at, was.top, a.width, rows)
	}
}

// push scrolls new rows into a part of the frame, now and then.
func (a *artist) push(s *Screen) error {
	top := a.IntN(a.height)
	bottom := min(top+1+a.IntN(a.height-top), len(a.frame.Rows))
	if a.IntN(2) == 0 || bottom-top < 1 || !a.frame.Side.spans(top, bottom) {
		return nil
	}
	at := a.frame.Side.left(top, a.width).to
	var rows []Row
	part := a.frame.Rows[top:bottom]
	for range a.IntN(len(part) + 2) {
		row := NewRow(a.row(), at)
		rows = append(rows, row)
		shift(part, 1)
		part[len(part)-1] = row.Text
	}
	return s.Push(top, bottom, rows)
}

// slide moves some rows up or down and fills what comes free.
func (a *artist) slide() {
	if len(a.frame.Rows) < 3 {
		return
	}
	top := a.IntN(len(a.frame.Rows) - 2)
	part := a.frame.Rows[top : top+2+a.IntN(len(a.frame.Rows)-top-2)]
	n := 1 + a.IntN(len(part)-1)
	if a.IntN(3) == 0 {
		n = -n
	}
	shift(part, n)
	for i := range part {
		if part[i] == "" {
			part[i] = a.row()
		}
	}
	if a.IntN(3) == 0 {
		part[a.IntN(len(part))] = a.row()
	}
}

func (a *artist) row() string {
	words := []string{"the kettle is on", " ", "      ", "\x1b[1;32malice\x1b[m", "\x1b[38;5;110mbob\x1b[m", "\x1b[38;5;179m", "\x1b[38;5;3;1m", "\x1b[7m", "\x1b[0m", "\x1b[1m\x1b[44m",
		"a", "b", "\x1b[4m       \x1b[m", "───────", "\x1b[2J", "é", "\t", "\x1b", "\x9b", "morning everyone"}
	var b strings.Builder
	for range a.IntN(9) {
		b.WriteString(words[a.IntN(len(words))])
	}
	return b.String()
}

// chatFrame is a screen as a chat has it, after n messages.
func chatFrame(n int) Frame {
	f := Frame{CursorX: 3, CursorY: 23}
	f.Rows = append(f.Rows, " teahouse   #general   #ops", strings.Repeat("─", 80))
	for i := range 20 {
		f.Rows = append(f.Rows, fmt.Sprintf("               message number %d of many", n+i))
	}
	f.Rows = append(f.Rows, strings.Repeat("─", 80), " › ")
	return f
}

func TestFramesAreCheap(t *testing.T) {
	e := start(t, 80, 24)
	f := chatFrame(0)
	e.cost(t, f)
	if n := e.cost(t, f); n != 0 {
		t.Errorf("the same frame costs %d bytes", n)
	}
	e.cost(t, chatFrame(1)) // it sets the scroll region
	f = chatFrame(2)
	if n := e.cost(t, f); n > 36+len("message number 21 of many") {
		t.Errorf("a message costs %d bytes", n)
	}
	f.Rows[23], f.CursorX = " › h", 4
	e.cost(t, f)
	f.Rows[23], f.CursorX = " › hi", 5
	if n := e.cost(t, f); n > 20 {
		t.Errorf("a keystroke costs %d bytes", n)
	}
	if n := e.cost(t, chatFrame(15)); n > 700 {
		t.Errorf("fourteen messages cost %d bytes", n)
	}
	if n := e.cost(t, chatFrame(1)); n > 700 {
		t.Errorf("scrolling back costs %d bytes", n)
	}
}

func TestAFrameTakesFewAllocations(t *testing.T) {
	e := New(discard{}, 80, 24)
	if err := e.Start(""); err != nil {
		t.Fatal(err)
	}
	frames := []Frame{chatFrame(0), chatFrame(1)}
	i := 0
	n := testing.AllocsPerRun(100, func() {
		_ = e.Draw(frames[i%2])
		i++
	})
	if n > 4 {
		t.Errorf("a frame takes %v allocations", n)
	}
}

// wideRows hold what the other emulator knows nothing of.
var wideRows = []string{
	"日本語 text", "a日b本c", "日日日日日日日日日日", "e\u0301 cafe\u0301", "☕ tea 🍵 and 👍 more", "a\x1b[31m日\x1b[mb", "", "abcdefghijklmnopqrst",
	"👨\u200d👩\u200d👧 family", "❤\ufe0f heart", "ab🇫🇷cd", "0123456789012345678日", "a日日日日日日日日日",
}

func TestWideCharacters(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	e := vt.NewEmulator(20, 4)
	s := New(e, 20, 4)
	if err := s.Start(""); err != nil {
		t.Fatal(err)
	}
	for step := range 500 {
		f := Frame{}
		for range 4 {
			f.Rows = append(f.Rows, wideRows[r.IntN(len(wideRows))])
		}
		fresh := vt.NewEmulator(20, 4)
		to := New(fresh, 20, 4)
		if err := errors.Join(s.Draw(f), to.Start(""), to.Draw(f)); err != nil {
			t.Fatal(err)
		}
		if got, want := e.Render(), fresh.Render(); got != want {
			t.Fatalf("step %d: %q shows\n%s\nwant\n%s", step, f.Rows, got, want)
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func TestStopGivesTheTerminalBack(t *testing.T) {
	var b bytes.Buffer
	s := New(&b, 80, 24)
	if err := errors.Join(s.Start(""), s.Draw(Frame{Title: "chat", CursorHidden: true})); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\x1b[?1049l", "\x1b[?2004l", "\x1b[?1000l", "\x1b[?1006l", "\x1b[?25h", "\x1b[?7h", "\x1b[23;0t", "\x1b[r"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("Stop does not send %q", want)
		}
	}
	b.Reset()
	if err := s.Stop(); err != nil || b.Len() > 0 {
		t.Errorf("a second Stop says %v and sends %q", err, b.String())
	}
	if err := s.Draw(chatFrame(0)); !errors.Is(err, ErrStopped) || b.Len() > 0 {
		t.Errorf("Draw after Stop says %v and sends %q", err, b.String())
	}
}

// gate is a client that does not read until it is opened.
type gate struct {
	entered chan struct{}
	result  chan error
}

func (g gate) Write(p []byte) (int, error) {
	g.entered <- struct{}{}
	return 0, <-g.result
}

func TestAFailedWriteIsTheLast(t *testing.T) {
	g := gate{make(chan struct{}), make(chan error)}
	s := New(g, 80, 24)
	gone := errors.New("gone")
	done := make(chan error)
	if err := s.Start(""); err != nil {
		t.Fatal(err)
	}
	go func() { done <- s.Draw(chatFrame(0)) }()
	<-g.entered
	g.result <- gone
	if err := <-done; !errors.Is(err, gone) {
		t.Errorf("the first Draw: %v", err)
	}
	if err := s.Draw(chatFrame(0)); !errors.Is(err, gone) {
		t.Errorf("Draw after a failed Write: %v", err)
	}
	if err := s.Stop(); !errors.Is(err, gone) {
		t.Errorf("Stop after a failed Write: %v", err)
	}
}

func BenchmarkMessage(b *testing.B) {
	s := New(discard{}, 80, 24)
	if err := s.Start(""); err != nil {
		b.Fatal(err)
	}
	var frames []Frame
	for i := range 64 {
		frames = append(frames, chatFrame(i))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_ = s.Draw(frames[i%len(frames)])
	}
}

// BenchmarkFirstFrame is what a screen costs that others have shown.
func BenchmarkFirstFrame(b *testing.B) {
	for name, inks := range map[string]*Inks{"alone": nil, "shared": NewInks()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s := New(discard{}, 80, 24)
				s.Share(inks)
				if err := errors.Join(s.Start(""), s.Draw(chatFrame(0))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
