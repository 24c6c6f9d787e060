package chat

import "slices"

// Cursor is one reader's place in a Feed. It belongs to one goroutine.
type Cursor struct {
	feed    *Feed
	session *Session
	seat    *seat // of the session, in the feed's room
	at      Head
	resets  int // of the feed's, those that the cursor knows
	started bool
	noticed int
}

// Step is what a Cursor passed over.
type Step struct {
	// Messages are what changed since the former place, in the order of the
	// changes, unless Missed: each takes the place of what the reader has of
	// the same ID. Those that are new come in the order of their IDs.
	Messages []*Message
	// Changes are the same, told one by one, as the log has them; none where
	// Missed, nor in the first step.
	Changes []Entry
	// Notices since the last step.
	Notices []Notice
	// Missed is set when the changes after the former place are no longer
	// known here: Messages are then the newest ones as they are now. Of older
	// ones the reader may lack some, or have what has been changed since;
	// storage has them right.
	Missed bool
	// Rewound is set when storage lost messages that this cursor had passed:
	// what is newer than To never happened.
	Rewound bool
	To      MessageID
}

// NewerThan gives the messages of the step that are newer than id.
func (s Step) NewerThan(id MessageID) (fresh []*Message) {
	for _, m := range s.Messages {
		if m.ID > id {
			fresh = append(fresh, m)
		}
	}
	return fresh
}

// Next moves the cursor to the end of the feed and returns what it passed.
// ready is false, and nothing moves, while the feed is still being read for
// the first time. The first step gives the whole window.
func (c *Cursor) Next() (step Step, ready bool) {
	f := c.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.loaded {
		return Step{}, false
	}
	c.changes(&step)
	fresh := min(f.noticed-c.noticed, len(f.notices))
	step.Notices = append(step.Notices, f.notices[len(f.notices)-fresh:]...)
	c.noticed = f.noticed
	return step, true
}

// changes gives what the ring has behind the cursor, or the window where the
// ring does not go back that far or is another one by now.
func (c *Cursor) changes(step *Step) {
	f := c.feed
	from := f.index(c.at.Rev + 1)
	if !c.started || from < 0 || c.resets < len(f.resets) {
		c.rewind(step)
		step.Missed = c.started
		step.Messages = append(step.Messages, f.kept()...)
	} else {
		// What the ring holds never changes, so that it need not be copied.
		step.Changes = slices.Clip(f.ring[min(from, len(f.ring)):])
		for _, e := range step.Changes {
			if e.Message != nil {
				step.Messages = append(step.Messages, e.Message)
			}
		}
	}
	c.at, c.started, c.resets = f.head, true, len(f.resets)
}

// rewind tells which of the messages that the cursor passed are lost.
func (c *Cursor) rewind(step *Step) {
	for _, survived := range c.feed.resets[c.resets:] {
		if c.started && c.at.ID > survived {
			c.at.ID = survived
			step.Rewound, step.To = true, survived
		}
	}
}

// Read is the session's Read of the cursor's room.
func (c *Cursor) Read(id MessageID) {
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	c.session.reads(c.seat, id)
}

// Renew gives a page that was read from storage with the changes that the cursor
// passed meanwhile: the reader had nowhere to put them then.
func (c *Cursor) Renew(p Page) Page {
	f := c.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	now := map[MessageID]*Message{}
	for _, e := range f.ring[min(max(f.index(p.Head.Rev+1), 0), len(f.ring)):] {
		if e.Message != nil {
			now[e.ID] = e.Message
		}
	}
	p.Messages = slices.Clone(p.Messages)
	for i, m := range p.Messages {
		if changed := now[m.ID]; changed != nil {
			p.Messages[i] = changed
		}
	}
	return p
}

// Seek puts the cursor right behind a place in the log.
func (c *Cursor) Seek(to Head) {
	c.feed.mu.Lock()
	defer c.feed.mu.Unlock()
	c.at, c.started, c.resets, c.noticed = to, true, len(c.feed.resets), c.feed.noticed
}
