package house

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// quiet is how long a program has said nothing before an unfinished character
// at the end of its output is taken for a finished one.
const quiet = 50 * time.Millisecond

// Size is a terminal's size in cells.
type Size struct{ Columns, Rows int }

// ParseSize reads a size such as "80x24".
func ParseSize(s string) (Size, error) {
	var size Size
	if _, err := fmt.Sscanf(s, "%dx%d", &size.Columns, &size.Rows); err != nil {
		return size, fmt.Errorf("reading the size %q (as in 80x24): %w", s, err)
	}
	return size, nil
}

// Screen is what a person sees of a program's output: a terminal emulator with
// the two habits of real terminals that charmbracelet/x/vt lacks. A character
// of several code points is one, however the writes cut it; and a synchronized
// frame (mode 2026) is shown when it is complete and not before.
//
// Why that emulator: hinshun/vt10x gives every code point one cell, so that
// wide and combining characters put all that follows in wrong columns, takes
// the kitty keyboard sequences for cursor movements and has no REP. What x/vt
// gets wrong, as of the version in go.mod (TestEmulatorKnownFaults says when
// that ends), and what a program must do to be shown right all the same:
//   - a wide character that does not fit into the last column is dropped
//     instead of wrapped, and one that just fits does not set the pending wrap:
//     end a row one column early, or position the cursor after it;
//   - IL and DL move the cursor down where the scroll region begins below the
//     first row: position the cursor after them.
//
// A Screen may be used from many goroutines.
type Screen struct {
	mu     sync.Mutex
	vt     *vt.Emulator
	held   []byte
	heldAt time.Time
	frozen []Row
	whole  bool // what is being written ends with no frame begun
	title  string
	hidden bool // the cursor

	signals []string
}

// NewScreen is an empty screen. Its owner reads Replies until Close.
func NewScreen(size Size) *Screen {
	s := &Screen{vt: vt.NewEmulator(size.Columns, size.Rows)}
	s.vt.SetCallbacks(vt.Callbacks{
		Title:            func(title string) { s.title = title },
		CursorVisibility: func(visible bool) { s.hidden = !visible },
		Bell:             func() { s.signals = append(s.signals, "bell") },
		EnableMode:       func(mode ansi.Mode) { s.freeze(mode, true) },
		DisableMode:      func(mode ansi.Mode) { s.freeze(mode, false) },
	})
	s.hearken()
	s.bound()
	return s
}

// Write shows a program's output.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := append(s.held, p...)
	end := unfinished(all)
	s.held, s.heldAt = append([]byte(nil), all[end:]...), time.Now()
	s.whole = bytes.LastIndex(all[:end], []byte(ansi.ResetModeSynchronizedOutput)) > bytes.LastIndex(all[:end], []byte(ansi.SetModeSynchronizedOutput))
	if _, err := s.vt.Write(all[:end]); err != nil {
		return 0, fmt.Errorf("showing output: %w", err)
	}
	return len(p), nil
}

// unfinished is where that begins at the end of p which the next write may add
// to: a character, as a combining mark belongs to the one before, or a sequence.
func unfinished(p []byte) int {
	p = p[:len(p)-cut(p)]
	for at := 0; at < len(p); {
		_, width, n, state := ansi.DecodeSequence(p[at:], ansi.NormalState, nil)
		if at+n >= len(p) && (width > 0 || state != ansi.NormalState) {
			return at
		}
		at += n
	}
	return len(p)
}

// cut is how many bytes at the end are the beginning of a code point.
func cut(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if tail := p[len(p)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// freeze runs within the emulator's Write, under the lock.
func (s *Screen) freeze(mode ansi.Mode, on bool) {
	switch {
	case mode != ansi.ModeSynchronizedOutput, on && s.whole: // nobody can look in between
	case on:
		s.frozen = s.look()
	default:
		s.frozen = nil
	}
}

// Rows is the screen as it is now, from the top.
func (s *Screen) Rows() []Row {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release()
	if s.frozen != nil {
		return s.frozen
	}
	return s.look()
}

// release shows what was held back, when nothing has come to be added to it.
func (s *Screen) release() {
	if len(s.held) > 0 && time.Since(s.heldAt) > quiet {
		_, _ = s.vt.Write(s.held) // fails on a closed emulator only, and ours is never
		s.held = nil
	}
}

func (s *Screen) look() []Row {
	rows := make([]Row, s.vt.Height())
	for y := range rows {
		for x := range s.vt.Width() {
			if c := s.vt.CellAt(x, y); c == nil {
				rows[y].add(" ", x)
			} else if c.Width > 0 {
				rows[y].add(c.Content, x)
			}
		}
		rows[y].Text = strings.TrimRight(rows[y].Text, " ")
	}
	return rows
}

// Title is the window's title as last set.
func (s *Screen) Title() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.title
}

// Resize gives the screen another size; the program is told by its terminal.
func (s *Screen) Resize(size Size) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vt.Resize(size.Columns, size.Rows)
}

// Replies is what the terminal answers to the program's questions (device
// attributes, cursor position). Somebody has to read it, as a question waits
// until its answer is taken. It ends with Close.
func (s *Screen) Replies() io.Reader { return s.vt }

// Close ends Replies. It closes the pipe and not the emulator, whose own Close
// races with a Read.
func (s *Screen) Close() {
	if pipe, ok := s.vt.InputPipe().(io.Closer); ok {
		_ = pipe.Close() // a pipe's never fails
	}
}

// String draws the screen in a frame, to be read in a failure's message.
func (s *Screen) String() string {
	rows := s.Rows()
	var b strings.Builder
	fmt.Fprintf(&b, "┌─ %d rows ─ title %q\n", len(rows), s.Title())
	for _, row := range rows {
		b.WriteString("│" + row.Text + "\n")
	}
	b.WriteString("└─\n")
	return b.String()
}

// Row is a row of a screen without the blanks at its end.
type Row struct {
	Text    string
	columns []int
}

// Column is the column, from zero, of the character at a byte of Text.
func (r Row) Column(at int) int { return r.columns[at] }

func (r *Row) add(content string, column int) {
	if content == "" {
		content = " "
	}
	r.Text += content
	for range len(content) {
		r.columns = append(r.columns, column)
	}
}
