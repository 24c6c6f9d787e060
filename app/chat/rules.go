package chat

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"teahouse/internal/faults"
)

// rulesEvery is how often a replica looks whether the rules have changed, in
// case it was not told.
const rulesEvery = time.Second

// Rules are what is in force in the whole chat.
type Rules struct {
	Version   string // another one for every change
	MOTD      string // "": the operator's
	Lockdown  time.Time
	Sanctions []Sanction // some may be over
}

// Decree is a change of the Rules. What is not set stays.
type Decree struct {
	Deed     Deed // what the audit log has of it
	MOTD     *string
	Lockdown *time.Time // zero ends it
	Impose   *Sanction
	Lift     *Sanction // by its act and target
}

// rules is a replica's copy of the Rules, arranged for questions, and the
// people whom it may concern.
type rules struct {
	changed chan struct{} // of size one
	loaded  chan struct{} // closed when there are any
	once    sync.Once

	mu     sync.Mutex
	now    Rules
	byID   map[string]Sanction // by what sanctionID gives
	nets   []netSanction
	guests map[*Guest]struct{}
}

type netSanction struct {
	net netip.Prefix
	Sanction
}

func newRules() *rules {
	return &rules{
		changed: make(chan struct{}, 1), loaded: make(chan struct{}),
		byID: map[string]Sanction{}, guests: map[*Guest]struct{}{},
	}
}

func sanctionID(act SanctionAct, kind TargetKind, id string) string {
	return string(act) + " " + string(kind) + " " + id
}

// ID tells a sanction from others: one act against one target.
func (s Sanction) ID() string { return sanctionID(s.Act, s.Target.Kind, s.Target.ID) }

// stir has the rules read again.
func (r *rules) stir() {
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// keepRules reads the rules whenever they change, until ctx ends, and shows
// those out who may not be here any more.
func (s *Service) keepRules(ctx context.Context) {
	tick := time.NewTicker(rulesEvery)
	defer tick.Stop()
	for {
		err := s.hub.panics.Try("reading the rules", func() error { return s.readRules(ctx) })
		if err != nil && ctx.Err() == nil {
			s.log.Debug("reading the rules", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-s.rules.changed:
		case <-tick.C:
		}
	}
}

// readRules reads the rules where they have changed.
func (s *Service) readRules(ctx context.Context) error {
	faults.At("rules", "")
	ctx, cancel := context.WithTimeout(ctx, renewEvery)
	defer cancel()
	version, err := s.store.RulesVersion(ctx)
	if err != nil {
		return err
	}
	if s.rules.has(version) {
		return nil
	}
	now, err := s.store.Rules(ctx)
	if err != nil {
		return err
	}
	s.rules.set(now)
	return nil
}

func (r *rules) has(version string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.loaded:
		return r.now.Version == version
	default:
		return false
	}
}

// set takes in other rules and shows out whom they bar.
func (r *rules) set(now Rules) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now, r.byID, r.nets = now, make(map[string]Sanction, len(now.Sanctions)), nil
	for _, s := range now.Sanctions {
		r.byID[s.ID()] = s
		if net, err := netip.ParsePrefix(s.Target.ID); err == nil && s.Target.Kind == TargetNet {
			r.nets = append(r.nets, netSanction{net, s})
		}
	}
	r.once.Do(func() { close(r.loaded) })
	for g := range r.guests {
		if err := r.barsLocked(g); err != nil {
			g.cancel(err)
		}
	}
}

// held gives the sanction against a target that is in force. r.mu is held.
func (r *rules) held(act SanctionAct, kind TargetKind, id string, now time.Time) (Sanction, bool) {
	s, ok := r.byID[sanctionID(act, kind, id)]
	return s, ok && s.Holds(now)
}

// barsLocked tells a guest why they may not be here, if so. r.mu is held.
func (r *rules) barsLocked(g *Guest) error {
	now := time.Now()
	if g.admin {
		return nil
	}
	if s, ok := r.heldNet(g.from, now); ok {
		return s.refuse("here", now)
	}
	if s, ok := r.held(ActBan, TargetKey, g.key.Fingerprint, now); ok {
		return s.refuse("here", now)
	}
	if s, ok := r.held(ActBan, TargetUser, g.user.String(), now); ok {
		return s.refuse("here", now)
	}
	return nil
}

// heldNet gives the ban of a range that the address is in. r.mu is held.
func (r *rules) heldNet(from netip.Addr, now time.Time) (Sanction, bool) {
	for _, n := range r.nets {
		if n.net.Contains(from) && n.Holds(now) {
			return n.Sanction, true
		}
	}
	return Sanction{}, false
}

// BarsAddress tells, before anything else is known of somebody, why nobody may
// come from the address; nil where they may, and while the rules are not read
// yet.
func (s *Service) BarsAddress(from netip.Addr) error {
	s.rules.mu.Lock()
	defer s.rules.mu.Unlock()
	now := time.Now()
	if held, ok := s.rules.heldNet(from.Unmap().WithZone(""), now); ok {
		return held.refuse("here", now)
	}
	return nil
}

// mayWrite refuses what others would see of somebody who is muted.
func (s *Service) mayWrite(user UserID) error {
	s.rules.mu.Lock()
	defer s.rules.mu.Unlock()
	now := time.Now()
	if held, ok := s.rules.held(ActMute, TargetUser, user.String(), now); ok {
		return held.refuse("here", now)
	}
	return nil
}

// lockdown tells until when nobody new is let in; zero where they are.
func (r *rules) lockdown() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Now().Before(r.now.Lockdown) {
		return r.now.Lockdown
	}
	return time.Time{}
}

// MOTD is what people are told when they come: what an administrator set, or
// else the operator's.
func (s *Service) MOTD(operators string) string {
	s.rules.mu.Lock()
	defer s.rules.mu.Unlock()
	if s.rules.now.MOTD != "" {
		return s.rules.now.MOTD
	}
	return operators
}
