package chat

// Roll is a set of people with a version: the members of a room, or who is
// here. Each change raises the version by one, so that a missed change shows.
type Roll struct {
	Version int64
	People  map[UserID]string // names by id
	Away    map[UserID]bool   // of general's: who said so, be they here or not
}

// Turn says how a Change changes a Roll.
type Turn string

// The ways a roll changes. TurnTopic and TurnDid are told like the others but
// change the room, not its roll.
const (
	TurnIn    Turn = "in"    // came, or joined
	TurnOut   Turn = "out"   // went, or left
	TurnName  Turn = "name"  // has another name now
	TurnTopic Turn = "topic" // set the topic
	TurnAway  Turn = "away"  // of general's: is away, here or not
	TurnBack  Turn = "back"  // of general's: is not away any more
	TurnDid   Turn = "did"   // did something else, which the notice says
)

// Change is one step of a Roll.
type Change struct {
	Version int64
	Turn    Turn
	User    UserID
	Name    string
}

// apply makes the change where it is the next one. It reports false when
// changes in between are missing, so that the roll must be read again.
func (r *Roll) apply(c Change) bool {
	if c.Version <= r.Version {
		return true
	}
	if c.Version != r.Version+1 || r.People == nil {
		return false
	}
	r.Version = c.Version
	r.turn(c)
	return true
}

func (r *Roll) turn(c Change) {
	switch c.Turn {
	case TurnOut:
		delete(r.People, c.User)
	case TurnAway:
		if r.Away == nil {
			r.Away = map[UserID]bool{}
		}
		r.Away[c.User] = true
	case TurnBack:
		delete(r.Away, c.User)
	default:
		r.People[c.User] = c.Name
	}
}

// diff lists what turns the people of r into those of next, as if told one by
// one: arrivals, departures, then new names.
func (r *Roll) diff(next Roll) []Change {
	var in, out, name []Change
	for id, n := range next.People {
		old, was := r.People[id]
		switch {
		case !was:
			in = append(in, Change{Turn: TurnIn, User: id, Name: n})
		case old != n:
			name = append(name, Change{Turn: TurnName, User: id, Name: n})
		}
	}
	for id, n := range r.People {
		if _, still := next.People[id]; !still {
			out = append(out, Change{Turn: TurnOut, User: id, Name: n})
		}
	}
	return append(append(in, out...), name...)
}

// setRoll takes a roll read from storage and tells what changed.
func (f *Feed) setRoll(next Roll) {
	if f.roll.People != nil {
		for _, c := range f.roll.diff(next) {
			f.notice(c)
		}
	}
	f.roll = next
}

// change applies a change of the roll that came by wire; false when changes
// before it are missing.
func (f *Feed) change(c Change) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.loaded {
		return false
	}
	if c.Version > f.roll.Version && c.Version == f.roll.Version+1 {
		f.notice(c)
	}
	if f.roll.apply(c) {
		return true
	}
	f.holed()
	return false
}

// notice keeps a line about the change for the readers, as long as the room
// is small enough for people to care; who is away shows elsewhere. It must come before the change itself.
func (f *Feed) notice(c Change) {
	if len(f.roll.People) > noticesUpTo || c.Turn == TurnAway || c.Turn == TurnBack {
		return
	}
	old, was := f.roll.People[c.User]
	if was == (c.Turn == TurnIn) || (c.Turn == TurnName && old == c.Name) {
		return
	}
	f.tell(Notice{Turn: c.Turn, User: c.User, Name: c.Name, Was: old})
}
