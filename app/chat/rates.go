package chat

import (
	"net/netip"
	"slices"
	"time"
)

// rates are how often something may be done on a replica, beside writing. What
// is too fast is refused with the time to wait, and nothing is lost.
type rates struct {
	// Of a user.
	joins, renames, invitations, searches *pacer[UserID]
	changes                               *pacer[UserID] // of topics, settings of rooms, and being away
	codes                                 *pacer[UserID] // that link devices
	commands                              *pacer[UserID] // and each further page of what they read

	visits    *pacer[string]       // of a key: screens and commands that are begun
	newcomers *pacer[netip.Prefix] // of a household: people whose key is new
}

// newRates makes the rates, or where there shall be none such as let all pass.
func newRates(on bool) rates {
	return rates{
		joins:       every[UserID](on, 5*time.Second, 20),
		renames:     every[UserID](on, time.Minute, 5),
		invitations: every[UserID](on, 30*time.Second, 20),
		searches:    every[UserID](on, 2*time.Second, 10),
		changes:     every[UserID](on, 5*time.Second, 20),
		codes:       every[UserID](on, 30*time.Second, 10),
		commands:    every[UserID](on, 200*time.Millisecond, 100),
		visits:      every[string](on, 200*time.Millisecond, 100),
		newcomers:   every[netip.Prefix](on, 20*time.Second, 30),
	}
}

func every[K comparable](on bool, pause time.Duration, burst int) *pacer[K] {
	if !on {
		return newPacer[K](0, burst)
	}
	return newPacer[K](1/pause.Seconds(), burst)
}

// forget drops those to whom nothing is owed.
func (r rates) forget(now time.Time) {
	for _, p := range []interface{ forget(time.Time) }{
		r.joins, r.renames, r.invitations, r.searches, r.changes, r.codes, r.commands, r.visits, r.newcomers,
	} {
		p.forget(now)
	}
}

// allow books one more of what somebody does, in a few words.
func (p *pacer[K]) allow(who K, what string) error { return p.allowMany(who, 1, what) }

// allowMany books n more.
func (p *pacer[K]) allowMany(who K, n int, what string) error {
	wait := p.book(who, n, time.Now(), false)
	if wait == 0 {
		return nil
	}
	return tooFast(wait, "that were many %s in a short time; go on in %s", what, inWords(wait))
}

// MayCommand books a command of the user. CodeTooFast in words.
func (s *Service) MayCommand(user User) error {
	if user.ID == 0 { // nobody yet: their key has a rate
		return nil
	}
	return s.rates.commands.allow(user.ID, "commands")
}

// mostPages is the most that one command is booked as.
const mostPages = 50

// MayRead books what n messages are more than a page, which a command may read.
// CodeTooFast in words.
func (s *Service) MayRead(user User, n int) error {
	if pages := min((n-1)/PageSize, mostPages); pages > 0 {
		return s.rates.commands.allowMany(user.ID, pages, "commands")
	}
	return nil
}

// mayBeNew books one more person from an address. Loopback and proxies are
// exempt, where everyone has the same address, and so is who has none.
func (s *Service) mayBeNew(from netip.Addr) error {
	isProxy := func(p netip.Prefix) bool { return p.Contains(from) }
	if !from.IsValid() || from.IsLoopback() || slices.ContainsFunc(s.opts.Proxies, isProxy) {
		return nil
	}
	wait := s.rates.newcomers.allows(Household(from), time.Now())
	if wait == 0 {
		return nil
	}
	return tooFast(wait, "many people whose keys are new came from your address in a short time; come again in %s", inWords(wait))
}
