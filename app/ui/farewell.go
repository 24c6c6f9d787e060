package ui

import (
	"errors"
	"strings"
)

// ErrRestarts is why a session ends whose replica does. The goodbye has told
// the person so already.
var ErrRestarts = errors.New("this replica restarts")

// Farewell is what a person is told whose session ends.
type Farewell struct {
	House    string
	Goodbye  string   // what else there is to say of its end
	Restarts bool     // because the replica does
	Kept     bool     // something is begun, and there again at the next visit
	Lost     []string // what was begun and could not be kept
}

// Words are for the terminal, or "". They may be several lines: what could not
// be kept stands there, to be taken from the terminal.
func (f Farewell) Words() string {
	var lines []string
	switch {
	case f.Restarts && f.Kept:
		lines = append(lines, f.House+": this replica restarts; connect again, your draft is kept")
	case f.Restarts:
		lines = append(lines, f.House+": this replica restarts; connect again")
	}
	if f.Goodbye != "" {
		lines = append(lines, f.House+": "+f.Goodbye)
	}
	if len(f.Lost) > 0 {
		lines = append(lines, f.House+": what you were writing could not be kept; here it is:")
	}
	return strings.Join(append(lines, f.Lost...), "\n")
}
