package chat

// Roll is a set of people with a version: the members of a room, or who is
// here. Each change raises the version by one, so that a missed change shows.
type Roll struct {
	Version int64
	People  map[UserID]string // names by id
}

// Turn says how a Change changes a Roll.
type Turn string

// The ways a roll changes. TurnTopic is told like the others but changes the
// room, not its roll.
const (
	TurnIn    Turn = "in"    // came, or joined
	TurnOut   Turn = "out"   // went, or left
	TurnName  Turn = "name"  // has another name now
	TurnTopic Turn = "topic" // set the topic
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
	if c.Turn == TurnOut {
		delete(r.People, c.User)
	} else {
		r.People[c.User] = c.Name
	}
	return true
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
