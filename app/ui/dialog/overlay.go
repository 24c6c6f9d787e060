package dialog

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/ui/cell"
)

// Overlay lays rows over the base from the cell x, y on and returns the result;
// base stays as it was. Both may be styled with SGR and hold hyperlinks, and
// both begin unstyled. A
// row of the result is as wide as that of the base, or wider where the rows
// reach over its end; what reaches over the last row is not drawn. Of a wide
// character that is half covered, a space remains.
func Overlay(base, rows []string, x, y int) []string {
	out := append([]string(nil), base...)
	for i, row := range rows {
		if at := y + i; at >= 0 && at < len(out) {
			out[at] = overlayRow(out[at], row, max(0, x))
		}
	}
	return out
}

func overlayRow(base, row string, x int) string {
	left := scan{}
	left.until(base, x)
	right := left
	end := x + ansi.StringWidth(row)
	right.until(base, end)
	return left.kept(base, x) + row + right.rest(base, end)
}

// closeLink ends a hyperlink.
const closeLink = "\x1b]8;;\x1b\\"

// scan is how far a row has been read.
type scan struct {
	bytes  int
	cells  int
	next   int    // cells of the cluster that begins at bytes, where it went past the end
	styles string // the SGR sequences that hold there
	link   string // the sequence of the hyperlink that is open there
}

// until reads on while whole clusters fit before the cell end.
func (s *scan) until(row string, end int) {
	s.next = 0
	for s.bytes < len(row) && s.cells < end {
		rest := row[s.bytes:]
		if rest[0] == ansi.ESC {
			s.sequence(rest)
			continue
		}
		size, width := cell.Next(rest)
		if s.cells+width > end {
			s.next = width
			return
		}
		s.bytes, s.cells = s.bytes+size, s.cells+width
	}
	// What takes no cell belongs to what is before it.
	for s.bytes < len(row) && row[s.bytes] != ansi.ESC {
		size, width := cell.Next(row[s.bytes:])
		if width > 0 {
			return
		}
		s.bytes += size
	}
}

// sequence reads an escape sequence and keeps it, if it is a style.
func (s *scan) sequence(rest string) {
	sequence, _, size, _ := ansi.DecodeSequence(rest, ansi.NormalState, nil)
	s.bytes += max(1, size)
	switch {
	case sequence == ansi.ResetStyle || sequence == "\x1b[0m":
		s.styles = ""
	case sequence == closeLink:
		s.link = ""
	case strings.HasPrefix(sequence, "\x1b]8;"):
		s.link = sequence
	case strings.HasSuffix(sequence, "m"):
		s.styles += sequence
	}
}

// kept returns what was read, unstyled at its end, and spaces up to the cell end.
func (s *scan) kept(row string, end int) string {
	kept := row[:s.bytes]
	if s.styles != "" {
		kept += ansi.ResetStyle
	}
	if s.link != "" {
		kept += closeLink
	}
	return kept + strings.Repeat(" ", max(0, end-s.cells))
}

// rest returns what was not read, in its styles. The rest of a cluster that
// begins before the cell end is spaces.
func (s *scan) rest(row string, end int) string {
	size, pad := 0, 0
	if s.next > 0 {
		size, _ = cell.Next(row[s.bytes:])
		pad = s.cells + s.next - end
	}
	rest := row[s.bytes+size:]
	if rest == "" && pad == 0 {
		return ""
	}
	return s.styles + s.link + strings.Repeat(" ", pad) + rest
}
