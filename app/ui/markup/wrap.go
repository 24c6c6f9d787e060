package markup

import (
	"strings"

	"teahouse/app/ui/cell"
)

// tabWidth is from where to where a tab goes.
const tabWidth = 4

// Wrap cuts text without markup into lines of at most width cells, at blanks
// where it can and between characters where it must. What it gives is safe to
// print.
func Wrap(text string, width int) []string {
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

// cutAt finds where a line of code ends that may be too long: blanks count in
// code, and none goes.
func cutAt(line string, width int) int {
	used, i := 0, 0
	for i < len(line) {
		size, w := cell.Next(line[i:])
		if used += w; used > width && i > 0 {
			break
		}
		i += size
	}
	return i
}

// clean makes one line of text printable and turns its tabs into blanks.
func clean(line string) string { return expand(sanitize(line), 0) }

func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }
