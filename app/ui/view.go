package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
	"teahouse/app/ui/cell"
	"teahouse/app/ui/dialog"
	"teahouse/app/ui/screen"
	"teahouse/internal/faults"
)

const (
	rosterFrom  = 100 // columns from which the roster is shown
	rosterWidth = 22
	rulesFrom   = 12 // rows from which the parts are ruled off
	belowFrom   = 32 // columns from which it is said how to get to what is below
	roomyFrom   = 30 // rows from which the help leaves the bars to be seen
)

// draw writes the frame that shows the model as it is now. It returns when the
// client's window has taken it.
func (m *model) draw() {
	if faults.On {
		faults.At("view", m.Session.User().Name)
	}
	if m.waits {
		m.waits = false
		m.late.Stop()
	}
	frame := m.frame()
	if err := m.screen.Draw(frame); err != nil {
		m.failed = gone(err)
	}
	m.drawn.Store(time.Now().UnixNano())
	m.Session.Showed(m.unshown)
	m.unshown = nil
}

func (m *model) frame() screen.Frame {
	w, h := m.size.Width, m.size.Height
	ruled := h >= rulesFrom
	foot, x, y := m.foot(w, max(1, h/3))
	rows := append(make([]string, 0, h+1), m.bar(w))
	body := h - 1 - len(foot)
	if ruled {
		body -= 2
		rows = append(rows, m.rule(w, "┬"))
	}
	top := len(rows)
	m.kept.top, m.kept.bottom, m.kept.plain = top, top+body-1, !m.overlaid()
	rows = m.log(rows, logWidth(w), body)
	if ruled {
		rows = append(rows, m.rule(w, "┴"))
	}
	y += len(rows)
	rows = append(rows, foot...)
	f := screen.Frame{Rows: rows, CursorX: x, CursorY: y, Title: m.title()}
	if w >= rosterFrom {
		f.Side = m.side(top, body)
	}
	if m.overlaid() {
		f.Rows, f.Side = f.Side.Beside(f.Rows), nil
		m.overlay(&f, top, body-1)
	}
	return f
}

// rule is a line across the screen, which meets the roster's in the joint.
func (m *model) rule(w int, joint string) string {
	return m.Shared.fixed.Get(fixtureOf{m.th, w, joint}, func() fixture {
		line := strings.Repeat("─", w)
		if left := logWidth(w); left < w {
			line = strings.Repeat("─", left) + joint + strings.Repeat("─", w-left-1)
		}
		return fixture{row: m.th.Rule.Paint(line)}
	}).row
}

// log adds the timeline to the rows above it, with the status row below. Where
// rows are few, that one is there only while it says something.
func (m *model) log(rows []string, w, h int) []string {
	m.timeline.SetSize(w, h-1)
	m.resume() // before the status tells how much is below
	status := m.statusRow(w)
	m.kept.plain = m.kept.plain && status == "" && m.size.Height >= rulesFrom
	if status == "" && m.size.Height < rulesFrom {
		m.timeline.SetSize(w, h)
		return m.timeline.Rows(rows)
	}
	return append(m.timeline.Rows(rows), status)
}

// statusRow is the line above the composer: what is wrong, what to choose
// from, how much is below.
func (m *model) statusRow(w int) string {
	if hint := m.composer.HintRow(w); hint != "" {
		return hint
	}
	// The answer to a key comes first: it says why the key did nothing.
	if m.status != "" {
		return m.th.Warning.Paint(cell.Clip(" "+chat.Printable(m.status), w))
	}
	if msg, ok := m.timeline.Selected(); ok {
		return m.th.Accent.Paint(cell.Clip(" "+m.pickHint(msg), w))
	}
	if hint := m.aimHint(); hint != "" {
		return m.th.Accent.Paint(cell.Clip(" "+chat.Printable(hint), w))
	}
	if since := m.Session.DownSince(); !since.IsZero() {
		return m.th.Warning.Paint(cell.Clip(" the chat's storage does not answer; what you send waits", w))
	}
	if n, limit := m.composer.Count(); n > limit*9/10 {
		style := m.th.Dim
		if n > limit {
			style = m.th.Error
		}
		return style.Paint(cell.Clip(fmt.Sprintf(" %d of %d characters", n, limit), w))
	}
	if n := m.timeline.Below(); n > 0 {
		hint := fmt.Sprintf(" ↓ %d newer", n)
		if w >= belowFrom {
			hint += " · Esc goes there"
		}
		return m.th.Accent.Paint(cell.Clip(hint, w))
	}
	if names := m.Session.Typers(m.room); len(names) > 0 {
		return m.th.Dim.Paint(cell.Clip(chat.Printable(typers(names)), w))
	}
	return ""
}

// foot is the composer, with two keys to know where they fit.
func (m *model) foot(w, most int) (rows []string, x, y int) {
	if !m.composer.Empty() {
		return m.writing(w, most)
	}
	f := m.Shared.fixed.Get(fixtureOf{m.th, w, m.name}, func() fixture {
		rows, x, _ := m.writing(w, most)
		return fixture{rows[0], x}
	})
	return []string{f.row}, f.x, 0
}

func (m *model) writing(w, most int) (rows []string, x, y int) {
	rows, x, y = m.composer.Rows(w, most, "message "+m.name, " › ")
	const hint = "^K rooms   ^G help "
	if len(rows) == 1 {
		used := ansi.StringWidth(rows[0])
		if gap := w - used - len(hint); gap >= 3 {
			rows[0] += strings.Repeat(" ", gap) + m.th.Dim.Paint(hint)
		}
	}
	return rows, x, y
}

// overlaid tells whether a dialog is open.
func (m *model) overlaid() bool { return m.finder != nil || m.seek.dialog != nil || m.help != nil }

// overlay lays the open dialog over the timeline, or over everything where
// there is little room.
func (m *model) overlay(f *screen.Frame, top, height int) {
	if height < 8 {
		top, height = 0, m.size.Height
	}
	var rows []string
	var x, y, cx, cy int
	switch {
	case m.finder != nil:
		rows, x, y, cx, cy = m.finder.Rows(m.size.Width, height)
		f.CursorX, f.CursorY = cx, cy+top
	case m.seek.dialog != nil:
		rows, x, y, cx, cy = m.seek.dialog.Rows(m.size.Width, height)
		f.CursorX, f.CursorY = cx, cy+top
	case m.help != nil:
		if m.size.Height < roomyFrom {
			top, height = 0, m.size.Height
		}
		rows, x, y, _, _ = m.help.Rows(m.size.Width, height)
		f.CursorHidden = true
	default:
		return
	}
	copy(f.Rows[top:], dialog.Overlay(f.Rows[top:top+height], rows, x, y))
}
