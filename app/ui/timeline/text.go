package timeline

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

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
