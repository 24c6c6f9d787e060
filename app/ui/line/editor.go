package line

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
	"teahouse/app/ui/cell"
)

// act is what a key asks for beside changing the line.
type act int

const (
	actNone      act = iota // all of the input went into the line
	actEnter                // the line is complete
	actTooLong              // the line was completed, and not all of it was taken
	actInterrupt            // Ctrl+C
	actLeave                // Ctrl+D where nothing is typed
)

// Control characters that are keys, and what is sent to a terminal.
const (
	keyInterrupt = 0x03 // Ctrl+C
	keyLeave     = 0x04 // Ctrl+D
	keyBackspace = 0x08
	keyTab       = '\t'
	keyNewline   = '\n' // Ctrl+J
	keyRedraw    = 0x0c // Ctrl+L
	keyEnter     = '\r'
	keyClear     = 0x15 // Ctrl+U
	keyWord      = 0x17 // Ctrl+W
	keyDelete    = 0x7f

	bell = "\a"
	wipe = "\b \b"
	crlf = "\r\n"
	// tab is what a tab becomes at a terminal, whose stops are not known.
	tab = "    "
)

// editor makes lines of the bytes that a client sends. For a terminal it
// answers keys and echoes, with nothing but text, line ends, bells and
// backspaces. Else it only splits lines. What it holds is bounded.
type editor struct {
	terminal bool

	text   string // clean, of at most chat.LimitBody characters
	count  int    // its characters
	over   bool   // something was typed for which there was no room
	line   string // the text of the last actEnter or actTooLong
	echo   strings.Builder
	held   []byte // the beginning of a character
	escape escape
	cr     bool // the last byte ended a line
}

// take reads bytes up to the first act and returns those behind it.
func (e *editor) take(p []byte) (rest []byte, a act) {
	if len(e.held) > 0 {
		p = append(e.held, p...)
		e.held = nil
	}
	for len(p) > 0 {
		if e.escape.swallows(p[0]) {
			p = p[1:]
			continue
		}
		if isControl(p[0]) {
			a = e.key(p[0])
			p = p[1:]
			if a != actNone {
				return p, a
			}
			continue
		}
		p = e.run(p)
	}
	return nil, actNone
}

func isControl(b byte) bool { return b < ' ' || b == keyDelete }

// run takes the characters up to the next control and returns what is behind.
// A character that is not complete is held back for the bytes to come.
func (e *editor) run(p []byte) (rest []byte) {
	e.cr = false
	n := 0
	for n < len(p) && !isControl(p[n]) {
		n++
	}
	run := p[:n]
	if n == len(p) {
		run = whole(run)
		e.held = append([]byte(nil), p[len(run):]...)
	}
	e.insert(string(run))
	return p[n:]
}

// whole cuts off a character at the end of which more bytes may come.
func whole(p []byte) []byte {
	for back := 1; back < utf8.UTFMax && back <= len(p); back++ {
		if i := len(p) - back; utf8.RuneStart(p[i]) {
			if !utf8.FullRune(p[i:]) {
				return p[:i]
			}
			break
		}
	}
	return p
}

// insert adds what may stand behind the text, as far as there is room.
func (e *editor) insert(s string) {
	s = chat.CleanDraft(e.lastRow(), s)
	n := utf8.RuneCountInString(s)
	if room := chat.LimitBody - e.count; n > room {
		s, n = firstRunes(s, room), room
		e.over = true
		e.say(bell)
	}
	e.text += s
	e.count += n
	e.sayText(s)
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// say writes to the terminal.
func (e *editor) say(s string) {
	if e.terminal {
		e.echo.WriteString(s)
	}
}

// sayText writes text, which may have line ends of Unix.
func (e *editor) sayText(s string) { e.say(strings.ReplaceAll(s, "\n", crlf)) }

// echoed takes what is to be written to the terminal.
func (e *editor) echoed() string {
	defer e.echo.Reset()
	return e.echo.String()
}

// key handles a control character. All but line ends are keys of a terminal.
func (e *editor) key(b byte) act {
	afterCR := e.cr
	e.cr = b == keyEnter
	switch {
	case b == keyNewline && afterCR:
		return actNone
	case b == keyEnter, b == keyNewline && !e.terminal:
		return e.enter()
	case !e.terminal:
		if b == keyTab {
			e.insert("\t")
		}
		return actNone
	}
	return e.terminalKey(b)
}

func (e *editor) terminalKey(b byte) act {
	switch b {
	case keyNewline:
		e.newline()
	case keyTab:
		e.insert(tab)
	case keyBackspace, keyDelete:
		e.back()
	case keyWord:
		e.backWord()
	case keyRedraw:
		e.say(crlf + e.lastRow())
	case keyClear:
		e.clear()
	case keyInterrupt:
		return actInterrupt
	case keyLeave:
		if e.text == "" {
			return actLeave
		}
		e.say(bell)
	}
	return actNone
}

// enter ends the line.
func (e *editor) enter() act {
	e.say(crlf)
	a := actEnter
	if e.over {
		a = actTooLong
	}
	e.line = e.text
	e.empty()
	return a
}

// end is the end of the input, which ends the last line.
func (e *editor) end() act {
	if len(e.held) > 0 {
		e.insert(string(e.held))
		e.held = nil
	}
	if e.text == "" && !e.over {
		return actNone
	}
	return e.enter()
}

func (e *editor) empty() { e.text, e.count, e.over = "", 0, false }

// put has a text there to be gone on with.
func (e *editor) put(text string) {
	e.text, e.count, e.over = text, utf8.RuneCountInString(text), false
	e.sayText(text)
}

// newline makes another row of the same message.
func (e *editor) newline() {
	if e.count >= chat.LimitBody {
		e.over = true
		e.say(bell)
		return
	}
	e.text += "\n"
	e.count++
	e.say(crlf)
}

// clear goes on with nothing on a new row: how to wipe one that the terminal
// has wrapped is not known.
func (e *editor) clear() {
	if e.text != "" {
		e.empty()
		e.say(crlf)
	}
}

// back takes away the last character as people see it.
func (e *editor) back() {
	row := e.lastRow()
	switch {
	case row != "":
		size, width := lastCluster(row)
		e.cut(size)
		e.say(strings.Repeat(wipe, width))
	case e.text != "":
		e.cut(1)
		e.say(crlf + e.lastRow())
	}
}

// backWord takes away the last word of the row and the blanks behind it.
func (e *editor) backWord() {
	row := e.lastRow()
	word := strings.TrimRight(row, " ")
	kept := word[:strings.LastIndexByte(word, ' ')+1]
	e.cut(len(row) - len(kept))
	e.say(strings.Repeat(wipe, ansi.StringWidth(row[len(kept):])))
}

// cut takes so many bytes off the end. There is room again then, but what had
// none is lost, and over stays.
func (e *editor) cut(size int) {
	end := len(e.text) - size
	e.count -= utf8.RuneCountInString(e.text[end:])
	e.text = e.text[:end]
}

// lastRow is the last row of the text.
func (e *editor) lastRow() string {
	return e.text[strings.LastIndexByte(e.text, '\n')+1:]
}

// shown is what stands on the terminal's last row.
func (e *editor) shown() string {
	if !e.terminal {
		return ""
	}
	return e.lastRow()
}

// lastCluster gives the bytes and the cells of the last character of a text
// that is not empty.
func lastCluster(s string) (size, width int) {
	for i := 0; i < len(s); i += size {
		size, width = cell.Next(s[i:])
	}
	return size, width
}

// escape follows the sequences of ECMA-48, so that an arrow key is not text,
// also where it comes in pieces. Its zero value is outside of any.
type escape byte

const (
	escapeNone    escape = iota
	escapeStart          // after ESC
	escapeControl        // in a control sequence: arrows, functions keys
	escapeSingle         // after ESC O: one character more
	escapeString         // in a control string, which a BEL, ESC or line's end ends
)

// swallows takes the next byte and tells whether it belongs to a sequence.
func (e *escape) swallows(b byte) bool {
	if b == 0x1b {
		*e = escapeStart
		return true
	}
	state := *e
	*e = escapeNone
	switch state {
	case escapeStart:
		return e.begins(b)
	case escapeControl:
		if b >= ' ' && b <= '?' {
			*e = escapeControl
		}
		return b >= ' ' && b <= '~'
	case escapeSingle:
		return b >= ' ' && b <= '~'
	case escapeString:
		if b >= ' ' {
			*e = escapeString
		}
		return b >= ' ' || b == '\a'
	}
	return false
}

// begins sorts what follows ESC. Any other character is one of its own: the
// Escape key was pressed before it.
func (e *escape) begins(b byte) bool {
	switch b {
	case '[':
		*e = escapeControl
	case 'O':
		*e = escapeSingle
	case ']', 'P', 'X', '^', '_':
		*e = escapeString
	default:
		return b == '\\' // the end of a control string
	}
	return true
}
