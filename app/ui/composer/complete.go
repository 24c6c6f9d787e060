package composer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
	"teahouse/app/ui/cell"
)

// Kind is what the word at the cursor is the beginning of, told by the sign
// before it.
type Kind rune

// The kinds that a Source is asked for. Emoji are known here.
const (
	Name    Kind = '@'
	Room    Kind = '#'
	Command Kind = '/' // only at the very start of the text

	emojis Kind = ':'
)

// leastEmoji is how much of a short code must be there: a colon is more often
// just a colon.
const leastEmoji = 2

// Source knows what words can be completed to. Complete returns the names that
// go with a prefix, best first, both without the sign. What "goes with" means,
// and how many are worth offering, is the source's to decide.
type Source interface {
	Complete(kind Kind, prefix string) []string
}

// candidate is one way to complete a word.
type candidate struct {
	text  string // what it becomes
	label string // how it is offered
}

// cycle is a completion that goes on: Tab exchanges one candidate for the next.
type cycle struct {
	from, to   int // where the candidate stands
	typed      string
	candidates []candidate
	current    int
}

// Tab completes the word that ends at the cursor to the best candidate, and
// again to the next one. False: there is nothing to complete.
func (c *Composer) Tab(src Source) bool {
	if c.cycle != nil {
		return c.turn(+1)
	}
	kind, from, ok := c.token()
	if !ok {
		return false
	}
	candidates := find(src, kind, c.text[from+1:c.cursor])
	if len(candidates) == 0 {
		return false
	}
	c.cycle = &cycle{from: from, to: c.cursor, typed: c.text[from:c.cursor], candidates: candidates}
	c.last, c.goal = none, -1
	return c.turn(0)
}

// ShiftTab goes back to the candidate before; false when none is shown.
func (c *Composer) ShiftTab() bool { return c.cycle != nil && c.turn(-1) }

// Cancel ends a completion and brings back what was typed; false when there
// is none.
func (c *Composer) Cancel() bool {
	cy := c.cycle
	if cy == nil {
		return false
	}
	c.cycle = nil
	c.replace(cy.from, cy.to, cy.typed, completing)
	c.last = none
	return true
}

// Hint returns what Tab goes through and which of it is shown, while there is
// a choice.
func (c *Composer) Hint() (labels []string, current int) {
	if c.cycle == nil || len(c.cycle.candidates) < 2 {
		return nil, 0
	}
	for _, one := range c.cycle.candidates {
		labels = append(labels, one.label)
	}
	return labels, c.cycle.current
}

// HintRow draws the hint for a line above the composer, the current candidate
// in view; "" when there is none.
func (c *Composer) HintRow(width int) string {
	labels, current := c.Hint()
	if len(labels) == 0 {
		return ""
	}
	const gap = 2
	first, used := current, ansi.StringWidth(labels[current])
	for first > 0 && used+ansi.StringWidth(labels[first-1])+gap <= width*2/3 {
		first--
		used += ansi.StringWidth(labels[first]) + gap
	}
	var b strings.Builder
	left := width
	for i := first; i < len(labels) && left > gap; i++ {
		label := cell.Clip(labels[i], left-gap)
		pen := c.th.Dim
		if i == current {
			pen = c.th.Selected
		}
		b.WriteString(strings.Repeat(" ", gap))
		pen.Write(&b, label)
		left -= gap + ansi.StringWidth(label)
	}
	return b.String()
}

// turn exchanges the candidate for another one, counted from the current.
func (c *Composer) turn(by int) bool {
	cy := c.cycle
	cy.current = (cy.current + by + len(cy.candidates)) % len(cy.candidates)
	text := cy.candidates[cy.current].text
	if !strings.HasPrefix(c.text[cy.to:], " ") {
		text += " "
	}
	if len(c.text)+len(text)-(cy.to-cy.from) > LimitHeld {
		c.cycle = nil
		return false
	}
	c.replace(cy.from, cy.to, text, completing)
	cy.to = cy.from + len(text)
	return true
}

// token finds the word that ends at the cursor by the last sign that begins
// one: the sign of "mail@home" does not.
func (c *Composer) token() (kind Kind, from int, ok bool) {
	line := c.text[:c.cursor]
	start := strings.LastIndexFunc(line, unicode.IsSpace) + 1
	for end := len(line); end > start; {
		at := start + strings.LastIndexAny(line[start:end], "@#/:")
		if at < start {
			break
		}
		if kind = Kind(line[at]); begins(kind, line[:at], line[at+1:]) {
			return kind, at, true
		}
		end = at
	}
	return 0, 0, false
}

// begins tells whether a sign between two texts begins a word to complete.
func begins(kind Kind, before, prefix string) bool {
	if kind == Command {
		return before == ""
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	return !isLetter(last) && (kind != emojis || utf8.RuneCountInString(prefix) >= leastEmoji)
}

func find(src Source, kind Kind, prefix string) []candidate {
	if kind == emojis {
		return findEmojis(prefix)
	}
	var found []candidate
	for _, name := range src.Complete(kind, prefix) {
		text := string(kind) + chat.Printable(name)
		found = append(found, candidate{text: text, label: text})
	}
	return found
}
