package chat

// A gap is open while the feed lacks what it knows, or finds, to be in storage.
// All of these want Feed.mu to be held.

// holed notes that news did not go on from what the feed has.
func (f *Feed) holed() {
	if f.loaded && !f.gap {
		f.gap = true
		f.counts.gapsFound.Add(1)
	}
}

// lacked notes that storage had something that news has not brought. Where
// nobody suspected that, the news is only on its way.
func (f *Feed) lacked() {
	if f.suspect {
		f.holed()
	}
}

// restarted notes that a ring started anew, and what survived.
func (c *counts) restarted(survived MessageID) {
	if survived != allSurvived {
		c.rewinds.Add(1)
	}
}

// whole notes that the feed has all that storage had, or has nobody any more who
// could lack it.
func (f *Feed) whole() {
	f.suspect = false
	if f.gap {
		f.gap = false
		f.counts.gapsFilled.Add(1)
	}
}

// suspects has the feed read again, as news of it may have been lost.
func (h *hub) suspects(f *Feed) {
	f.mu.Lock()
	f.suspect = true
	f.mu.Unlock()
	h.sync(f)
}
