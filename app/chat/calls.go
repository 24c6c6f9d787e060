package chat

import (
	"cmp"
	"slices"
)

// calls follows a feed for the messages in its window that call one user and are
// not read. Each is looked at once, and where nothing is new nothing is looked at.
type calls struct {
	name   string // of the user
	fold   string // the same, folded; empty until a message calls anybody
	at     Position
	resets int    // of the feed's, those that were seen
	found  []call // ascending
}

// call is a message that calls the user.
type call struct {
	id   MessageID
	from UserID
}

func compareCall(c call, id MessageID) int { return cmp.Compare(c.id, id) }

// unread tells how many of those behind the read mark there are by people whom
// the user does not ignore, and which is the oldest; 0 for none. Feed.mu is
// held.
func (c *calls) unread(f *Feed, user User, read MessageID, prefs Preferences) (n int, oldest MessageID) {
	c.pull(f, user, read)
	if ms := f.kept(); len(ms) > 0 {
		read = max(read, ms[0].ID-1)
	}
	i, _ := slices.BinarySearchFunc(c.found, read+1, compareCall)
	c.found = c.found[i:]
	for _, one := range c.found {
		if prefs.ignores(one.from) {
			continue
		}
		if n++; n == 1 {
			oldest = one.id
		}
	}
	return n, oldest
}

// pull looks at what the ring has behind the last look, or at the whole window
// where the ring does not go back that far, or is another one by now. A read mark
// never goes back but where the ring is another one.
func (c *calls) pull(f *Feed, user User, read MessageID) {
	from := f.index(c.at.Rev + 1)
	goesOn := from >= 0 && c.resets == len(f.resets) && c.name == user.Name
	switch {
	case goesOn && c.at == f.head.Position:
		return
	case goesOn && read >= f.head.ID:
		c.found = nil
	case goesOn:
		for _, e := range f.ring[min(from, len(f.ring)):] {
			if e.ID > read {
				c.note(user.ID, e.ID, e.Message)
			}
		}
	default:
		*c = calls{name: user.Name}
		for _, m := range f.kept() {
			if m.ID > read {
				c.note(user.ID, m.ID, m)
			}
		}
	}
	c.at, c.resets = f.head.Position, len(f.resets)
}

// note takes in a message as it is now; nil where it is no longer kept.
func (c *calls) note(me UserID, id MessageID, m *Message) {
	if m != nil && len(m.Mentions) > 0 && c.fold == "" {
		c.fold = foldName(c.name)
	}
	is := m != nil && m.calls(me, c.fold)
	if !is && len(c.found) == 0 {
		return
	}
	switch i, was := slices.BinarySearchFunc(c.found, id, compareCall); {
	case is && !was:
		c.found = slices.Insert(c.found, i, call{id: id, from: m.From})
	case was && !is:
		c.found = slices.Delete(c.found, i, i+1)
	}
}
