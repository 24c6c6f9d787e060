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

// draw lays an entry out.
func (t *Timeline) draw(e *entry, l lead) (rows []string) {
	if faults.On && e.msg != nil {
		faults.At("entry", e.msg.Body)
	}
	if l.day {
		rows = append(rows, t.centred(t.th.Dim, e.at().In(t.loc).Format(t.dayFormat())))
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
	return append(rows, t.centred(t.th.Dim, missing))
}

func (t *Timeline) message(rows []string, m *chat.Message, l lead) []string {
	e := said{
		kind: m.Kind, body: m.Body, full: m.Name, fromMe: m.From == t.me,
		text: t.th.Text, author: t.author(m), mark: t.th.Dim,
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
		e.kind, e.body, e.plain, e.text = chat.KindText, deletedText, true, t.th.Faint
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
		return " " + t.th.Warning.Paint("━━"+title+strings.Repeat("━", max(t.width-4-ansi.StringWidth(title), 0)))
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
	note, last := t.th.Faint.Paint(editedNote), &rows[len(rows)-1]
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
		pen := t.th.Dim
		if slices.Contains(r.Users, t.me) {
			pen = t.th.Accent
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
		return t.th.Accent
	}
	return t.th.Author(m.From)
}

// pendingMessage marks what waits, and what was refused, where the time will
// stand.
func (t *Timeline) pendingMessage(rows []string, p *chat.Pending, l lead) []string {
	e := said{
		kind: p.Kind, body: p.Body, full: p.Name, fromMe: true, time: t.sign("…"),
		text: t.th.Dim, author: t.th.Dim, mark: t.th.Dim,
	}
	if p.Refused != nil {
		e.time, e.mark = t.sign("✗"), t.th.Error
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
		rows = append(rows, blanks(c.body)+t.th.Error.Paint(line))
	}
	return rows
}

// info stands beside a bar, errors behind a mark, so that they differ from
// what people say without colours too.
func (t *Timeline) info(rows []string, x *extra) []string {
	mark, rest, pen, bar := "│ ", "│ ", t.th.Text, t.th.Dim
	switch x.kind {
	case "error":
		mark, rest, pen, bar = "! ", "  ", t.th.Error, t.th.Error
	case "warning":
		mark, rest, pen, bar = "! ", "  ", t.th.Warning, t.th.Warning
	case "good":
		pen, bar = t.th.Good, t.th.Good
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
	return " " + t.th.NewLine.Paint(strings.Repeat("─", n/2)+word+strings.Repeat("─", n-n/2))
}

// topRow is the line above the oldest entry that is loaded.
func (t *Timeline) topRow() string {
	oldest := t.oldest()
	switch {
	case !t.started:
		return ""
	case t.hasOlder():
		return t.centred(t.th.Dim, "older messages are loading…")
	case oldest > 1:
		return t.centred(t.th.Dim, "— "+count(int(oldest-1), "older message is", "older messages are")+" no longer kept —")
	case t.title == "":
		return ""
	}
	return t.centred(t.th.Dim, "— the beginning of "+chat.Printable(t.title)+" —")
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
