// Package composer is where a message is written: text of many lines with a
// cursor, moved over and deleted by what a reader takes for a character.
package composer

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"teahouse/app/chat"
	"teahouse/app/ui/theme"
)

// LimitHeld is how many bytes a composer holds: more than any message may
// have, so that what is too long to send can still be shortened here.
const LimitHeld = 64 << 10

// Composer is one text being written. It belongs to one goroutine.
//
// The text has been through chat.CleanDraft, and the cursor always stands
// between two clusters of it.
type Composer struct {
	th     *theme.Theme
	text   string
	cursor int // in bytes of text
	chars  int // what Count says; -1 until it is counted again

	width  int    // of a row, with its prompt
	indent int    // of a row: what the prompt takes
	spans  []span // the rows of text; while it is not laid out, those that will stay
	laid   bool
	resume int // where the layout has to begin
	top    int // the first row that is shown
	goal   int // the column that Up and Down keep to; -1: the cursor's own

	past   history
	last   action
	killed string
	cycle  *cycle
	err    error
}

// New makes an empty composer of 80 columns.
func New(th *theme.Theme) *Composer {
	return &Composer{th: th, width: 80, indent: 3, chars: -1, goal: -1}
}

// SetTheme sets the colours.
func (c *Composer) SetTheme(th *theme.Theme) { c.th = th }

// SetWidth says how wide rows will be, prompt and all, before the first of them
// is drawn: Up and Down go by rows.
func (c *Composer) SetWidth(width int) { c.shape(width, c.indent) }

// Value returns the text as it is, with whatever is around it.
func (c *Composer) Value() string { return c.text }

// Empty tells whether there is no text at all.
func (c *Composer) Empty() bool { return c.text == "" }

// SetValue begins another text, with the cursor at its end; there is nothing
// to undo in it. Of more than LimitHeld bytes only the first are taken.
func (c *Composer) SetValue(s string) {
	s = chat.CleanDraft("", s)
	if len(s) > LimitHeld {
		s = strings.ToValidUTF8(s[:LimitHeld], "")
	}
	c.past, c.cycle, c.err, c.top = history{}, nil, nil, 0
	c.last, c.goal = none, -1
	c.change(s, 0, len(s))
}

// Clear begins an empty text. What was killed can still be yanked into it.
func (c *Composer) Clear() { c.SetValue("") }

// Count returns how many characters the text has, as chat.CleanBody would
// count them, and how many a message may have.
func (c *Composer) Count() (n, limit int) {
	if c.chars < 0 {
		c.chars = utf8.RuneCountInString(norm.NFC.String(c.text))
	}
	return c.chars, chat.LimitBody
}

// Paste puts text of any number of lines in at the cursor, as one step. Text
// that does not fit is refused as a whole with a CodeInvalid to be shown.
func (c *Composer) Paste(s string) error {
	c.cycle, c.goal = nil, -1
	c.err = c.insert(s, pasting)
	return c.err
}

// Err says why the last key or paste left out its text, in words to be shown;
// nil if it did not.
func (c *Composer) Err() error { return c.err }

// change sets the text, which is as it was up to from, and the cursor to the
// first place from at on that does not split a cluster: parts that come
// together may make one.
func (c *Composer) change(text string, from, at int) {
	c.unlay(from)
	c.text, c.chars = text, -1
	row := c.rowAt(at)
	c.cursor = c.spans[row].start
	for c.cursor < at {
		c.cursor = c.next(c.cursor)
	}
}
