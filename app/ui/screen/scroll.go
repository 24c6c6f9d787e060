package screen

import "strings"

const (
	// likeness is from how many bytes in common on that rows count as one row
	// that moved: more than the blanks of an indent.
	likeness = 16
	// scrollCost is what setting a scroll region and going there takes, and rowCost
	// the way to another row, in bytes.
	scrollCost = 16
	rowCost    = 12
)

// move is a part of the screen, rows from top up to below bottom, that goes up
// by n rows, or down where n is negative.
type move struct{ top, bottom, n int }

// scroll has the terminal move what only moved, if that is cheaper than to
// draw it again. It need not find the best move; what it leaves is drawn.
func (s *Screen) scroll(rows []string) {
	first, last := s.changed(rows)
	if last-first < 2 {
		return
	}
	best, gain := move{}, 0
	for _, n := range s.shifts(rows, first, last) {
		m := s.extent(rows, first, last, n)
		if g := s.gain(rows, m); g > gain {
			best, gain = m, g
		}
	}
	if gain > 0 {
		s.out.scroll(best)
		shift(s.shown[best.top:best.bottom], best.n)
		s.out.patch(s.side.repair(best))
	}
}

// changed gives the first and the last row that differ.
func (s *Screen) changed(rows []string) (first, last int) {
	last = s.height - 1
	for first < s.height && s.shown[first] == rowOf(rows, first) {
		first++
	}
	for last > first && s.shown[last] == rowOf(rows, last) {
		last--
	}
	return first, last
}

// shifts proposes by how much rows may have moved: it looks for a few of the
// new ones among the old.
func (s *Screen) shifts(rows []string, first, last int) (found []int) {
	for _, y := range []int{first, (first + last) / 2, last} {
		row := rowOf(rows, y)
		for from := first; from <= last; from++ {
			if from != y && isLike(row, s.shown[from]) {
				found = append(found, from-y)
				break
			}
		}
	}
	return found
}

func isLike(a, b string) bool {
	n := common(a, b)
	return n >= likeness && 2*n >= len(strings.TrimRight(a, " ")) || n > 0 && len(a) == len(b) && n == len(a)
}

// extent finds the part of the screen that moved by n rows.
func (s *Screen) extent(rows []string, first, last, n int) move {
	m := move{n: n}
	for y := max(first, first-n); y <= min(last, last-n); y++ {
		if !isLike(rowOf(rows, y), s.shown[y+n]) {
			continue
		}
		if m.bottom == 0 {
			m.top = min(y, y+n)
		}
		m.bottom = max(y, y+n) + 1
	}
	return m
}

// gain estimates how many bytes the move saves.
func (s *Screen) gain(rows []string, m move) int {
	if m.bottom == 0 || !s.side.spans(m.top, m.bottom) {
		return 0
	}
	g := -scrollCost - 2*max(m.n, -m.n) - len(s.side.repair(m).bytes)
	for y := m.top; y < m.bottom; y++ {
		row, from := rowOf(rows, y), ""
		if at := y + m.n; at >= m.top && at < m.bottom {
			from = s.shown[at]
		}
		g += cost(s.shown[y], row) - cost(from, row)
	}
	return g
}

// cost estimates what it takes to turn one row into another.
func cost(old, now string) int {
	if old == now {
		return 0
	}
	return rowCost + len(now) - common(old, now)
}

// common is how many bytes two strings begin with alike.
func common(a, b string) int {
	const word = 8 // compared at once
	n, i := min(len(a), len(b)), 0
	for i+word <= n && a[i:i+word] == b[i:i+word] {
		i += word
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// shift moves the elements up by n, or down where n is negative; "" fills.
func shift(rows []string, n int) {
	if n > 0 {
		copy(rows, rows[n:])
		clear(rows[len(rows)-n:])
	} else {
		copy(rows[-n:], rows)
		clear(rows[:-n])
	}
}
