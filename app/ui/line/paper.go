package line

import (
	"io"
	"strings"

	"teahouse/app/chat"
)

// flushAt is how many bytes are gathered for one write, give or take a line.
const flushAt = 8 << 10

// paper is where lines are printed. On its last row may stand what is being
// typed: lines come below that, and it is written again below them.
type paper struct {
	out     io.Writer
	columns func() int // of the terminal; 0: that is not known
	end     string     // of a line
	text    strings.Builder
	begun   bool  // something stands on the last row
	ringing bool  // the next line rings the terminal's bell
	failed  error // the first error; nothing is written after it
}

func newPaper(out io.Writer, terminal bool, columns func() int) *paper {
	p := &paper{out: out, end: "\n", columns: columns}
	if terminal {
		p.end = crlf
	}
	if columns == nil {
		p.columns = func() int { return 0 }
	}
	return p
}

// rows prints a text in rows that the terminal does not break.
func (p *paper) rows(text string) {
	for _, row := range chat.Rows(text, p.columns()) {
		p.line(row)
	}
}

// line prints a line, at the latest with the next flush or echo.
func (p *paper) line(s string) {
	if p.begun {
		p.text.WriteString(p.end)
		p.begun = false
	}
	if p.ringing {
		p.text.WriteByte('\a')
		p.ringing = false
	}
	p.text.WriteString(s)
	p.text.WriteString(p.end)
	if p.text.Len() >= flushAt {
		p.write()
	}
}

// flush writes the lines that wait, and below them what is being typed.
func (p *paper) flush(typed string) {
	if p.text.Len() == 0 && p.begun == (typed != "") {
		return
	}
	p.text.WriteString(typed)
	p.begun = typed != ""
	p.write()
}

// echo writes what the terminal shows of keys; typed stands on the last row
// then. Lines that wait are written before.
func (p *paper) echo(s, typed string) {
	if s != "" {
		p.text.WriteString(s)
		p.begun = typed != ""
		p.write()
	}
}

// finish leaves the row on which something was being typed.
func (p *paper) finish() {
	if p.begun {
		p.echo(p.end, "")
	}
}

// write returns when the client has taken all.
func (p *paper) write() {
	if p.failed == nil {
		_, p.failed = io.WriteString(p.out, p.text.String())
	}
	p.text.Reset()
}
