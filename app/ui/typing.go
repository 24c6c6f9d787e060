package ui

import (
	"fmt"
	"strings"

	"teahouse/app/chat"
)

// typing tells others that the person types, and the person what does not fit.
func (m *model) typing() {
	if err := m.composer.Err(); err != nil {
		m.status = chat.ErrorText(err)
	}
	if text := m.composer.Value(); m.prefs.Settings.Typing != "off" && text != "" && !isCommand(text) {
		m.Session.Typing(m.room)
	}
}

// typers says who types, in as few words as there are.
func typers(names []string) string {
	switch len(names) {
	case 1:
		return " " + names[0] + " is typing"
	case 2, 3:
		return " " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " are typing"
	}
	return fmt.Sprintf(" %d people are typing", len(names))
}
