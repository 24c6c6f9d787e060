package dialog

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"teahouse/app/ui/cell"
	"teahouse/app/ui/theme"
)

// Section is a part of the help: a heading, if any, and lines of what to press or to
// type and what it does.
type Section struct {
	Title string
	Lines [][2]string
}

// Page is what the help shows at a time.
type Page struct {
	Title    string
	Sections []Section
}

// Help shows what can be pressed and typed. It belongs to one goroutine.
type Help struct {
	th    *theme.Theme
	pages []Page
	at    int // the page that is shown
	top   int // the first row that is shown
	most  int // the most that top may be, as last drawn
	page  int // how many rows were shown
}

// NewHelp makes a help of one or more pages of plain text.
func NewHelp(th *theme.Theme, pages ...Page) *Help {
	return &Help{th: th, pages: pages, page: 1}
}

// Key takes a key and tells whether it closes the help.
func (h *Help) Key(msg tea.KeyMsg) (closes bool) {
	name := msg.String()
	if msg.Paste {
		return false
	}
	switch name {
	case "esc", "q", "ctrl+g", "f1", "ctrl+c":
		return true
	case "tab", "right", "left", "shift+tab":
		h.at, h.top = (h.at+1)%len(h.pages), 0
	case "up", "k", "ctrl+p":
		h.scroll(-1)
	case "down", "j", "ctrl+n":
		h.scroll(+1)
	case "pgup", "b":
		h.scroll(-h.page)
	case "pgdown", " ", "f":
		h.scroll(+h.page)
	case "home", "g":
		h.top = 0
	case "end", "G":
		h.top = h.most
	}
	return false
}

func (h *Help) scroll(by int) { h.top = max(0, min(h.top+by, h.most)) }

// What the columns of the help need.
const (
	helpGap   = 2  // between key and meaning, and around a column
	leastHelp = 30 // cells for a column of its own
	noteFrame = 4  // around the note
	leastSide = 24 // cells of a column for the meaning to stand beside the key
)

// Rows draws the help into an area: sections side by side where there is room
// for that, and what fits of them, from where one has scrolled to.
func (h *Help) Rows(width, height int) (rows []string, x, y, cursorX, cursorY int) {
	inside := h.inside(place(width, height, width, height).innerWidth())
	widest := 0
	for _, row := range inside {
		widest = max(widest, ansi.StringWidth(row))
	}
	b := place(width, height, widest+1, len(inside))
	h.page = max(1, b.innerHeight())
	h.most = max(0, len(inside)-h.page)
	h.scroll(0)
	return b.frame(h.th, "help: "+h.pages[h.at].Title, h.note(b.innerWidth()), inside[h.top:min(len(inside), h.top+h.page)]), b.x, b.y, -1, -1
}

// note says which keys do something, the most useful where not all fit.
func (h *Help) note(width int) string {
	note := "esc closes"
	add := func(what string) {
		if longer := what + " · " + note; ansi.StringWidth(longer) <= width-noteFrame {
			note = longer
		}
	}
	if h.most > 0 {
		add("↑↓ scroll")
	}
	if len(h.pages) > 1 {
		add("tab " + h.pages[(h.at+1)%len(h.pages)].Title)
	}
	return note
}

// inside draws all rows, in two columns where they are wide enough for that.
func (h *Help) inside(width int) []string {
	sections := h.pages[h.at].Sections
	if len(sections) < 2 || width < 2*leastHelp {
		return h.column(sections, width-1)
	}
	half := (width - 1) / 2
	var best []string
	for n := 1; n < len(sections); n++ {
		if rows := beside(h.column(sections[:n], half), h.column(sections[n:], half)); best == nil || len(rows) < len(best) {
			best = rows
		}
	}
	return best
}

// beside puts two columns next to each other.
func beside(left, right []string) []string {
	widest := 0
	for _, row := range left {
		widest = max(widest, ansi.StringWidth(row))
	}
	rows := make([]string, max(len(left), len(right)))
	copy(rows, left)
	for i, row := range right {
		rows[i] = cell.Pad(rows[i], widest) + row
	}
	return rows
}

// column draws sections below each other.
func (h *Help) column(sections []Section, width int) []string {
	var rows []string
	for i, s := range sections {
		if i > 0 {
			rows = append(rows, "")
		}
		if s.Title != "" {
			rows = append(rows, "  "+h.th.Strong.Paint(cell.Clip(s.Title, width-helpGap)))
		}
		keys := 0
		for _, line := range s.Lines {
			keys = max(keys, ansi.StringWidth(line[0]))
		}
		keys = min(keys, width/2)
		for _, line := range s.Lines {
			rows = append(rows, h.line(line, keys, width)...)
		}
	}
	return rows
}

// line draws what to press and beside it, on as many rows as that needs, what
// it does. In a narrow column that stands below.
func (h *Help) line(line [2]string, keys, width int) []string {
	indent, head := keys+2*helpGap, "  "+h.th.Accent.Paint(cell.Fit(line[0], keys))+"  "
	var rows []string
	if width < leastSide {
		indent, head = 2*helpGap, "    "
		rows = append(rows, "  "+h.th.Accent.Paint(cell.Clip(line[0], width-helpGap)))
	}
	for part := range strings.SplitSeq(ansi.Wrap(line[1], max(1, width-indent), ""), "\n") {
		rows = append(rows, head+h.th.Text.Paint(strings.TrimSpace(part)))
		head = strings.Repeat(" ", indent)
	}
	return rows
}
