package chat

import "strings"

// withoutCode takes the code out of a body: fenced blocks, and what stands
// between equal runs of backticks in a paragraph. A blank takes its place.
func withoutCode(body string) string {
	if !strings.ContainsAny(body, "`~") {
		return body
	}
	var out, paragraph strings.Builder
	flush := func() {
		cutSpans(&out, paragraph.String())
		paragraph.Reset()
	}
	fence := ""
	for line := range strings.Lines(body) {
		switch mark := fenceOf(line); {
		case fence != "":
			if strings.HasPrefix(mark, fence) && strings.TrimSpace(line) == mark {
				fence = ""
			}
		case mark != "":
			flush()
			fence = mark
		default:
			paragraph.WriteString(line)
			if strings.TrimSpace(line) == "" {
				flush()
			}
		}
	}
	flush()
	return out.String()
}

// fenceOf gives the run that makes a line begin or end a fenced block, or "".
func fenceOf(line string) string {
	text := strings.TrimLeft(line, " ")
	if len(line)-len(text) > 3 || text == "" || text[0] != '`' && text[0] != '~' {
		return ""
	}
	rest := strings.TrimLeft(text, text[:1])
	mark := text[:len(text)-len(rest)]
	if len(mark) < 3 || mark[0] == '`' && strings.Contains(rest, "`") {
		return ""
	}
	return mark
}

// cutSpans writes a paragraph without its spans of code. A run of backticks
// that no equal one follows is none's beginning.
func cutSpans(out *strings.Builder, s string) {
	for {
		before, rest, found := strings.Cut(s, "`")
		out.WriteString(before)
		if !found {
			return
		}
		out.WriteByte(' ')
		s = strings.TrimLeft(rest, "`")
		if end := afterRun(s, len(rest)-len(s)+1); end > 0 {
			s = s[end:]
		}
	}
}

// afterRun finds where the first run of exactly n backticks ends; 0 for none.
func afterRun(s string, n int) int {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '`')
		if i < 0 {
			return 0
		}
		rest := strings.TrimLeft(s[from+i:], "`")
		if len(s)-len(rest)-from-i == n {
			return len(s) - len(rest)
		}
		from = len(s) - len(rest)
	}
}
