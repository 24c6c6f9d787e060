package line

import (
	"fmt"
	"strings"
	"time"

	"teahouse/app/chat"
)

const (
	// aside begins what the chat itself says.
	aside = "-- "
	// indent begins the further rows of a message.
	indent = "    "
	// quoted is how much of a message names it, in characters.
	quoted = 40

	clock     = "15:04"
	dayFormat = "Monday 2 January 2006"
)

// said is a message as a line, with its number where that is asked for.
func said(m *chat.Message, numbered bool) string {
	who := m.Name + ": "
	switch {
	case m.Deleted:
		return stamp(m, m.At, numbered) + aside + m.Name + " deleted this message"
	case m.Kind == chat.KindAction:
		who = "* " + m.Name + " "
	}
	text := stamp(m, m.At, numbered) + who + m.Body
	if !m.Edited.IsZero() {
		text += " (edited)"
	}
	if len(m.Reactions) > 0 {
		text += "\n" + reactions(m)
	}
	return text
}

// stamp is the time, and the number of the message where it is asked for.
func stamp(m *chat.Message, at time.Time, numbered bool) string {
	text := at.UTC().Format(clock)
	if numbered {
		text += fmt.Sprintf(" %d", m.ID)
	}
	return "[" + text + "] "
}

func reactions(m *chat.Message) string {
	if len(m.Reactions) == 0 {
		return "no reactions"
	}
	all := make([]string, len(m.Reactions))
	for i, r := range m.Reactions {
		all[i] = fmt.Sprintf("%s %d", r.Emoji, len(r.Users))
	}
	return strings.Join(all, ", ")
}

// changed says what became of a message; was is nil where that is not known any
// more, and nothing is said of what looks as before.
func changed(was, m *chat.Message, numbered bool) string {
	switch {
	case m.Deleted && (was == nil || !was.Deleted):
		return stamp(m, m.At, numbered) + aside + m.Name + " deleted " + quote(was)
	case m.Deleted:
		return ""
	case was == nil && !m.Edited.IsZero(), was != nil && was.Body != m.Body:
		return stamp(m, m.Edited, numbered) + m.Name + " (edited): " + m.Body
	case was == nil && len(m.Reactions) > 0, was != nil && reactions(was) != reactions(m):
		return aside + reactions(m) + " under " + m.Name + "'s " + quote(m)
	}
	return ""
}

// quote names a message by its first words.
func quote(m *chat.Message) string {
	if m == nil || m.Deleted {
		return "a message"
	}
	first, _, more := strings.Cut(m.Body, "\n")
	if cut := firstRunes(first, quoted); cut != first || more {
		first = cut + "…"
	}
	return "“" + first + "”"
}

// told says what a notice tells, to the user me.
func told(n chat.Notice, me chat.UserID) string {
	who := n.Name
	if n.User == me {
		who = "you"
	}
	switch n.Turn {
	case chat.TurnIn:
		return who + " came"
	case chat.TurnOut:
		return who + " left"
	case chat.TurnName:
		return renamed(n, me)
	case chat.TurnTopic:
		if n.Text == "" {
			return who + " removed the topic"
		}
		return who + " set the topic: " + n.Text
	}
	return ""
}

func renamed(n chat.Notice, me chat.UserID) string {
	if n.User == me {
		return "you are now called " + n.Name
	}
	return n.Was + " is now called " + n.Name
}

// printable makes rows of a text that are safe to print, those behind the
// first one indented.
func printable(text string) []string {
	rows := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, row := range rows {
		rows[i] = chat.Printable(row)
		if i > 0 {
			rows[i] = indent + rows[i]
		}
	}
	return rows
}

// count says how many of a thing do something.
func count(n int, thing, one, many string) string {
	if n == 1 {
		return "1 " + thing + " " + one
	}
	return fmt.Sprintf("%d %ss %s", n, thing, many)
}
