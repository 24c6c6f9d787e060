//go:build long

package e2e

import (
	"errors"
	"os/exec"
	"testing"

	"teahouse/e2e/house"
)

// TestLongPanicsUncontained is the control of TestPanics: where panics are not
// kept to what they happen in, each of them ends the program.
func TestLongPanicsUncontained(t *testing.T) {
	t.Parallel() // most of it is waiting
	for _, f := range panics() {
		t.Run(f.place, func(t *testing.T) {
			w := newGround(t)
			w.build("faults", "undefended")
			w.control = true
			w.startRedis()
			w.injure()
			w.arm(f)
			_ = w.everything() // fails: the program ends in the middle of it
			ctx, cancel := w.soon()
			defer cancel()
			if err := house.Await(ctx, w.replicas[0].Done(), 0, w.isGone); err != nil {
				t.Errorf("the program lives: this fault shows nothing: %v", err)
			}
		})
	}
}

func (w *town) isGone() bool {
	select {
	case <-w.replicas[0].Done():
		return true
	default:
		return false
	}
}

// everything is what mallory does in TestPanics, all of it. Without defences a
// room is read once, maybe before it is subscribed: what is posted between never
// comes, and whoever leaves, or looks at a screen, waits for it: each goes on after
// a while.
func (w *town) everything() error {
	ctx, cancel := w.soon()
	defer cancel()
	mallory := w.person("mallory")
	screen := exec.Command("ssh", mallory.SSH(house.Visit{Port: w.replicas[0].SSHPort})...)
	screen.Env = house.Environ("TERM=xterm-256color")
	term, err := house.OpenTerminal(screen, house.Size{Columns: 80, Rows: 24})
	w.must(err)
	defer term.Close()
	_, said := w.tryWithin(ctx, mallory, house.Visit{Command: []string{"send", "general"}}, 0, "poison")
	_, wrote := w.tryWithin(ctx, mallory, house.Visit{Command: []string{"lines"}, Piped: true}, 0, "poison\n")
	return errors.Join(said, wrote,
		term.Await(ctx, 0, shows("message #general")), term.Type("poison"), term.Await(ctx, 0, shows("poison")),
		term.Resize(house.Size{Columns: 90, Rows: 20}), term.Type("\r/join tea\r"), term.Await(ctx, 0, shows("message #tea")))
}
