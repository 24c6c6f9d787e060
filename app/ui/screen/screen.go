// Package screen brings frames to a terminal with as few bytes as it can: what
// has not changed is not sent, and what only moved is scrolled by the terminal.
// It has no clock; whoever has something new to show calls Draw.
package screen

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"

	"teahouse/internal/faults"
)

// ErrStopped is what a Screen answers after Stop.
var ErrStopped = errors.New("the screen is stopped")

// Frame is what a terminal should show. Rows are styled by SGR sequences, may
// hold hyperlinks (OSC 8, ended by ST), and no other control; each begins without
// style and leads nowhere. Rows that are too long or
// too many are cut, those that are missing are blank.
type Frame struct {
	Rows             []string
	Side             *Side // beside those of Rows that it is in, which it cuts; nil for none
	CursorX, CursorY int
	CursorHidden     bool
	Title            string // of the window; "" leaves it alone
}

// Screen is one terminal. Its methods may be called from several goroutines.
type Screen struct {
	mu            sync.Mutex
	w             io.Writer
	inks          *Inks   // nil: it has none
	paper         *[]byte // of theirs, where out is written; nil between frames
	width, height int
	stage         stage
	opening       string // what the first Write begins with
	err           error  // of the first Write that failed; there is no other after it
	out           output
	shown         []string // what the terminal shows, row by row, beside the side
	pushed        pushed   // of that, what settle has yet to bring there
	side          *Side
	full          bool // shown cannot be relied upon
	hidden        bool
	at            struct{ x, y int } // where the last frame had the cursor
	title         string
	titled        bool // the terminal's own title is on its stack
}

type stage int

const (
	stageNew stage = iota
	stageStarted
	stageStopped
)

// New makes the screen of a terminal of the given size. Nothing is written
// before Start.
func New(w io.Writer, width, height int) *Screen {
	s := &Screen{w: w}
	s.resize(width, height)
	return s
}

// Share has the screen draw with inks that others use, too; to be called before
// anything is drawn.
func (s *Screen) Share(inks *Inks) { s.inks = inks }

// Start takes the terminal over, with the first Write: the alternate screen,
// bracketed paste and reports of the mouse wheel. Automatic wrapping is off, so
// that a row whose width the terminal sees differently cannot spill into the next
// one. Asks is sent with that: what the terminal is to answer, and does not show.
func (s *Screen) Start(asks string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stage != stageNew {
		return ErrStopped
	}
	s.stage = stageStarted
	s.opening = "\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?1000h\x1b[?1006h\x1b[m\x1b[H\x1b[2J" + asks
	return nil
}

// Draw makes the terminal show the frame, with one Write, or none where it
// shows it already. It blocks for as long as the client does not read. After a
// failed Write it writes no more and returns the first error again.
func (s *Screen) Draw(f Frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	s.mend()
	s.begin()
	before := s.out.size()
	s.setTitle(f.Title)
	s.draw(f)
	if s.out.size() == before && s.cursorIsAt(f) {
		s.clear()
		return nil
	}
	s.placeCursor(f)
	return s.send()
}

// Push scrolls the rows from top up to below bottom up by as many as are given,
// and puts these at their end, in the place of a frame that differs from the
// last one in nothing else; its Side stays where it is. Where something else is
// due, such as drawing everything after Resize, or the Side is beside some of the
// rows only, nothing is done: the next Draw makes up for it.
func (s *Screen) Push(top, bottom int, rows []Row) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	top, bottom = max(top, 0), min(bottom, s.height)
	if s.full || s.out.size() > 0 || len(rows) == 0 || !s.side.spans(top, bottom) {
		return nil
	}
	rows = rows[max(len(rows)-(bottom-top), 0):]
	s.begin()
	m := move{top, bottom, len(rows)}
	s.out.scroll(m)
	for i, row := range rows {
		s.out.moveTo(0, bottom-len(rows)+i)
		s.out.ink(row.ink)
		s.push(top, bottom, row.Text)
	}
	s.out.patch(s.side.repair(m))
	if !s.hidden {
		s.out.moveTo(s.at.x, s.at.y)
	}
	return s.send()
}

// pushed are the rows that Push has put at the end of a part of the screen since
// the others there were moved up for them: moving them costs more than a row does.
type pushed struct {
	top, bottom int
	rows        []string // fewer than the part has
}

func (s *Screen) push(top, bottom int, row string) {
	if p := &s.pushed; p.top != top || p.bottom != bottom {
		s.settle()
		*p = pushed{top: top, bottom: bottom}
	}
	if s.pushed.rows = append(s.pushed.rows, row); len(s.pushed.rows) >= bottom-top {
		s.settle()
	}
}

// settle has shown be what the terminal shows.
func (s *Screen) settle() {
	p := &s.pushed
	part := s.shown[p.top:p.bottom]
	shift(part, len(p.rows))
	copy(part[len(part)-len(p.rows):], p.rows)
	clear(p.rows)
	p.rows = p.rows[:0]
}

// usable tells why nothing can be written, if so. s.mu is held.
func (s *Screen) usable() error {
	if s.stage != stageStarted {
		return ErrStopped
	}
	return s.err
}

// mend makes up for a frame that a panic has ended.
func (s *Screen) mend() {
	if s.out.size() > 0 {
		s.clear()
		s.full = true
	}
}

// begin begins a frame.
func (s *Screen) begin() {
	if s.inks != nil && s.paper == nil {
		s.paper = s.inks.paper.Lend()
		s.out.buf = *s.paper
	}
	s.out.text(s.opening)
	s.out.text(syncBegin)
}

// clear forgets what has gathered. Between frames a screen holds no paper:
// thousands of idle sessions would.
func (s *Screen) clear() {
	if s.paper == nil {
		s.out.buf = s.out.buf[:0]
		return
	}
	*s.paper = s.out.buf
	s.inks.paper.Back(s.paper)
	s.paper, s.out.buf = nil, nil
}

// send writes a frame that has been begun, and ends it.
func (s *Screen) send() error {
	if small := s.out.buf[len(syncBegin):]; len(small) <= atOnce && s.opening == "" {
		return s.flush(small)
	}
	s.out.text(syncEnd)
	return s.flush(s.out.buf)
}

// Resize takes in the terminal's new size; the next Draw draws everything.
func (s *Screen) Resize(width, height int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resize(width, height)
}

// Redraw makes the next Draw draw everything, for a screen that something else
// has written into.
func (s *Screen) Redraw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.full = true
}

// Stop gives the terminal back as it was. It waits for a Write in progress, so
// cut a client that does not read first. Only the first call does anything.
func (s *Screen) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.stage
	s.stage = stageStopped
	if was != stageStarted || s.opening != "" {
		return nil // the terminal has not been touched
	}
	s.shown, s.pushed = nil, pushed{}
	s.clear() // of a frame that a panic has ended
	s.out.text("\x1b[r\x1b[m\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[?7h")
	if s.titled {
		s.out.text("\x1b[23;0t")
	}
	s.out.text("\x1b[?25h\x1b[?1049l")
	return s.flush(s.out.buf)
}

func (s *Screen) resize(width, height int) {
	s.width, s.height = max(width, 1), max(height, 1)
	s.shown, s.pushed = make([]string, s.height), pushed{}
	s.full = true
}

// draw brings the rows of the terminal to those of the frame.
func (s *Screen) draw(f Frame) {
	s.settle()
	if s.full {
		s.wipe()
	}
	if s.side.fits(f.Side) {
		s.scroll(f.Rows)
		s.rows(f.Rows, f.Side)
		return
	}
	s.shown, s.side = s.side.Beside(s.shown), nil
	s.rows(f.Side.Beside(f.Rows), nil)
	for y := range s.shown {
		s.shown[y] = rowOf(f.Rows, y)
	}
	s.side = f.Side
}

// rows draws what differs, row by row.
func (s *Screen) rows(rows []string, side *Side) {
	for y := range s.shown {
		if row := rowOf(rows, y); row != s.shown[y] {
			s.row(s.side.left(y, s.width), s.shown[y], row)
			faults.At("screen", row)
			s.shown[y] = row
		}
		if was, now := s.side.row(y), side.row(y); was != now {
			s.out.row(span{y, side.at, s.width, s.width}, tidy(was), tidy(now))
		}
	}
	s.side = side
}

// row draws one of them beside the side.
func (s *Screen) row(at span, was, now string) {
	if s.inks == nil || was != "" || at.to < s.width {
		s.out.row(at, tidy(was), tidy(now))
		return
	}
	s.out.style(pen{})
	s.out.moveTo(0, at.y)
	s.out.ink(s.inks.get(now, s.width))
}

// wipe begins a drawing of everything.
func (s *Screen) wipe() {
	s.out.wipe()
	s.full, s.hidden, s.side = false, true, nil
	clear(s.shown)
}

func rowOf(rows []string, y int) string {
	if y < len(rows) {
		return rows[y]
	}
	return ""
}

func (s *Screen) cursorIsAt(f Frame) bool {
	x, y := s.cursor(f)
	return s.hidden == f.CursorHidden && (s.hidden || s.out.isAt(x, y))
}

func (s *Screen) cursor(f Frame) (x, y int) {
	return min(max(f.CursorX, 0), s.width-1), min(max(f.CursorY, 0), s.height-1)
}

func (s *Screen) placeCursor(f Frame) {
	s.out.style(pen{})
	if !f.CursorHidden {
		s.at.x, s.at.y = s.cursor(f)
		s.out.moveTo(s.at.x, s.at.y)
	}
	if s.hidden == f.CursorHidden {
		return
	}
	s.hidden = f.CursorHidden
	if s.hidden {
		s.out.text("\x1b[?25l")
	} else {
		s.out.text("\x1b[?25h")
	}
}

// setTitle keeps the terminal's own title, where it has a stack for that,
// before it sets the first of ours.
func (s *Screen) setTitle(title string) {
	if title == "" || title == s.title {
		return
	}
	s.title = title
	if !s.titled {
		s.titled = true
		s.out.text("\x1b[22;0t")
	}
	s.out.text("\x1b]2;")
	s.out.text(strings.Map(printable, title))
	s.out.text("\a")
}

func printable(r rune) rune {
	if unicode.IsControl(r) {
		return -1
	}
	return r
}

// flush writes what ends a frame. What a failed Write left on the terminal is
// unknown, and there is nobody to see it.
func (s *Screen) flush(all []byte) error {
	defer s.clear()
	if s.err != nil {
		return s.err
	}
	s.opening = ""
	if _, err := s.w.Write(all); err != nil {
		s.err = fmt.Errorf("writing to the terminal: %w", err)
	}
	return s.err
}
