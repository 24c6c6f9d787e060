package house

import "image/color"

// Cell is one character of a screen and how it looks.
type Cell struct {
	Text    string
	Column  int // where it begins
	Width   int
	Ink     color.Color // nil: the terminal's own
	Bold    bool
	Faint   bool
	Italic  bool
	Under   bool // underlined
	Reverse bool
	Struck  bool
	Link    string // where it leads; "" for nowhere
}

// The emulator's attributes, as bits of a cell's style.
const (
	attrBold    = 1 << 0
	attrFaint   = 1 << 1
	attrItalic  = 1 << 2
	attrReverse = 1 << 5
	attrStruck  = 1 << 7
)

// Cells is the screen as it is now, row by row, blanks included. Unlike Rows it
// also shows a synchronized frame that is not complete.
func (s *Screen) Cells() [][]Cell {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := make([][]Cell, s.vt.Height())
	for y := range rows {
		for x := range s.vt.Width() {
			c := s.vt.CellAt(x, y)
			if c == nil || c.Width == 0 {
				continue
			}
			has := func(attr uint8) bool { return c.Style.Attrs&attr != 0 }
			rows[y] = append(rows[y], Cell{
				Text: c.Content, Column: x, Width: c.Width, Ink: c.Style.Fg,
				Bold: has(attrBold), Faint: has(attrFaint), Italic: has(attrItalic),
				Under: c.Style.Underline != 0, Reverse: has(attrReverse), Struck: has(attrStruck),
				Link: c.Link.URL,
			})
		}
	}
	return rows
}

// CursorHidden tells whether the program has taken the cursor away.
func (s *Screen) CursorHidden() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hidden
}

// Cursor is the cell where the cursor stands.
func (s *Screen) Cursor() (column, row int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release()
	at := s.vt.CursorPosition()
	return at.X, at.Y
}
