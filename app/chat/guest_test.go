package chat_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
	"teahouse/storage"
	"teahouse/storage/storagetest"
)

// comes has somebody come to stay, and fails with what the door says.
func (h house) comes(ctx context.Context, s *chat.Service, name string) (*chat.Session, bool, error) {
	h.t.Helper()
	g, err := s.Receive(ctx, keyOf(name), home)
	must(h.t, err)
	h.t.Cleanup(g.Leave)
	session, isNew, err := g.Stay(ctx, name)
	if err == nil {
		h.t.Cleanup(func() { session.Close(context.Background()) })
	}
	return session, isNew, err
}

// visited has somebody come and go.
func (h house) visited(s *chat.Service, name string) chat.User {
	h.t.Helper()
	session, _, err := h.comes(h.t.Context(), s, name)
	must(h.t, err)
	user := session.User()
	session.Close(h.t.Context())
	return user
}

// TestWhoWasHereComesInWithOneTrip counts how often Redis is asked until somebody
// is in.
func TestWhoWasHereComesInWithOneTrip(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store := h.Open(t, func(o *storage.Options) { o.Hook = storagetest.Trips{} })
	s := chat.New(store, slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	t.Cleanup(s.Close)
	h.visited(s, "anna")
	ctx, asked := storagetest.Counting(t.Context())
	session, isNew, err := h.comes(ctx, s, "anna")
	must(t, err)
	if asked.Load() != 1 || isNew || session.User().Name != "anna" || session.User().Key != keyOf("anna") {
		t.Errorf("%+v came in with %d trips", session.User(), asked.Load())
	}
}

// TestAKeyIsWhoItOpensNow has a replica remember who came by a key, and that be
// somebody else since.
func TestAKeyIsWhoItOpensNow(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]struct {
		to    func(h house, s *chat.Service, anna, bert chat.User)
		name  string
		isNew bool
	}{
		"the same":        {to: func(house, *chat.Service, chat.User, chat.User) {}, name: "anna"},
		"another name":    {to: func(h house, _ *chat.Service, anna, _ chat.User) { h.calls(anna, "Änne") }, name: "änne"},
		"another's":       {to: func(h house, _ *chat.Service, anna, bert chat.User) { h.moves(anna, bert) }, name: "bert"},
		"a banned one's":  {to: func(h house, s *chat.Service, anna, bert chat.User) { h.moves(anna, bert); h.bans(s, anna) }, name: "bert"},
		"nobody's":        {to: func(h house, _ *chat.Service, anna, _ chat.User) { h.takes(anna) }, name: "anna2", isNew: true},
		"a forgotten one": {to: func(h house, _ *chat.Service, anna, _ chat.User) { h.forgets(anna) }, name: "anna2", isNew: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			s := h.replica(administered)
			anna, bert := h.visited(s, "anna"), h.visited(s, "bert")
			change.to(h, s, anna, bert)
			before, came := h.people(), h.came(anna)
			session, isNew, err := h.comes(t.Context(), s, "anna")
			must(t, err)
			user := session.User()
			if user.Name != change.name || isNew != change.isNew {
				t.Errorf("%s came, new: %v", user.Name, isNew)
			}
			want := chat.Roll{Version: before.Version + 1, People: map[chat.UserID]string{user.ID: user.Name}}
			if diff := cmp.Diff(want, h.people()); diff != "" {
				t.Errorf("who is here: %s", diff)
			}
			if user.ID != anna.ID && h.came(anna) != came {
				t.Errorf("she did not come, and is noted as %+v, before that %+v", h.came(anna), came)
			}
		})
	}
}

// TestWhoHasEnoughScreensIsToldSo though it is remembered who they are.
func TestWhoHasEnoughScreensIsToldSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.replica(func(o *chat.Options) { o.SessionsPerUser = 1 })
	_, _, err := h.comes(t.Context(), s, "anna")
	must(t, err)
	_, _, err = h.comes(t.Context(), s, "anna")
	wantCode(t, err, chat.CodeRefused)
}

// TestTheBannedAreRememberedAndRefused, and nobody hears of their coming.
func TestTheBannedAreRememberedAndRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.replica(administered)
	h.bans(s, h.visited(s, "anna"))
	before := h.people()
	_, _, err := h.comes(t.Context(), s, "anna")
	wantCode(t, err, chat.CodeRefused)
	if diff := cmp.Diff(before, h.people()); diff != "" {
		t.Errorf("who is here: %s", diff)
	}
}

// people are those who are here.
func (h house) people() chat.Roll {
	h.t.Helper()
	roll, err := h.store().Members(h.t.Context(), chat.General)
	must(h.t, err)
	return roll
}

// came is how somebody came the last time.
func (h house) came(user chat.User) chat.Origin {
	h.t.Helper()
	by, err := h.store().CameFrom(h.t.Context(), user.ID)
	must(h.t, err)
	return by
}

// calls gives a user another name, at another replica.
func (h house) calls(user chat.User, wish string) {
	h.t.Helper()
	_, err := h.replica().Rename(h.t.Context(), user, wish)
	must(h.t, err)
}

// moves has a user's key open another one.
func (h house) moves(from, to chat.User) {
	h.t.Helper()
	must(h.t, h.store().MoveKey(h.t.Context(), from.Key, from.ID, to.ID))
}

// takes a user's key away, who has another one.
func (h house) takes(user chat.User) {
	h.t.Helper()
	store := h.store()
	must(h.t, store.AddKey(h.t.Context(), user.ID, keyOf("laptop")))
	must(h.t, store.RemoveKey(h.t.Context(), user.ID, user.Key.Fingerprint))
}

func (h house) forgets(user chat.User) {
	h.t.Helper()
	must(h.t, h.store().Forget(h.t.Context(), user.ID, "gone", time.Hour))
}

// bans has a user not come in any more, by any key, at a replica that knows zoe.
func (h house) bans(s *chat.Service, user chat.User) {
	h.t.Helper()
	_, zoe := h.guest(s, "zoe", home)
	_, err := s.Impose(h.t.Context(), zoe, chat.ActBan, chat.UserTarget(user), time.Hour, "spam")
	must(h.t, err)
}
