package house

import "slices"

// hearken keeps what a program sends that is not to be seen: the bell, and the
// operating system commands for notifications (9, 777) and the clipboard (52).
func (s *Screen) hearken() {
	for _, command := range []int{9, 52, 777} {
		s.vt.RegisterOscHandler(command, func(data []byte) bool {
			s.signals = append(s.signals, string(data))
			return true
		})
	}
}

// Signals lists them, the first first: "bell", or the command with its number
// and text, as in "52;c;dGVh".
func (s *Screen) Signals() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.signals)
}
