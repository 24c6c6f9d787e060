package dialog

// menu is which row of a list is chosen, and which rows are shown.
type menu struct {
	at   int // the chosen one
	top  int // the first that is shown
	page int // how many were shown
}

// key moves the choice among n rows; false for keys that mean something else.
func (m *menu) key(name string, n int) bool {
	switch name {
	case "up", "ctrl+p", "shift+tab":
		m.move(-1, n)
	case "down", "ctrl+n", "tab":
		m.move(+1, n)
	case "pgup":
		m.move(-m.page, n)
	case "pgdown":
		m.move(+m.page, n)
	default:
		return false
	}
	return true
}

func (m *menu) move(by, n int) { m.at = max(0, min(m.at+by, n-1)) }

// window gives the rows from one to before another that are shown of n, around
// the chosen one.
func (m *menu) window(n, height int) (from, to int) {
	m.page = height
	m.top = min(m.top, m.at, max(0, n-height))
	m.top = max(m.top, m.at-height+1)
	return m.top, min(n, m.top+height)
}
