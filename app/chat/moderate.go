package chat

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"
)

const (
	// kickTerm is how long who is kicked out of the chat stays out.
	kickTerm = time.Minute
	// LimitSanctions is how many bans and mutes may be in force in the chat, or
	// in a room.
	LimitSanctions = 10_000
	// LimitMOTD is the longest message of the day, in characters.
	LimitMOTD = 500
)

// Impose bans or mutes in the whole chat: at once on this replica, on the
// others within moments. A term of 0 has no end. For administrators, whom
// nothing is imposed on. CodeInvalid, CodeRefused in words.
func (s *Service) Impose(ctx context.Context, by User, act SanctionAct, target Target, term time.Duration, why string) (Sanction, error) {
	return s.impose(ctx, by, act, string(act), target, term, why)
}

// Kick shows a user out of the chat, who can be back after a minute. Who may
// is as with Impose.
func (s *Service) Kick(ctx context.Context, by User, target Target, why string) (Sanction, error) {
	return s.impose(ctx, by, ActBan, "kick", target, kickTerm, why)
}

func (s *Service) impose(ctx context.Context, by User, act SanctionAct, as string, target Target, term time.Duration, why string) (Sanction, error) {
	if err := s.mustAdministrate(by); err != nil {
		return Sanction{}, err
	}
	sanction, err := newSanction(act, target, by, term, why)
	if err != nil {
		return Sanction{}, err
	}
	if err := s.mayBeHit(ctx, act, target); err != nil {
		return Sanction{}, err
	}
	if held, is := s.longer(sanction); as == "kick" && is {
		return held, Errorf(CodeTaken, "%s is banned already", target.Name)
	}
	d := deed(by, as)
	d.Target, d.Until, d.Why = target.Name, sanction.Until, sanction.Why
	if as == "kick" {
		d.Until = time.Time{}
	}
	return sanction, s.decree(ctx, Decree{Deed: d, Impose: &sanction})
}

// longer gives the sanction in force that would end later than another one.
func (s *Service) longer(than Sanction) (Sanction, bool) {
	s.rules.mu.Lock()
	defer s.rules.mu.Unlock()
	held, is := s.rules.held(than.Act, than.Target.Kind, than.Target.ID, time.Now())
	return held, is && (held.Until.IsZero() || held.Until.After(than.Until))
}

// mayBeHit keeps administrators and proxies out of harm's way: who bans them
// bans themselves, or everybody.
func (s *Service) mayBeHit(ctx context.Context, act SanctionAct, target Target) error {
	switch {
	case act == ActMute && target.Kind != TargetUser:
		return Errorf(CodeInvalid, "only a user can be muted; a key or an address can be banned")
	case target.Kind == TargetKey && s.isAdminKey(target.ID):
		return Errorf(CodeRefused, "that key is an administrator's")
	case target.Kind == TargetNet:
		return s.mayBeBanned(target.ID)
	case target.Kind == TargetUser:
		return s.mustBeNoAdmin(ctx, target)
	}
	return nil
}

func (s *Service) mayBeBanned(network string) error {
	p, err := netip.ParsePrefix(network)
	if err != nil {
		return Errorf(CodeInvalid, "%s is no range of addresses", network)
	}
	if slices.ContainsFunc(s.opts.Proxies, p.Overlaps) {
		return Errorf(CodeRefused, "%s is the proxy's: everybody comes from there", p)
	}
	if s.rules.hasAdminIn(p) {
		return Errorf(CodeRefused, "an administrator is connected from %s at this moment", p)
	}
	return nil
}

// hasAdminIn tells whether an administrator is connected from a range.
func (r *rules) hasAdminIn(p netip.Prefix) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for g := range r.guests {
		if g.admin && p.Contains(g.from) {
			return true
		}
	}
	return false
}

func (s *Service) mustBeNoAdmin(ctx context.Context, target Target) error {
	id, err := ParseUserID(target.ID)
	if err != nil {
		return err
	}
	keys, err := s.store.Keys(ctx, id)
	if slices.ContainsFunc(keys, func(k Key) bool { return s.isAdminKey(k.Fingerprint) }) {
		return Errorf(CodeRefused, "%s is an administrator", target.Name)
	}
	return err
}

// Lift takes a ban or a mute of the whole chat back. CodeNotFound: there is
// none. For administrators.
func (s *Service) Lift(ctx context.Context, by User, act SanctionAct, target Target) error {
	if err := s.mustAdministrate(by); err != nil {
		return err
	}
	d := deed(by, "un"+string(act))
	d.Target = target.Name
	return s.decree(ctx, Decree{Deed: d, Lift: &Sanction{Act: act, Target: target}})
}

// decree changes the rules, and has them hold here before it returns.
func (s *Service) decree(ctx context.Context, d Decree) error {
	if err := s.store.Decree(ctx, d); err != nil {
		return err
	}
	s.log.Info("decree", "user", d.Deed.ByID, "act", d.Deed.Act, "target", d.Deed.Target)
	return s.readRules(ctx)
}

// Sanctions lists the bans and mutes of the whole chat that are in force, the
// newest first. For administrators.
func (s *Service) Sanctions(ctx context.Context, user User) ([]Sanction, error) {
	if err := s.mustAdministrate(user); err != nil {
		return nil, err
	}
	now, err := s.store.Rules(ctx)
	return inForce(now.Sanctions), err
}

// inForce gives those that hold, the newest first.
func inForce(all []Sanction) []Sanction {
	now := time.Now()
	all = slices.DeleteFunc(all, func(s Sanction) bool { return !s.Holds(now) })
	slices.SortFunc(all, func(a, b Sanction) int { return b.At.Compare(a.At) })
	return all
}

// Lockdown lets in nobody whose key is new, whatever ACCESS says, during the
// term; 0 ends that. For administrators.
func (s *Service) Lockdown(ctx context.Context, by User, term time.Duration, why string) error {
	if err := s.mustAdministrate(by); err != nil {
		return err
	}
	clean, err := CleanLine(why, LimitWhy)
	if err != nil {
		return err
	}
	if term < 0 || term > LimitTerm {
		return Errorf(CodeInvalid, "a lockdown needs a time, such as 30m or 12h")
	}
	var until time.Time
	if term > 0 {
		until = time.Now().Add(term)
	}
	d := deed(by, "lockdown")
	if term == 0 {
		d.Act = "unlock"
	}
	d.Until, d.Why = until, clean
	return s.decree(ctx, Decree{Deed: d, Lockdown: &until})
}

// SetMOTD sets what people are told when they come; "" gives the operator's
// back. For administrators.
func (s *Service) SetMOTD(ctx context.Context, by User, text string) error {
	if err := s.mustAdministrate(by); err != nil {
		return err
	}
	clean, err := CleanLine(text, LimitMOTD)
	if err != nil {
		return err
	}
	d := deed(by, "motd")
	d.Why = clean
	return s.decree(ctx, Decree{Deed: d, MOTD: &clean})
}

// Announce posts a message to #general that calls everybody and looks like no
// other. For administrators.
func (s *Service) Announce(ctx context.Context, by User, text string) (*Message, error) {
	if err := s.mustAdministrate(by); err != nil {
		return nil, err
	}
	d, err := s.Compose(by, General, KindAnnouncement, text)
	if err != nil {
		return nil, err
	}
	m, err := s.Deliver(ctx, d)
	if err != nil {
		return nil, err
	}
	what := deed(by, "announce")
	what.Target = GeneralRoom().Link(m.ID)
	return m, s.record(ctx, what)
}

// KickFrom takes somebody out of a room. The owner and the moderators may, and
// nobody who has as much to say there can be kicked.
func (s *Service) KickFrom(ctx context.Context, by User, room Room, name, why string) error {
	clean, err := CleanLine(why, LimitWhy)
	if err != nil {
		return err
	}
	who, err := s.mayDiscipline(ctx, by, room, name)
	if err != nil {
		return err
	}
	in, err := s.store.IsMember(ctx, room.ID, who.ID)
	if err != nil {
		return err
	}
	if !in {
		return Errorf(CodeNotFound, "%s is not in %s", who.Name, room.Title())
	}
	if err := s.store.Discipline(ctx, room.ID, by, who, nil, Doing{DidKick, who.Name, clean}); err != nil {
		return err
	}
	if _, err := s.store.RemoveMember(ctx, room.ID, who); err != nil {
		return err
	}
	return s.record(ctx, deed(by, "kick").about(room, who.Name, clean))
}

// ImposeIn bans somebody from a room, whom that takes out of it, or mutes them
// there. A term of 0 has no end. Who may is as with KickFrom.
func (s *Service) ImposeIn(ctx context.Context, by User, room Room, act SanctionAct, name string, term time.Duration, why string) (Sanction, error) {
	who, err := s.mayDiscipline(ctx, by, room, name)
	if err != nil {
		return Sanction{}, err
	}
	sanction, err := newSanction(act, UserTarget(who), by, term, why)
	if err != nil {
		return Sanction{}, err
	}
	if err := s.store.Discipline(ctx, room.ID, by, who, &sanction, Doing{Verb(act), who.Name, sanction.Why}); err != nil {
		return Sanction{}, err
	}
	if act == ActBan {
		if _, err := s.store.RemoveMember(ctx, room.ID, who); err != nil {
			return Sanction{}, err
		}
		if _, err := s.store.Uninvite(ctx, room.ID, who.ID); err != nil {
			return Sanction{}, err
		}
	}
	d := deed(by, string(act)).about(room, who.Name, sanction.Why)
	d.Until = sanction.Until
	return sanction, s.record(ctx, d)
}

// LiftIn takes a ban or a mute of a room back. CodeNotFound: there is none. The
// owner and the moderators may.
func (s *Service) LiftIn(ctx context.Context, by User, room Room, act SanctionAct, name string) error {
	who, err := s.mayDiscipline(ctx, by, room, name)
	if err != nil {
		return err
	}
	err = s.store.Pardon(ctx, room.ID, by, who, act)
	if ErrorCode(err) == CodeNotFound {
		return Errorf(CodeNotFound, "%s is not %s in %s", who.Name, act.Past(), room.Title())
	}
	if err != nil {
		return err
	}
	return s.record(ctx, deed(by, "un"+string(act)).about(room, who.Name, ""))
}

// mayDiscipline gives whom somebody with an office in the room may have done
// something about.
func (s *Service) mayDiscipline(ctx context.Context, by User, room Room, name string) (User, error) {
	if room.IsDirect() {
		return User{}, Errorf(CodeRefused, "between two people nobody has such a say; /ignore %s hides what they write", strings.TrimPrefix(room.Title(), "@"))
	}
	if err := s.mustBe(ctx, by, room, RoleModerator); err != nil {
		return User{}, err
	}
	who, err := s.FindUser(ctx, name)
	if err == nil && who.ID == by.ID {
		err = Errorf(CodeRefused, "that is you; to go, leave")
	}
	return who, err
}

// SanctionsIn lists the bans and mutes of a room that are in force, the newest
// first. The owner and the moderators may know.
func (s *Service) SanctionsIn(ctx context.Context, user User, room Room) ([]Sanction, error) {
	if err := s.mustBe(ctx, user, room, RoleModerator); err != nil {
		return nil, err
	}
	all, err := s.store.SanctionsIn(ctx, room.ID)
	return inForce(all), err
}

// Dossier is what administrators see of a user.
type Dossier struct {
	Profile
	Keys      []Key
	Came      Origin // the last time
	Sanctions []Sanction
}

// Dossier tells all that helps to know somebody again. For administrators.
func (s *Service) Dossier(ctx context.Context, user User, ref string) (d Dossier, err error) {
	if err = s.mustAdministrate(user); err != nil {
		return d, err
	}
	if d.Profile, err = s.Whois(ctx, ref); err != nil {
		return d, err
	}
	if d.Keys, err = s.Keys(ctx, d.User); err != nil {
		return d, err
	}
	if d.Came, err = s.store.CameFrom(ctx, d.ID); err != nil {
		return d, err
	}
	all, err := s.Sanctions(ctx, user)
	for _, held := range all {
		if held.Target.Kind == TargetUser && held.Target.ID == d.ID.String() ||
			slices.ContainsFunc(d.Keys, func(k Key) bool { return held.Target.ID == k.Fingerprint }) {
			d.Sanctions = append(d.Sanctions, held)
		}
	}
	return d, err
}
