package ui

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"teahouse/storage/storagetest"
)

// TestKeysWithoutEndAreDrawn has more keys come whenever one is handled, for ever.
func TestKeysWithoutEndAreDrawn(t *testing.T) {
	m := benchModel(t, Size{80, 24})
	m.watch(func(tea.Msg) {})
	defer m.crew.leave()
	m.unhandled.Store(true)
	for range 20 { // of which the chat's own news draws one or two
		before := m.drawn.Load()
		m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("x")})
		storagetest.Until(t, "the key is drawn", func() bool { return m.drawn.Load() != before })
	}
}
