package composer

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/ui/cell"
)

// leastArea is how many columns for text are worth a prompt before them.
const leastArea = 4

// Rows draws the text: 1 to maxHeight rows of at most width cells, and where the
// cursor stands among them. The prompt stands before the first row of the text
// and as many spaces before the others. Where there are more rows than
// maxHeight, those around the cursor are shown. An empty composer shows the
// placeholder. The width is 4 at the least.
func (c *Composer) Rows(width, maxHeight int, placeholder, prompt string) (rows []string, cursorX, cursorY int) {
	indent := ansi.StringWidth(prompt)
	if width-indent < leastArea {
		prompt, indent = "", 0
	}
	c.shape(width, indent)
	if c.text == "" {
		c.top = 0
		return []string{c.th.Prompt.Paint(prompt) + c.th.Faint.Paint(cell.Clip(placeholder, width-indent))}, indent, 0
	}
	row := c.rowAt(c.cursor)
	c.scroll(row, max(1, maxHeight))
	for i := c.top; i < min(len(c.spans), c.top+max(1, maxHeight)); i++ {
		lead := strings.Repeat(" ", indent)
		if i == 0 {
			lead = c.th.Prompt.Paint(prompt)
		}
		rows = append(rows, lead+c.th.Text.Paint(c.rowText(i)))
	}
	return rows, indent + c.columnAt(c.cursor), row - c.top
}

// scroll moves the window no more than it must, and leaves no room at its end
// while there is text above it.
func (c *Composer) scroll(row, height int) {
	c.top = min(c.top, row, max(0, len(c.spans)-height))
	c.top = max(c.top, row-height+1)
}

// rowText returns a row's text with its tabs as spaces.
func (c *Composer) rowText(row int) string {
	text := c.text[c.spans[row].start:c.spans[row].end]
	if !strings.Contains(text, "\t") {
		return text
	}
	var b strings.Builder
	for column := 0; text != ""; {
		size, width := next(text, column, c.area())
		if isTab(text[0]) {
			b.WriteString("    "[:width])
		} else {
			b.WriteString(text[:size])
		}
		text, column = text[size:], column+width
	}
	return b.String()
}
