package house

import "github.com/charmbracelet/x/ansi"

// bound has the emulator survive a program that has not yet been told of a
// smaller window: it takes margins beyond its last row, and then panics at what
// scrolls. Such margins are left out; the program draws all anew when it is told.
func (s *Screen) bound() {
	s.vt.RegisterCsiHandler('r', func(params ansi.Params) bool {
		bottom, _, _ := params.Param(1, 0)
		return bottom > s.vt.Height()
	})
}
