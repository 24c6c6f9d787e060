package composer

import tea "github.com/charmbracelet/bubbletea"

// Key takes a key. It returns false for keys that mean nothing here, or nothing
// as things are: Up in the first row and Down in the last, and in an empty
// composer all that moves or deletes, Ctrl+D among it. Enter, Tab and Esc are
// the caller's (Tab, ShiftTab, Cancel). Every key ends a completion.
//
// A text that does not fit is left out as a whole, and Err says why.
func (c *Composer) Key(msg tea.KeyMsg) (handled bool) {
	c.cycle, c.err = nil, nil
	// Not by its name: somebody may well type "up" faster than it is read.
	if msg.Type == tea.KeyRunes && !msg.Alt {
		c.goal = -1
		c.write(msg)
		return true
	}
	name := msg.String()
	switch name {
	case "up":
		return c.vertical(-1)
	case "down":
		return c.vertical(+1)
	}
	c.goal = -1
	return c.add(name) || c.text != "" && (c.move(name) || c.remove(name))
}

func (c *Composer) write(msg tea.KeyMsg) {
	what := typing
	if msg.Paste {
		what = pasting
	}
	c.err = c.insert(string(msg.Runes), what)
}

// add does what adds text, or brings it back.
func (c *Composer) add(name string) bool {
	switch name {
	case " ":
		c.err = c.insert(" ", typing)
	case "alt+enter", "ctrl+j":
		c.err = c.insert("\n", typing)
	case "ctrl+y":
		c.err = c.insert(c.killed, pasting)
	case "ctrl+z", "ctrl+_":
		c.undo()
	default:
		return false
	}
	return true
}

func (c *Composer) move(name string) bool {
	at := 0
	switch name {
	case "left":
		at = c.previous(c.cursor)
	case "right":
		at = c.next(c.cursor)
	case "home", "ctrl+a":
		at = c.lineStart()
	case "end", "ctrl+e":
		at = c.lineEnd()
	case "alt+b", "ctrl+left", "alt+left":
		at = c.wordStart(isLetter)
	case "alt+f", "ctrl+right", "alt+right":
		at = c.wordEnd()
	case "ctrl+home":
	case "ctrl+end":
		at = len(c.text)
	default:
		return false
	}
	c.cursor, c.last = at, none
	return true
}

func (c *Composer) remove(name string) bool {
	switch name {
	case "backspace", "ctrl+h":
		c.erase(c.previous(c.cursor), c.cursor)
	case "delete", "ctrl+d":
		c.erase(c.cursor, c.next(c.cursor))
	case "ctrl+w":
		c.kill(c.wordStart(isNotSpace), c.cursor)
	case "alt+backspace", "alt+ctrl+h":
		c.kill(c.wordStart(isLetter), c.cursor)
	case "alt+d", "alt+delete":
		c.kill(c.cursor, c.wordEnd())
	case "ctrl+u":
		c.killLine()
	default:
		return false
	}
	return true
}
