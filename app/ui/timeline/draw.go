package timeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
	"teahouse/app/ui/markup"
	"teahouse/app/ui/theme"
	"teahouse/internal/faults"
)

// What stands for a deleted message, behind an edited one, and between two
// reactions.
const (
	deletedText = "message deleted"
	editedNote  = "(edited)"
	reactionGap = "   "
)

// refusedHint says what to do about a message that was refused.
const refusedHint = "Up takes it back."

// pens are the theme as the timeline uses it.
type pens struct {
	theme                      *theme.Theme
	text, dim, faint, own      theme.Pen
	good, warning, failed, new theme.Pen
}

func newPens(th *theme.Theme) pens {
	return pens{
		theme: th,
		text:  theme.PenOf(th.Text), dim: theme.PenOf(th.Dim), faint: theme.PenOf(th.Faint), own: theme.PenOf(th.Accent),
		good: theme.PenOf(th.Good), warning: theme.PenOf(th.Warning), failed: theme.PenOf(th.Error),
		new: theme.PenOf(th.NewLine),
	}
}

// brush is what entries are painted with in a theme. It never changes.
type brush struct {
	pens    pens
	painter *markup.Painter
}

func newBrush(th *theme.Theme, parser *markup.Parser) *brush {
	return &brush{newPens(th), markup.New(th, parser)}
}

// draw lays an entry out.
func (t *Timeline) draw(e *entry, l lead) (rows []string) {
	if faults.On && e.msg != nil {
		faults.At("entry", e.msg.Body)
	}
	if l.day {
		rows = append(rows, t.centred(t.pens.dim, e.at().In(t.loc).Format(t.dayFormat())))
	}
	if l.rule {
		rows = append(rows, t.newRule())
	}
	switch {
	case l.folded == inFold:
		return nil
	case l.folded > 0:
		return t.hiddenRow(rows, e, l)
	}
	switch e.kind {
	case kindMessage:
		return t.message(t.quoted(rows, e), e.msg, l)
	case kindPending:
		return t.pendingMessage(t.quoted(rows, e), e.extra.pending, l)
	case kindNotices:
		return t.notices(rows, e, l)
	case kindInfo:
		return t.info(rows, e.extra)
	}
	missing := fmt.Sprintf("— %s missing here: no longer kept —", count(e.extra.missing, "message is", "messages are"))
	return append(rows, t.centred(t.pens.dim, missing))
}

func (t *Timeline) message(rows []string, m *chat.Message, l lead) []string {
	e := said{
		kind: m.Kind, body: m.Body, full: m.Name, fromMe: m.From == t.me,
		text: t.pens.text, author: t.author(m), mark: t.pens.dim,
	}
	if l.author {
		e.name = m.Name
		if e.fromMe {
			e.name = "you"
		}
	}
	if l.time || t.width < narrow {
		e.time = t.clock(m.At)
	}
	if m.Deleted {
		e.kind, e.body, e.plain, e.text = chat.KindText, deletedText, true, t.pens.faint
	}
	if e.kind == chat.KindAnnouncement {
		return t.announcement(rows, e, m)
	}
	rows = t.said(rows, e)
	if !m.Edited.IsZero() {
		rows = t.edited(rows)
	}
	return t.reactions(rows, m.Reactions)
}

// announcement draws what everybody is told between two lines over the whole
// width: nothing that people write reaches so far to the left.
func (t *Timeline) announcement(rows []string, e said, m *chat.Message) []string {
	line := func(title string) string {
		title = ansi.Truncate(title, max(t.width-8, 0), "…")
		return " " + t.pens.warning.Paint("━━"+title+strings.Repeat("━", max(t.width-4-ansi.StringWidth(title), 0)))
	}
	rows = append(rows, line(" announcement by "+chat.Printable(m.Name)+" · "+t.clock(m.At)+" "))
	for _, row := range t.paint(e, t.width-4) {
		rows = append(rows, blanks(2)+row)
	}
	rows = append(rows, line(""))
	return t.reactions(rows, m.Reactions)
}

// edited says so behind the text, or below it where the last row is full.
func (t *Timeline) edited(rows []string) []string {
	note, last := t.pens.faint.Paint(editedNote), &rows[len(rows)-1]
	if ansi.StringWidth(*last)+1+len(editedNote) < t.width {
		*last += " " + note
		return rows
	}
	return append(rows, blanks(t.columns().body)+note)
}

// reactions puts them under the message, as many in a row as fit; those that
// one has joined stand out.
func (t *Timeline) reactions(rows []string, rs []chat.Reaction) []string {
	c, used := t.columns(), 0
	for _, r := range rs {
		text := chat.Printable(r.Emoji) + " " + strconv.Itoa(len(r.Users))
		pen := t.pens.dim
		if slices.Contains(r.Users, t.me) {
			pen = t.pens.own
		}
		width := ansi.StringWidth(text)
		if used == 0 || used+len(reactionGap)+width > c.text {
			rows = append(rows, blanks(c.body)+pen.Paint(text))
			used = width
			continue
		}
		rows[len(rows)-1] += reactionGap + pen.Paint(text)
		used += len(reactionGap) + width
	}
	return rows
}

func (t *Timeline) author(m *chat.Message) theme.Pen {
	if m.From == t.me {
		return t.pens.own
	}
	return t.pens.theme.AuthorPen(m.From)
}

// pendingMessage marks what waits, and what was refused, where the time will
// stand.
func (t *Timeline) pendingMessage(rows []string, p *chat.Pending, l lead) []string {
	e := said{
		kind: p.Kind, body: p.Body, full: p.Name, fromMe: true, time: t.sign("…"),
		text: t.pens.dim, author: t.pens.dim, mark: t.pens.dim,
	}
	if p.Refused != nil {
		e.time, e.mark = t.sign("✗"), t.pens.failed
	}
	if l.author {
		e.name = "you"
	}
	if t.width < narrow && (p.Kind == chat.KindAction || !l.author) {
		e.body += " " + strings.TrimSpace(e.time)
	}
	rows = t.said(rows, e)
	if p.Refused == nil {
		return rows
	}
	c := t.columns()
	for _, line := range markup.Wrap("not sent: "+chat.ErrorText(p.Refused)+". "+refusedHint, c.text) {
		rows = append(rows, blanks(c.body)+t.pens.failed.Paint(line))
	}
	return rows
}

// info stands beside a bar, errors behind a mark, so that they differ from
// what people say without colours too.
func (t *Timeline) info(rows []string, x *extra) []string {
	mark, rest, pen, bar := "│ ", "│ ", t.pens.text, t.pens.dim
	switch x.kind {
	case "error":
		mark, rest, pen, bar = "! ", "  ", t.pens.failed, t.pens.failed
	case "warning":
		mark, rest, pen, bar = "! ", "  ", t.pens.warning, t.pens.warning
	case "good":
		pen, bar = t.pens.good, t.pens.good
	}
	for _, line := range markup.Wrap(strings.TrimRight(x.text, "\n"), t.width-4) {
		rows = append(rows, " "+bar.Paint(mark)+pen.Paint(line))
		mark = rest
	}
	return rows
}

func (t *Timeline) newRule() string {
	const word = " new "
	n := max(t.width-2-len(word), 2)
	return " " + t.pens.new.Paint(strings.Repeat("─", n/2)+word+strings.Repeat("─", n-n/2))
}

// topRow is the line above the oldest entry that is loaded.
func (t *Timeline) topRow() string {
	oldest := t.oldest()
	switch {
	case !t.started:
		return ""
	case t.hasOlder():
		return t.centred(t.pens.dim, "older messages are loading…")
	case oldest > 1:
		return t.centred(t.pens.dim, "— "+count(int(oldest-1), "older message is", "older messages are")+" no longer kept —")
	case t.title == "":
		return ""
	}
	return t.centred(t.pens.dim, "— the beginning of "+chat.Printable(t.title)+" —")
}

func (t *Timeline) dayFormat() string {
	if t.width < narrow {
		return "Mon 2 January"
	}
	return "Monday 2 January"
}

// centred puts the house's words in the middle, behind a mark where nobody else
// can write.
func (t *Timeline) centred(pen theme.Pen, s string) string {
	s = ansi.Truncate(s, t.width-4, "…")
	return " " + pen.Paint("·"+blanks(max(1, (t.width-ansi.StringWidth(s))/2-2))+s)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
