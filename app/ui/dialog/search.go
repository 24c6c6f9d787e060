package dialog

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
	"teahouse/app/ui/cell"
	"teahouse/app/ui/composer"
	"teahouse/app/ui/theme"
)

// How much of a large screen a search takes, inside its border.
const (
	searchWidth = 76
	searchRows  = 16
)

// hitsKept is how many hits a search shows; more than that nobody reads.
const hitsKept = 200

// Hit is a message that was found.
type Hit struct {
	Where string // its room's title
	When  string
	From  string
	Text  string
}

// Search finds messages by words: it asks for what to look for, shows what it
// is given, in that order, and lets one be chosen. It belongs to one goroutine.
type Search struct {
	th       *theme.Theme
	query    *composer.Composer
	started  string // the query of the hits
	running  bool
	searched int // messages looked at
	hits     []Hit
	menu     menu
}

// NewSearch makes a search with an empty query.
func NewSearch(th *theme.Theme) *Search {
	return &Search{th: th, query: composer.New(th), menu: menu{page: 1}}
}

// Key takes a key. Open gives the number of a hit, in the order they were
// added; Start asks to begin a search for Name; Stop and Close for an end.
func (s *Search) Key(msg tea.KeyMsg) Result {
	name := keyName(msg)
	if s.menu.key(name, len(s.hits)) {
		return Result{}
	}
	switch name {
	case "esc", "ctrl+c", "ctrl+f":
		if s.running {
			return Result{Action: Stop}
		}
		return Result{Action: Close}
	case "enter":
		return s.enter()
	case "ctrl+j", "alt+enter":
		// A query has one line.
	default:
		editLine(s.query, msg)
	}
	return Result{}
}

// enter begins a search where the query is another one, else opens a hit.
func (s *Search) enter() Result {
	query := strings.TrimSpace(s.query.Value())
	switch {
	case query != s.started && query != "":
		return Result{Action: Start, Name: query}
	case s.menu.at < len(s.hits):
		return Result{Action: Open, Index: s.menu.at}
	}
	return Result{}
}

// Begin forgets what was found before.
func (s *Search) Begin(query string) {
	s.started, s.running, s.searched = query, true, 0
	s.hits, s.menu.at, s.menu.top = nil, 0, 0
}

// Add shows further hits, and how many messages were looked at by now. full
// tells that no more hits will be shown.
func (s *Search) Add(hits []Hit, searched int) (full bool) {
	s.searched = max(s.searched, searched)
	for _, h := range hits {
		if len(s.hits) < hitsKept {
			s.hits = append(s.hits, h)
		}
	}
	return len(s.hits) >= hitsKept
}

// End tells that the search is over.
func (s *Search) End() { s.running = false }

// Rows draws the search into an area.
func (s *Search) Rows(width, height int) (rows []string, x, y, cursorX, cursorY int) {
	b := place(width, height, searchWidth, 2+searchRows)
	w := b.innerWidth()
	field, column, _ := s.query.Rows(max(4, w), 1, "words, from:NAME, in:ROOM", " › ")
	inside := []string{field[0]}
	if b.innerHeight() >= 5 {
		inside = append(inside, s.th.Rule.Paint(strings.Repeat("─", w)))
	}
	inside = append(inside, s.list(w, max(1, b.innerHeight()-len(inside)))...)
	return b.frame(s.th, "search", s.note(), inside), b.x, b.y, min(b.x+1+column, width-1), min(b.y+1, height-1)
}

// note says how far the search is, and which keys do something.
func (s *Search) note() string {
	switch {
	case s.running:
		return fmt.Sprintf("%d messages searched… · esc stops", s.searched)
	case s.started == "":
		return "enter searches · esc closes"
	case len(s.hits) == hitsKept:
		return fmt.Sprintf("the newest %d shown · enter goes there · esc closes", hitsKept)
	case len(s.hits) == 0:
		return fmt.Sprintf("%d messages searched · esc closes", s.searched)
	}
	return fmt.Sprintf("%d found in %d · enter goes there · esc closes", len(s.hits), s.searched)
}

func (s *Search) list(width, height int) []string {
	if len(s.hits) == 0 {
		text := ""
		if s.started != "" && !s.running {
			text = "   nothing like that"
		}
		return []string{s.th.Dim.Paint(cell.Clip(text, width))}
	}
	from, to := s.menu.window(len(s.hits), height)
	var rows []string
	for i := from; i < to; i++ {
		rows = append(rows, s.row(s.hits[i], i == s.menu.at, width))
	}
	return rows
}

// row draws a hit: where and when, by whom, and as much of it as fits.
func (s *Search) row(h Hit, chosen bool, width int) string {
	text, dim, strong, mark := s.th.Text, s.th.Dim, s.th.Strong, "   "
	if chosen {
		text, dim, strong, mark = s.th.Selected, s.th.Selected, s.th.Selected, " › "
	}
	head := cell.Clip(oneLine(h.Where), max(4, width/5)) + " " + h.When + "  "
	from := cell.Clip(oneLine(h.From), max(4, width/5)) + "  "
	room := max(0, width-ansi.StringWidth(mark+head+from))
	var b strings.Builder
	text.Write(&b, mark)
	dim.Write(&b, head)
	strong.Write(&b, from)
	text.Write(&b, cell.Fit(oneLine(h.Text), room))
	return ansi.Truncate(b.String(), width, "")
}

// oneLine makes text of many lines one that is safe to print.
func oneLine(s string) string { return chat.Printable(strings.Join(strings.Fields(s), " ")) }
