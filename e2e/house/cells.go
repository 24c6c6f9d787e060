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
	Reverse bool
}

// The emulator's attributes, as bits of a cell's style.
const (
	attrBold    = 1 << 0
	attrFaint   = 1 << 1
	attrReverse = 1 << 5
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
			rows[y] = append(rows[y], Cell{
				Text: c.Content, Column: x, Width: c.Width, Ink: c.Style.Fg,
				Bold: c.Style.Attrs&attrBold != 0, Faint: c.Style.Attrs&attrFaint != 0,
				Reverse: c.Style.Attrs&attrReverse != 0,
			})
		}
	}
	return rows
}

// Cursor is the cell where the cursor stands.
func (s *Screen) Cursor() (column, row int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.vt.CursorPosition()
	return at.X, at.Y
}
