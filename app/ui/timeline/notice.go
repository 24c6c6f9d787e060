package timeline

import (
	"fmt"
	"slices"
	"strings"

	"teahouse/app/chat"
	"teahouse/app/ui/markup"
)

// namesTold is how many names a line of comings and goings tells in full.
const namesTold = 4

func (t *Timeline) notices(rows []string, e *entry, l lead) []string {
	return t.told(rows, e, l, t.words(e.extra.notices))
}

// told says what happened, in the house's voice.
func (t *Timeline) told(rows []string, e *entry, l lead, words string) []string {
	c := t.columns()
	s := said{mark: t.th.Dim}
	if l.time {
		s.time = t.clock(e.at())
	}
	lines := markup.Wrap(words, t.width-c.name-3)
	if len(lines) > 1 {
		lines = markup.Wrap(words, c.text)
	}
	head := blanks(c.name)
	if !c.stacked {
		head = t.time(s, c)
	}
	rows = append(rows, head+t.th.Dim.Paint("· "+lines[0]))
	for _, line := range lines[1:] {
		rows = append(rows, blanks(c.body)+t.th.Dim.Paint(line))
	}
	return rows
}

// words says what happened.
func (t *Timeline) words(ns []chat.Notice) string {
	n := ns[0]
	switch n.Turn {
	case chat.TurnName:
		if n.User == t.me {
			return "you are now called " + n.Name
		}
		return n.Was + " is now called " + n.Name
	case chat.TurnTopic:
		if n.Text == "" {
			return t.call(n) + " removed the topic"
		}
		return t.call(n) + " set the topic: " + n.Text
	case chat.TurnDid:
		return t.call(n) + " " + n.Text
	}
	return t.traffic(ns)
}

func (t *Timeline) call(n chat.Notice) string {
	if n.User == t.me {
		return "you"
	}
	return n.Name
}

// passage is what somebody did first and last, of their comings and goings.
type passage struct{ first, last *chat.Notice }

// traffic tells comings and goings, each person once: by the first and the
// last that they did.
func (t *Timeline) traffic(ns []chat.Notice) string {
	told := map[string][]string{}
	for _, p := range passages(ns) {
		verb := verb(p.first.Turn, p.last.Turn)
		told[verb] = append(told[verb], t.call(*p.last))
	}
	var parts []string
	for _, verb := range []string{"came", "left", "came by", "came back"} {
		if names := told[verb]; len(names) > 0 {
			parts = append(parts, list(names)+" "+verb)
		}
	}
	return strings.Join(parts, ", ")
}

// passages are those of each person, in the order of their first. They are few,
// and told anew on many screens whenever somebody comes or goes.
func passages(ns []chat.Notice) []passage {
	ps := make([]passage, 0, len(ns))
	for i := range ns {
		n := &ns[i]
		at := slices.IndexFunc(ps, func(p passage) bool { return p.first.User == n.User })
		if at < 0 {
			ps = append(ps, passage{first: n, last: n})
		} else {
			ps[at].last = n
		}
	}
	return ps
}

func verb(first, last chat.Turn) string {
	switch {
	case first == last && first == chat.TurnIn:
		return "came"
	case first == last:
		return "left"
	case first == chat.TurnIn:
		return "came by"
	}
	return "came back"
}

// list joins names as people do.
func list(names []string) string {
	if over := len(names) - namesTold; over > 1 {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:namesTold], ", "), over)
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
