package chat

// Cursor is one reader's place in a Feed. It belongs to one goroutine.
type Cursor struct {
	feed    *Feed
	at      MessageID
	rewinds int // of the feed's, those that the cursor knows
	started bool
	noticed int
}

// Step is what a Cursor passed over.
type Step struct {
	// Messages follow the cursor's former place, ascending, unless Missed.
	Messages []*Message
	// Notices since the last step.
	Notices []Notice
	// Missed is set when the messages after the former place are no longer
	// in the tail: Messages start later, and what lies between is in storage.
	Missed bool
	// Rewound is set when storage lost messages that this cursor had passed:
	// what is newer than To never happened.
	Rewound bool
	To      MessageID
	// First is the oldest message that storage keeps, as known here.
	First MessageID
}

// Next moves the cursor to the end of the feed and returns what it passed.
// ready is false, and nothing moves, while the feed is still being read for
// the first time. The first step gives the whole tail.
func (c *Cursor) Next() (step Step, ready bool) {
	f := c.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.loaded {
		return Step{}, false
	}
	step.First = f.first
	c.rewind(&step)
	c.messages(&step)
	fresh := min(f.noticed-c.noticed, len(f.notices))
	step.Notices = append(step.Notices, f.notices[len(f.notices)-fresh:]...)
	c.noticed = f.noticed
	return step, true
}

// rewind takes the cursor back to where the log was rewound to meanwhile.
func (c *Cursor) rewind(step *Step) {
	for _, common := range c.feed.rewinds[c.rewinds:] {
		if c.started && c.at > common {
			c.at = common
			step.Rewound, step.To = true, c.at
		}
	}
	c.rewinds = len(c.feed.rewinds)
}

func (c *Cursor) messages(step *Step) {
	f := c.feed
	from := f.index(c.at + 1)
	step.Missed = c.started && from < 0
	step.Messages = append(step.Messages, f.tail[min(max(from, 0), len(f.tail)):]...)
	c.at, c.started = f.head.ID, true
}

// Seek puts the cursor right behind the message of the id.
func (c *Cursor) Seek(id MessageID) {
	c.feed.mu.Lock()
	defer c.feed.mu.Unlock()
	c.at, c.started, c.rewinds, c.noticed = id, true, len(c.feed.rewinds), c.feed.noticed
}
