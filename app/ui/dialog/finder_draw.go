package dialog

import (
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/ui/cell"
	"teahouse/app/ui/theme"
)

// How much of a large screen the finder takes, inside its border.
const (
	finderWidth = 56
	finderRows  = 14
)

// Rows draws the finder into an area. Its size depends on the area and on how
// many items there are, not on the query: a list that shrinks while one types
// is hard to follow.
func (f *Finder) Rows(width, height int) (rows []string, x, y, cursorX, cursorY int) {
	chrome := 2 // the query and a rule
	b := place(width, height, finderWidth, chrome+min(len(f.items)+1, finderRows))
	if b.innerHeight() < 5 {
		chrome = 1
	}
	field, column, _ := f.query.Rows(max(4, b.innerWidth()), 1, f.ask, " › ")
	inside := []string{field[0]}
	if chrome == 2 {
		inside = append(inside, f.th.Rule.Paint(strings.Repeat("─", b.innerWidth())))
	}
	inside = append(inside, f.list(b.innerWidth(), max(1, b.innerHeight()-chrome))...)
	note := "enter chooses · esc closes"
	if f.makes {
		note = "enter opens · esc closes"
	}
	return b.frame(f.th, f.title, note, inside), b.x, b.y, min(b.x+1+column, width-1), min(b.y+1, height-1)
}

// list draws the entries around the chosen one.
func (f *Finder) list(width, height int) []string {
	if len(f.found) == 0 {
		return []string{f.th.Dim.Paint(cell.Clip("   nothing like that", width))}
	}
	from, to := f.menu.window(len(f.found), height)
	var rows []string
	for i := from; i < to; i++ {
		rows = append(rows, f.entry(f.found[i], i == f.menu.at, width))
	}
	return rows
}

// entry draws one row: a mark on the chosen one, also for screens without
// colours, then title, detail and how much is unread.
func (f *Finder) entry(e entry, chosen bool, width int) string {
	title, hit, dim, unread, mark := f.th.Text, f.th.Hit, f.th.Dim, f.th.BarUnread, "   "
	if chosen {
		title, hit, dim, unread, mark = f.th.Selected, f.th.SelectedHit, f.th.Selected, f.th.Selected, " › "
	}
	if e.make != "" {
		return title.Paint(cell.Fit(mark+"make #"+e.make, width))
	}
	count := " "
	if e.Unread > 0 {
		count = " " + strconv.Itoa(e.Unread) + " "
	}
	room := max(0, width-ansi.StringWidth(mark)-ansi.StringWidth(count))
	name := cell.Clip(e.Title, room)
	room -= ansi.StringWidth(name)
	detail := ""
	if e.Detail != "" && room > 8 {
		detail = "  " + cell.Clip(e.Detail, room-2)
	}
	var b strings.Builder
	title.Write(&b, mark)
	writeHits(&b, name, e.hits, title, hit)
	dim.Write(&b, cell.Pad(detail, room))
	unread.Write(&b, count)
	// A row too narrow for its parts is on no screen that the program allows.
	return ansi.Truncate(b.String(), width, "")
}

// writeHits writes text with the clusters at some places made visible.
func writeHits(b *strings.Builder, text string, hits []int, plain, hit theme.Pen) {
	from, wasHit := 0, false
	flush := func(to int) {
		pen := plain
		if wasHit {
			pen = hit
		}
		pen.Write(b, text[from:to])
		from = to
	}
	for at := 0; at < len(text); {
		size, _ := cell.Next(text[at:])
		is := slices.ContainsFunc(hits, func(h int) bool { return h >= at && h < at+size })
		if is != wasHit {
			flush(at)
			wasHit = is
		}
		at += size
	}
	flush(len(text))
}
