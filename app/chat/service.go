// Package chat is the domain: users, rooms, messages, who is here, and the
// rules they follow. It knows neither SSH nor Redis. What it needs of storage
// it declares as Store; every face of the chat (screens, commands over ssh,
// administration) goes through Service.
package chat

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"teahouse/internal/contain"
	"teahouse/internal/defence"
	"teahouse/internal/faults"
	"teahouse/internal/recent"
)

// Access says whose key lets in.
type Access string

// The kinds of access.
const (
	AccessOpen   Access = "open"   // everyone's
	AccessInvite Access = "invite" // known ones, and new ones with an invitation
	AccessClosed Access = "closed" // known ones only
)

// Options are what an operator sets of the chat.
type Options struct {
	Replica, Region string         // names this process among the replicas, and where it is
	Access          Access         // whose keys let in; AccessOpen when empty
	Admins          []string       // fingerprints that always let in
	Proxies         []netip.Prefix // whose addresses nobody comes from: they are not banned
	MessageRate     float64        // messages a second a user, in the long run; 0: neither they nor anything else has a rate
	MessageBurst    int            // messages at once before the rate holds
	SessionsPerUser int            // sessions a user may have on this replica
	HistoryLimit    int            // messages a newcomer is shown at most; 0: no such bound
	HistoryTTL      time.Duration  // and how old they may be; 0: as old as they are

	// Now is the clock of notices; nil: time.Now. Messages have storage's.
	Now func() time.Time
	// Panics is told of those that end nothing but what they happened in; nil:
	// they are told to the log.
	Panics *contain.Panics
}

// Service is the one door to the chat.
type Service struct {
	store Store
	log   *slog.Logger
	opts  Options
	lease string
	hub   *hub
	pace  *pacer[UserID]
	tries *pacer[string] // of link codes, by the key that tries
	queue *quota         // of what waits in outboxes
	seek  chan struct{}  // bounds how many searches read at once
	doors *doors
	rules *rules
	rates rates
	met   *recent.Cache[string, User] // who came last by a key of the fingerprint
	stop  context.CancelFunc
	loops sync.WaitGroup

	// roster is held for reading while one session arrives or departs, for
	// writing while all are restored: what is restored must be all there are.
	roster sync.RWMutex
	amiss  atomic.Bool // storage may hold other sessions of ours than there are
}

// New starts a service on the store: it listens to the other replicas and
// keeps this one's sessions alive until Close.
func New(store Store, log *slog.Logger, opts Options) *Service {
	ctx, stop := context.WithCancel(context.Background())
	s := &Service{
		store: store, log: log, opts: opts,
		lease: newLease(opts.Replica, opts.Region),
		hub:   newHub(ctx, store, log, opts.Panics.Or(log)),
		pace:  newPacer[UserID](opts.MessageRate, opts.MessageBurst),
		tries: newPacer[string](linkTries/60.0, linkTries),
		queue: newQuota(LimitOutbox),
		seek:  make(chan struct{}, searchesAtOnce),
		doors: newDoors(),
		rules: newRules(),
		rates: newRates(opts.MessageRate > 0),
		met:   recent.New(rememberedKeys, func(string, User) int { return 1 }),
		stop:  stop,
	}
	s.hub.keep = keep{opts.HistoryLimit, opts.HistoryTTL}
	s.hub.rules = s.rules
	if opts.Now != nil {
		s.hub.now = opts.Now
	}
	store.Subscribe(HouseTopic)
	s.loops.Go(func() { store.Listen(ctx, s.hub.hear) })
	s.loops.Go(func() { s.keepRules(ctx) })
	s.loops.Go(func() { s.keep(ctx) })
	return s
}

// Nudge signals the Wake of every session here, for what their faces have to see
// beside what the chat tells.
func (s *Service) Nudge() { s.hub.nudge() }

// Close stops what New started and waits for it. Sessions should be closed
// before.
func (s *Service) Close() {
	s.stop()
	s.loops.Wait()
	s.hub.work.Wait()
	s.resign()
}

// resign ends the lease, and with it whatever storage still has of the
// replica's sessions. Where storage does not answer, the lease ends by itself.
func (s *Service) resign() {
	ctx, cancel := context.WithTimeout(context.Background(), resignTime)
	defer cancel()
	if err := s.store.Restore(ctx, s.lease, 0, nil); err != nil {
		s.log.Debug("ending the lease", "error", err)
	}
}

// Enter gives the user of a key that proved itself, made at once where the
// key is new; wish is the name to take then, if it can be had. The bool tells
// whether the user is new.
func (s *Service) Enter(ctx context.Context, key Key, wish string) (User, bool, error) {
	return s.enterFrom(ctx, key, netip.Addr{}, wish)
}

// enterFrom is Enter for who comes from an address.
func (s *Service) enterFrom(ctx context.Context, key Key, from netip.Addr, wish string) (User, bool, error) {
	user, err := s.Known(ctx, key)
	if err != nil || user.ID != 0 {
		return user, false, err
	}
	if err := s.admits(key, from); err != nil {
		return User{}, false, err
	}
	return s.welcome(ctx, key, wish)
}

// welcome makes a user of a key that is let in.
func (s *Service) welcome(ctx context.Context, key Key, wish string) (User, bool, error) {
	user, made, err := s.store.EnsureUser(ctx, key, Candidates(wish))
	user = s.by(key, user)
	if err != nil || !made {
		return user, made, err
	}
	s.log.Info("new user", "user", user.ID, "name", user.Name, "key", key.Fingerprint)
	return user, true, s.readAll(ctx, user, General)
}

// by notes by which key a user came.
func (s *Service) by(key Key, user User) User {
	user.Key, user.Admin = key, s.isAdminKey(key.Fingerprint)
	return user
}

// admits tells whether a key that nobody knows yet may become a user.
func (s *Service) admits(key Key, from netip.Addr) error {
	if s.isAdminKey(key.Fingerprint) {
		return nil
	}
	if until := s.rules.lockdown(); !until.IsZero() {
		return Errorf(CodeRefused, "this chat takes no new people for another %s, and your key %s is new here", inWords(time.Until(until)), key.Fingerprint)
	}
	switch s.opts.Access {
	case AccessInvite:
		return Errorf(CodeRefused, "this chat takes new people by invitation only, and your key %s is new here; who has a code comes in by: ssh -t HOST join-code CODE", key.Fingerprint)
	case AccessClosed:
		return Errorf(CodeRefused, "this chat takes no new people, and your key %s is new here; if you were here before, use the key that you had then", key.Fingerprint)
	}
	return s.mayBeNew(from)
}

// Connect begins a session of the user on this replica: from now on the user
// is here.
func (s *Service) Connect(ctx context.Context, user User) (*Session, error) {
	if err := s.mayConnect(user.ID); err != nil {
		return nil, err
	}
	return s.connect(ctx, user, false)
}

func (s *Service) mayConnect(user UserID) error {
	if n := len(s.hub.sessionsOf(user)); s.opts.SessionsPerUser > 0 && n >= s.opts.SessionsPerUser {
		return Errorf(CodeRefused, "you are connected %d times already, which is the most that this chat allows; close one of them first", n)
	}
	return nil
}

// connect begins a session of the user, or of who is presumed to be.
func (s *Service) connect(ctx context.Context, user User, presumed bool) (*Session, error) {
	sess := &Session{
		ID: rand.Text(), owner: user.ID, key: user.Key, user: user, made: user.Created, svc: s, hub: s.hub,
		wake: make(chan struct{}, 1), seats: map[RoomID]*seat{}, begins: true,
	}
	sess.out = newOutbox(sess)
	sess.kept.Store(time.Now().UnixMilli())
	// Entered first, read then: news of the user's rooms that comes in between
	// has them read again. Arrived after that: who is here hears what is said.
	sess.awaitNews(ctx, s.hub.enter(sess))
	all, err := s.arrive(ctx, sess, presumed)
	switch {
	case errors.Is(err, ErrPresumed):
		sess.unseat()
		s.hub.leave(sess)
		return nil, err
	case err != nil:
		s.disconnect(ctx, sess)
		return nil, err
	}
	sess.sitFirst(all)
	if !sess.isOf(all.Keys) {
		s.hub.reseat(sess) // the key was removed meanwhile
	}
	return sess, nil
}

// arrive tells storage of the session, and how its user came, and reads what is
// theirs.
func (s *Service) arrive(ctx context.Context, sess *Session, presumed bool) (Belongings, error) {
	s.roster.RLock()
	defer s.roster.RUnlock()
	user := sess.User()
	here := sess.attendance(user.Name)
	here.Presumed = presumed
	all, known, err := s.store.Arrive(ctx, s.lease, here, user.origin())
	if (err != nil || !known) && !errors.Is(err, ErrPresumed) {
		s.amiss.Store(true)
	}
	return all, err
}

// disconnect ends what Connect began.
func (s *Service) disconnect(ctx context.Context, sess *Session) {
	sess.unseat()
	sess.touched.Store(false) // which is kept below
	s.hub.leave(sess)
	if err := s.depart(ctx, sess); err != nil {
		// Until the sessions are restored, the user seems to be here.
		s.amiss.Store(true)
		s.log.Debug("telling that a session ended", "user", sess.owner, "error", err)
	}
	if err := s.store.Saw(ctx, sess.owner); err != nil {
		s.log.Debug("noting when a user was here", "user", sess.owner, "error", err)
	}
}

func (s *Service) depart(ctx context.Context, sess *Session) error {
	s.roster.RLock()
	defer s.roster.RUnlock()
	return s.store.Depart(ctx, s.lease, sess.ID)
}

func (s *Session) attendance(name string) Attendance {
	return Attendance{Session: s.ID, User: s.owner, Name: name}
}

// keep renews the replica's lease, looks for dead replicas, and compares the
// feeds with storage, until ctx ends.
func (s *Service) keep(ctx context.Context) {
	steady := 0
	for {
		s.hub.dismiss()
		err := s.hub.panics.Try("keeping the lease", func() error { return s.renew(ctx, steady >= 2) })
		if err != nil {
			steady = 0
			s.log.Debug("renewing the lease", "error", err)
		} else {
			steady++
		}
		if !sleep(ctx, renewEvery) {
			return
		}
	}
}

// renew does one round of keep. Only a replica whose own renewals went well
// buries others: after an outage of storage everybody's lease is old.
func (s *Service) renew(ctx context.Context, steady bool) error {
	faults.At("keep", "")
	ctx, cancel := context.WithTimeout(ctx, renewEvery)
	defer cancel()
	known, err := s.store.Renew(ctx, s.lease, LeaseTerm)
	if err != nil {
		s.hub.counts.renewalsFailed.Add(1)
		return err
	}
	s.hub.counts.renewals.Add(1)
	if s.amiss.Swap(false) || !known {
		if err := s.restore(ctx); err != nil {
			s.amiss.Store(true)
			return err
		}
	}
	if steady && defence.On {
		if err := s.store.Reap(ctx); err != nil {
			return err
		}
	}
	s.pace.forget(time.Now())
	s.tries.forget(time.Now())
	s.doors.tries.forget(time.Now())
	s.rates.forget(time.Now())
	if err := s.hub.check(ctx); err != nil {
		return err
	}
	s.tend(ctx, time.Now())
	return nil
}

// restore makes what storage knows of this replica's sessions right.
func (s *Service) restore(ctx context.Context) error {
	s.roster.Lock()
	defer s.roster.Unlock()
	if err := s.store.Restore(ctx, s.lease, LeaseTerm, s.attendances()); err != nil {
		return err
	}
	s.reviveAll()
	return nil
}

func (s *Service) attendances() []Attendance {
	var all []Attendance
	for _, sess := range s.hub.sessions() {
		all = append(all, sess.attendance(sess.User().Name))
	}
	return all
}
