package screen

import (
	"encoding/base64"
	"strings"
)

// Bell rings the terminal's bell, at once.
func (s *Screen) Bell() error { return s.signal("\a") }

// Notify asks the terminal for a notification on the desktop, in the two ways
// that are in use: OSC 9 (iTerm2, Windows Terminal, kitty, …) and OSC 777
// (rxvt, foot, VTE, …). Terminals pass over what they do not know.
func (s *Screen) Notify(title, body string) error {
	title, body = strings.Map(printable, title), strings.Map(printable, body)
	// In OSC 777 a semicolon ends the title.
	plain := strings.ReplaceAll(title, ";", ",")
	return s.signal("\x1b]9;" + title + ": " + body + "\a\x1b]777;notify;" + plain + ";" + body + "\a")
}

// Copy asks the terminal to put text onto its clipboard, with OSC 52.
func (s *Screen) Copy(text string) error {
	return s.signal("\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\a")
}

// signal writes what moves nothing on the screen.
func (s *Screen) signal(sequence string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	s.mend()
	return s.flush([]byte(s.opening + sequence))
}
