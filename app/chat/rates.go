package chat

import "time"

// rates are what a user may do how often on a replica, beside writing. What is
// too fast is refused with the time to wait, and nothing is lost.
type rates struct {
	joins, renames, invitations, searches *pacer[UserID]
}

// newRates makes the rates, or where there shall be none such as let all pass.
func newRates(on bool) rates {
	every := func(pause time.Duration, burst int) *pacer[UserID] {
		if !on {
			return newPacer[UserID](0, burst)
		}
		return newPacer[UserID](1/pause.Seconds(), burst)
	}
	return rates{
		joins:       every(5*time.Second, 20),
		renames:     every(time.Minute, 5),
		invitations: every(30*time.Second, 20),
		searches:    every(2*time.Second, 10),
	}
}

// forget drops those to whom nothing is owed.
func (r rates) forget(now time.Time) {
	for _, p := range []*pacer[UserID]{r.joins, r.renames, r.invitations, r.searches} {
		p.forget(now)
	}
}

// allow books one more of what the user does, in a few words.
func (p *pacer[K]) allow(who K, what string) error {
	wait := p.allows(who, time.Now())
	if wait == 0 {
		return nil
	}
	e := Errorf(CodeTooFast, "that were many %s in a short time; go on in %s", what, inWords(wait))
	e.Wait = wait
	return e
}
