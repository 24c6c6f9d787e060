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
	// reply begins the line above an answer.
	reply = "↪ "
	// quoted is how much of a message names it, in characters.
	quoted = 40

	clock       = "15:04"
	clockTwelve = "3:04 pm"
	dayFormat   = "Monday 2 January 2006"
)

// style is how messages are told.
type style struct {
	zone     *time.Location
	twelve   bool // the clock has twelve hours
	numbered bool // messages are told with their numbers
}

// said is a message as a line.
func (st style) said(m *chat.Message) string {
	who := m.Name + ": "
	switch {
	case m.Deleted:
		return st.stamp(m, m.At) + aside + "a message by " + m.Name + " was deleted"
	case m.Kind == chat.KindAction:
		who = "* " + m.Name + " "
	case m.Kind == chat.KindAnnouncement:
		who = aside + "announcement by " + m.Name + ": "
	}
	text := st.stamp(m, m.At) + who + m.Body
	if !m.Edited.IsZero() {
		text += " (edited)"
	}
	if len(m.Reactions) > 0 {
		text += "\n" + reactions(m)
	}
	return text
}

// stamp is the time, and the number of the message where it is asked for.
func (st style) stamp(m *chat.Message, at time.Time) string {
	format := clock
	if st.twelve {
		format = clockTwelve
	}
	text := at.In(st.zone).Format(format)
	if st.numbered {
		text += fmt.Sprintf(" %d", m.ID)
	}
	return "[" + text + "] "
}

func (st style) day(at time.Time) string { return at.In(st.zone).Format(dayFormat) }

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
func (st style) changed(was, m *chat.Message) string {
	switch {
	case m.Deleted && (was == nil || !was.Deleted):
		return st.stamp(m, m.At) + aside + "deleted: " + quote(was) + " by " + m.Name
	case m.Deleted:
		return ""
	case was == nil && !m.Edited.IsZero(), was != nil && was.Body != m.Body:
		return st.stamp(m, m.Edited) + m.Name + " (edited): " + m.Body
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
	return "“" + firstWords(m) + "”"
}

func firstWords(m *chat.Message) string {
	first, _, more := strings.Cut(m.Body, "\n")
	if cut := firstRunes(first, quoted); cut != first || more {
		first = cut + "…"
	}
	return first
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
	case chat.TurnDid:
		return who + " " + n.Text
	}
	return ""
}

func renamed(n chat.Notice, me chat.UserID) string {
	if n.User == me {
		return "you are now called " + n.Name
	}
	return n.Was + " is now called " + n.Name
}

// count says how many of a thing do something.
func count(n int, thing, one, many string) string {
	if n == 1 {
		return "1 " + thing + " " + one
	}
	return fmt.Sprintf("%d %ss %s", n, thing, many)
}
