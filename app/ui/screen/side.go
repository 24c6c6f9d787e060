package screen

import (
	"strings"
	"sync"
)

// Side is a column at the right of a frame that most frames leave as it is,
// such as a list of people: the rows beside it change and scroll, and it stands
// still. It is made once for all the screens that show it alike, and never
// changes; its methods may be called from many goroutines.
type Side struct {
	at, top, width int
	rows           []string

	mu      sync.Mutex
	repairs map[move]patch
}

// NewSide makes the column that begins in the given column of a terminal, and
// in the row top; it is as high as it has rows, each styled as a Frame's are.
func NewSide(at, top, width int, rows []string) *Side {
	return &Side{at: at, top: top, width: width, rows: rows, repairs: map[move]patch{}}
}

// Beside gives a frame's rows with the column in them, for frames that lay
// something over both.
func (s *Side) Beside(rows []string) []string {
	joined := make([]string, len(rows))
	for y, row := range rows {
		joined[y] = s.beside(y, row)
	}
	return joined
}

func (s *Side) beside(y int, row string) string {
	if !s.has(y) {
		return row
	}
	row, width := cut(row, s.at)
	if !endsPlain(row) {
		row += "\x1b[m" + linkCloses
	}
	return row + strings.Repeat(" ", s.at-width) + s.row(y)
}

// has tells whether the column is in a row; a nil Side is in none.
func (s *Side) has(y int) bool { return s != nil && y >= s.top && y < s.top+len(s.rows) }

// row is what the column has in a row.
func (s *Side) row(y int) string {
	if !s.has(y) {
		return ""
	}
	return s.rows[y-s.top]
}

// spans tells whether the column is in all rows of a part of the screen, or in
// none of them.
func (s *Side) spans(top, bottom int) bool {
	return s == nil || s.has(top) && s.has(bottom-1) || bottom <= s.top || top >= s.top+len(s.rows)
}

// keptRepairs is how many repairs a Side remembers: a frame has few rows that
// come at its end, and anything else is rare.
const keptRepairs = 64

// repair puts the column back where a move has taken it along.
func (s *Side) repair(m move) patch {
	if s == nil {
		return patch{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.repairs[m]
	if !ok {
		if len(s.repairs) >= keptRepairs {
			clear(s.repairs)
		}
		p = s.mend(m)
		s.repairs[m] = p
	}
	return p
}

func (s *Side) mend(m move) patch {
	o := output{x: unknown, y: unknown}
	for y := m.top; y < m.bottom; y++ {
		o.row(span{y, s.at, s.width, s.width}, tidy(s.moved(m, y)), tidy(s.row(y)))
	}
	o.style(pen{})
	return patch{o.buf, o.x, o.y}
}

// moved is what a row shows of the column after a move.
func (s *Side) moved(m move, y int) string {
	if from := y + m.n; from >= m.top && from < m.bottom {
		return s.row(from)
	}
	return ""
}

// fits tells whether two columns are in the same place.
func (s *Side) fits(other *Side) bool {
	if s == nil || other == nil {
		return s == other
	}
	return s.at == other.at && s.top == other.top && s.width == other.width && len(s.rows) == len(other.rows)
}

// left is how much of a row the column leaves.
func (s *Side) left(y, width int) span {
	if s.has(y) {
		return span{y, 0, s.at, width}
	}
	return span{y, 0, width, width}
}
