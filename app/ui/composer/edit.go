package composer

import (
	"slices"

	"teahouse/app/chat"
)

// action is what a key did. Of actions alike in a row only the first is
// remembered for undo, and kills in a row make one.
type action byte

const (
	none action = iota
	typing
	erasing
	killing
	pasting
	completing
)

// insert puts clean text in at the cursor, or refuses the whole of it.
func (c *Composer) insert(s string, what action) error {
	s = chat.CleanDraft(c.text[c.previous(c.cursor):c.cursor], s)
	if s == "" {
		return nil
	}
	if len(c.text)+len(s) > LimitHeld {
		return chat.Errorf(chat.CodeInvalid, "there is no room for that: a draft holds %d KiB; nothing of it was taken", LimitHeld>>10)
	}
	// Undo takes back a word at a time.
	if s == " " || s == "\n" {
		c.last = none
	}
	c.replace(c.cursor, c.cursor, s, what)
	return nil
}

// replace puts s in the place of text[from:to] and the cursor behind it.
func (c *Composer) replace(from, to int, s string, what action) {
	if what != c.last || what == pasting {
		c.past.push(moment{c.text, c.cursor})
	}
	c.last = what
	c.change(c.text[:from]+s+c.text[to:], from, from+len(s))
}

// erase deletes text[from:to].
func (c *Composer) erase(from, to int) {
	if from < to {
		c.replace(from, to, "", erasing)
	}
}

// kill deletes text[from:to] and keeps it to be yanked, together with what was
// killed right before.
func (c *Composer) kill(from, to int) {
	if from == to {
		return
	}
	cut := c.text[from:to]
	switch {
	case c.last != killing:
		c.killed = cut
	case from < c.cursor:
		c.killed = cut + c.killed
	default:
		c.killed += cut
	}
	c.replace(from, to, "", killing)
}

// killLine kills back to the start of the line, and at the start the newline
// before it, so that doing it again clears everything above.
func (c *Composer) killLine() {
	start := c.lineStart()
	if start == c.cursor {
		start = c.previous(start)
	}
	c.kill(start, c.cursor)
}

func (c *Composer) undo() {
	if m, ok := c.past.pop(); ok {
		c.change(m.text, 0, m.cursor)
	}
	c.last = none
}

// What history keeps at the most. A moment costs little more than its text.
const (
	maxMoments      = 100
	maxMomentsBytes = 2 * LimitHeld
)

// moment is a text as it was.
type moment struct {
	text   string
	cursor int
}

// history is the past of one text, as far as it is kept.
type history struct {
	moments []moment
	bytes   int
}

func (h *history) push(m moment) {
	h.moments = append(h.moments, m)
	h.bytes += len(m.text)
	drop := 0
	for h.bytes > maxMomentsBytes || len(h.moments)-drop > maxMoments {
		h.bytes -= len(h.moments[drop].text)
		drop++
	}
	h.moments = slices.Delete(h.moments, 0, drop)
}

func (h *history) pop() (m moment, ok bool) {
	if len(h.moments) == 0 {
		return moment{}, false
	}
	last := len(h.moments) - 1
	m = h.moments[last]
	h.moments = slices.Delete(h.moments, last, last+1)
	h.bytes -= len(m.text)
	return m, true
}
