package chat

import (
	"net/netip"
	"time"
)

// SanctionAct is what a sanction takes from somebody.
type SanctionAct string

// The acts.
const (
	ActBan  SanctionAct = "ban"  // they may not come in
	ActMute SanctionAct = "mute" // they may read, and not write
)

// Past is the act as something that was done to somebody.
func (a SanctionAct) Past() string {
	if a == ActMute {
		return "muted"
	}
	return "banned"
}

// TargetKind says how a sanction knows whom it is about.
type TargetKind string

// The kinds of target. A mute is always a user's.
const (
	TargetUser TargetKind = "user"
	TargetKey  TargetKind = "key" // a key's fingerprint
	TargetNet  TargetKind = "net" // a range of addresses
)

// Target is whom a sanction is about.
type Target struct {
	Kind TargetKind
	ID   string // the user's id, the fingerprint, or the range
	Name string // as people read it
}

// UserTarget, KeyTarget and NetTarget make targets.
func UserTarget(u User) Target { return Target{TargetUser, u.ID.String(), u.Name} }

func KeyTarget(fingerprint string) Target { return Target{TargetKey, fingerprint, fingerprint} }

func NetTarget(p netip.Prefix) Target { return Target{TargetNet, p.String(), p.String()} }

// The widest ranges of addresses that may be banned at once, in bits. What is
// wider is more likely a slip than a flood.
const (
	leastBits4 = 8
	leastBits6 = 16
)

// ParseNet reads an address or a range of addresses; ok is false for what is
// neither. A single IPv6 address stands for its /64, which is what a household
// has. CodeInvalid: so wide a range, or this machine's own.
func ParseNet(s string) (p netip.Prefix, ok bool, err error) {
	if addr, bad := netip.ParseAddr(s); bad == nil {
		p = Household(addr)
	} else if p, bad = netip.ParsePrefix(s); bad != nil {
		return p, false, nil
	}
	p = unmapped(p).Masked()
	least := leastBits4
	if p.Addr().Is6() {
		least = leastBits6
	}
	switch {
	case p.Bits() < least:
		return p, true, Errorf(CodeInvalid, "%s is too wide: a ban covers a /%d at the most", p, least)
	case p.Overlaps(netip.PrefixFrom(netip.AddrFrom4([4]byte{127}), 8)), p.Contains(netip.IPv6Loopback()):
		return p, true, Errorf(CodeInvalid, "%s is this machine itself", p)
	}
	return p, true, nil
}

// Household is what counts as one address: an IPv4 address, an IPv6 /64.
func Household(addr netip.Addr) netip.Prefix {
	addr = addr.Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	p, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // of no address
	}
	return p
}

// unmapped gives a range of IPv4 addresses in its short form.
func unmapped(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p
}

// Sanction is something taken from somebody, for a time and a reason.
type Sanction struct {
	Act    SanctionAct
	Target Target
	Until  time.Time // zero: until it is taken back
	Why    string    // may be ""
	By     string    // the name of who imposed it
	At     time.Time
}

// Holds tells whether the sanction is in force.
func (s Sanction) Holds(now time.Time) bool { return s.Until.IsZero() || now.Before(s.Until) }

// refuse tells the person concerned, whom it keeps from where.
func (s Sanction) refuse(where string, now time.Time) *Error {
	text := "you are " + s.Act.Past() + " " + where
	if s.Target.Kind == TargetNet {
		text = "connections from your address are " + s.Act.Past() + " " + where
	}
	if s.Until.IsZero() {
		text += " until that is taken back"
	} else {
		text += " for another " + inWords(s.Until.Sub(now))
	}
	if s.Why != "" {
		text += ": " + s.Why
	}
	return Errorf(CodeRefused, "%s", text)
}

// InRoom is what somebody is told whom the sanction keeps from a room.
func (s Sanction) InRoom(now time.Time) error { return s.refuse("in this room", now) }

// LimitWhy is the longest reason, in characters.
const LimitWhy = 200

// LimitTerm is the longest term of a sanction that has one.
const LimitTerm = 10 * 365 * 24 * time.Hour

// newSanction makes a sanction of what somebody typed.
func newSanction(act SanctionAct, target Target, by User, term time.Duration, why string) (Sanction, error) {
	clean, err := CleanLine(why, LimitWhy)
	if err != nil {
		return Sanction{}, err
	}
	if term < 0 || term > LimitTerm {
		return Sanction{}, Errorf(CodeInvalid, "a ban or mute lasts from a second to %d years, or until it is taken back", int(LimitTerm/(365*24*time.Hour)))
	}
	s := Sanction{Act: act, Target: target, Why: clean, By: by.Name, At: time.Now()}
	if term > 0 {
		s.Until = s.At.Add(term)
	}
	return s, nil
}
