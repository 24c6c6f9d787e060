package chat

import (
	"context"
	"errors"
	"net/netip"
	"slices"
)

// Guest is somebody at the door whose key proved itself, from then until they
// go. Whatever they have begun by then (a screen, a command) ends with the
// Guest's context, whose cause says why where the chat showed them out.
type Guest struct {
	svc    *Service
	key    Key
	from   netip.Addr
	admin  bool
	ctx    context.Context
	cancel context.CancelCauseFunc
	user   UserID // 0 until it is known; guarded by rules.mu
}

// Receive takes somebody in who came with the key from the address, and gives
// the user that the key is of, if any. Leave must be called. CodeRefused, in
// words: the key, the user or the address is banned. CodeTooFast: the key came
// often in a short time.
func (s *Service) Receive(ctx context.Context, key Key, from netip.Addr) (*Guest, error) {
	if err := s.rates.visits.allow(key.Fingerprint, "visits"); err != nil {
		return nil, err
	}
	select {
	case <-s.rules.loaded:
	case <-ctx.Done():
		return nil, Unavailable(ctx.Err())
	}
	g := &Guest{svc: s, key: key, from: from.Unmap().WithZone(""), admin: s.isAdminKey(key.Fingerprint)}
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	if err := s.rules.enter(g); err != nil {
		g.Leave()
		return nil, err
	}
	return g, nil
}

// enter counts a guest in, unless they are banned.
func (r *rules) enter(g *Guest) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.guests[g] = struct{}{}
	return r.barsLocked(g)
}

// Leave ends the guest's stay.
func (g *Guest) Leave() {
	g.cancel(nil)
	r := g.svc.rules
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.guests, g)
}

// Context ends when the guest has left, or must leave: then its cause is an
// *Error with the words for them.
func (g *Guest) Context() context.Context { return g.ctx }

// settle notes who the guest is, and gives the user as they came.
func (g *Guest) settle(user User) (User, error) {
	user.From = g.from
	if user.ID != 0 {
		g.svc.met.Keep(g.key.Fingerprint, User{ID: user.ID, Name: user.Name})
	}
	r := g.svc.rules
	r.mu.Lock()
	defer r.mu.Unlock()
	g.user = user.ID
	return user, r.barsLocked(g)
}

// Known gives the guest's user, or nobody where there is none yet.
func (g *Guest) Known(ctx context.Context) (User, error) {
	user, err := g.svc.Known(ctx, g.key)
	if err != nil {
		return User{}, err
	}
	return g.settle(user)
}

// Enter gives the guest's user as Service.Enter does. CodeTooFast, in words:
// many whose keys are new came from the address in a short time.
func (g *Guest) Enter(ctx context.Context, wish string) (User, bool, error) {
	user, isNew, err := g.svc.enterFrom(ctx, g.key, g.from, wish)
	if err == nil {
		user, err = g.settle(user)
	}
	return user, isNew, err
}

// rememberedKeys is of how many keys a replica remembers who came by them, at most
// twice that.
const rememberedKeys = 10_000

// Stay gives the guest a session, as Enter and Connect do. Where somebody came by the
// key before, it is presumed that it is them again, and found in the same round trip
// in which they arrive.
func (g *Guest) Stay(ctx context.Context, wish string) (s *Session, isNew bool, err error) {
	if s, err = g.stayAgain(ctx); !errors.Is(err, ErrPresumed) {
		return s, false, err
	}
	user, isNew, err := g.Enter(ctx, wish)
	if err != nil {
		return nil, false, err
	}
	s, err = g.svc.Connect(ctx, user)
	return s, isNew, err
}

// stayAgain is Stay for who was here lately. ErrPresumed also where they would be
// refused: it may be somebody else.
func (g *Guest) stayAgain(ctx context.Context) (*Session, error) {
	user, known := g.svc.met.Find(g.key.Fingerprint)
	if !known {
		return nil, ErrPresumed
	}
	user, err := g.settle(g.svc.by(g.key, user))
	if err != nil || g.svc.mayConnect(user.ID) != nil {
		return nil, ErrPresumed
	}
	return g.svc.connect(ctx, user, true)
}

// Came keeps who came and how, as Connect does, for those who may have to ban
// them; of nobody, nothing. It returns at once.
func (s *Service) Came(user User) {
	if user.ID == 0 {
		return
	}
	s.hub.spawn(func() {
		err := s.hub.limited(func() error { return s.store.CameBy(s.hub.ctx, user.ID, user.origin()) })
		if err != nil {
			s.log.Debug("noting by what somebody came", "user", user.ID, "error", err)
		}
	}, nil)
}

// origin is how the user came in.
func (u User) origin() Origin {
	o := Origin{Fingerprint: u.Key.Fingerprint}
	if u.From.IsValid() {
		o.Address = u.From.String()
	}
	return o
}

// isAdminKey tells whether a key is one of the operator's.
func (s *Service) isAdminKey(fingerprint string) bool {
	return slices.Contains(s.opts.Admins, fingerprint)
}

// mustAdministrate refuses those who did not come by a key of ADMIN_KEYS.
func (s *Service) mustAdministrate(user User) error {
	if !user.Admin {
		return Errorf(CodeRefused, "only administrators can do that, by a key that the operator named in ADMIN_KEYS")
	}
	return nil
}
