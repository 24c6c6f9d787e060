package timeline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
	"teahouse/app/ui/cell"
	"teahouse/app/ui/theme"
)

// tabWidth is from where to where a tab goes.
const tabWidth = 4

// wrap cuts text into lines of at most width cells, at blanks where it can
// and between characters where it must. What it gives is safe to print.
func wrap(text string, width int) []string {
	width = max(width, 2) // the widest character
	if !strings.Contains(text, "\n") {
		return wrapLine(nil, text, width)
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		lines = wrapLine(lines, line, width)
	}
	return lines
}

func wrapLine(lines []string, line string, width int) []string {
	line = clean(line)
	for len(line) > width { // no character has more cells than bytes
		end, next := breakAt(line, width)
		if next == len(line) {
			line = line[:end]
			break
		}
		lines = append(lines, line[:end])
		line = line[next:]
	}
	return append(lines, line)
}

// breakAt finds where a line ends that may be too long, and where the next one
// begins: around the last blanks that are not an indent, else within a word.
func breakAt(line string, width int) (end, next int) {
	// That the byte before is a blank would not do: a number sign of Arabic takes
	// the blank behind it into its cluster, which then is a word.
	hasWord, afterWord, used, i := false, false, 0, 0
	for i < len(line) {
		size, w := cell.Next(line[i:])
		blank := line[i:i+size] == " "
		if blank && hasWord {
			if afterWord {
				end = i
			}
			next = i + 1
		}
		if used += w; used > width && i > 0 && (!blank || !hasWord) {
			if end > 0 {
				return end, next
			}
			return i, i
		}
		afterWord = !blank
		hasWord = hasWord || afterWord
		i += size
	}
	if used > width && end > 0 {
		return end, next // all that is too much is blank
	}
	return i, i
}

// clean makes one line of text printable and turns its tabs into blanks.
func clean(line string) string {
	if !strings.Contains(line, "\t") {
		return chat.Printable(line)
	}
	var b strings.Builder
	column := 0
	for i, part := range strings.Split(line, "\t") {
		if i > 0 {
			n := tabWidth - column%tabWidth
			b.WriteString(blanks(n))
			column += n
		}
		part = chat.Printable(part)
		b.WriteString(part)
		column += ansi.StringWidth(part)
	}
	return b.String()
}

// fit cuts a name to at most a width, and gives the blanks that fill a column
// behind it.
func fit(name string, column, most int) (cut, pad string) {
	w := ansi.StringWidth(name)
	if w > most {
		name = ansi.Truncate(name, most, "…")
		w = ansi.StringWidth(name)
	}
	return name, blanks(column - w)
}

func blanks(n int) string {
	const many = "                                        "
	if n <= 0 {
		return ""
	}
	if n <= len(many) {
		return many[:n]
	}
	return strings.Repeat(" ", n)
}

// highlight writes a line and paints each @name in it.
func highlight(b *strings.Builder, line, name string, text, mention theme.Pen) {
	from := 0
	for i := 0; name != "" && i < len(line); i++ {
		if line[i] != '@' || !isMention(line, i, name) {
			continue
		}
		end := i + 1 + len(name)
		text.Write(b, line[from:i])
		mention.Write(b, line[i:end])
		from = end
	}
	text.Write(b, line[from:])
}

// isMention tells whether the @ at i begins the name, and that alone.
func isMention(line string, i int, name string) bool {
	end := i + 1 + len(name)
	if end > len(line) || !strings.EqualFold(line[i+1:end], name) {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(line[:i])
	after, _ := utf8.DecodeRuneInString(line[end:])
	return !isWord(before) && !isWord(after)
}

func isWord(r rune) bool {
	return r == '_' || r == '-' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}
