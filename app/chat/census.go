package chat

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"
	"time"
)

// Lease is what storage holds of a replica.
type Lease struct {
	Name     string        // as Renew was given it
	Sessions int           // screens and whatever else makes somebody be here
	Left     time.Duration // of its term; below 0: it is over, and nobody has buried it yet
}

// Census is how many are here, and who serves them.
type Census struct {
	Here     int // users, however many sessions each has
	Replicas []Replica
}

// Replica is a process that serves the chat, as far as the others know.
type Replica struct {
	Name, Region string // as its operator calls it
	Sessions     int
	Silent       time.Duration // since it last said that it lives
	Self         bool          // it is the one that was asked
}

// Late tells whether a replica has missed two of the times at which it says
// that it lives: it is dead, or cut off from storage.
func (r Replica) Late() bool { return r.Silent > 3*renewEvery }

// Census asks storage who is here and by which replicas they are served, in no
// order. One that has died is among them until it is buried, one that has ended
// is not.
func (s *Service) Census(ctx context.Context) (Census, error) {
	here, leases, err := s.store.Leases(ctx)
	if err != nil {
		return Census{}, err
	}
	c := Census{Here: here}
	for _, l := range leases {
		if l.Left <= 0 && l.Sessions == 0 {
			continue
		}
		name, region := readLease(l.Name)
		c.Replicas = append(c.Replicas, Replica{
			Name: name, Region: region, Sessions: l.Sessions, Silent: max(0, LeaseTerm-l.Left), Self: l.Name == s.lease,
		})
	}
	return c, nil
}

// newLease names a lease after its replica. Two processes may carry one name,
// and a name outlives a crash: the lease must not.
func newLease(replica, region string) string {
	return url.PathEscape(replica) + "/" + url.PathEscape(region) + "/" + rand.Text()[:8]
}

// readLease gives back what newLease was given. A lease of another form, as
// other versions of the program have them, is the name itself.
func readLease(lease string) (replica, region string) {
	parts := strings.Split(lease, "/")
	if len(parts) == 3 {
		name, wrongName := url.PathUnescape(parts[0])
		place, wrongPlace := url.PathUnescape(parts[1])
		if wrongName == nil && wrongPlace == nil {
			return name, place
		}
	}
	return lease, ""
}
