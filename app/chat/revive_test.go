package chat_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"teahouse/app/chat"
	"teahouse/storage"
)

// TestSomebodyElseHasTheNumber: Redis comes back empty, and a newcomer is given
// the number of somebody who is here before they are put back. They must not go
// on as the other.
func TestSomebodyElseHasTheNumber(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store := h.store()
	anna := h.connect(h.replica(), "anna")
	key := chat.Key{Fingerprint: "SHA256:bert", Line: "bert"}
	var bert chat.User
	for bert.ID != anna.User().ID { // anna may be quicker
		h.Flush(t)
		var err error
		bert, _, err = store.EnsureUser(t.Context(), key, chat.Candidates("bert"))
		must(t, err)
	}
	anna.until("anna's session ends", func() bool { return anna.Ended() != nil })
	wantCode(t, anna.Ended(), chat.CodeUnavailable)
	keys, err := store.Keys(t.Context(), bert.ID)
	must(t, err)
	if len(keys) != 1 || keys[0] != key {
		t.Errorf("bert is let in by %v", keys)
	}
}

// byTablet has anna be here by another key, too.
func (h house) byTablet(anna chat.User, replica *chat.Service) *chat.Session {
	h.t.Helper()
	must(h.t, h.store().AddKey(h.t.Context(), anna.ID, tablet()))
	again, _, err := replica.Enter(h.t.Context(), tablet(), "anna")
	must(h.t, err)
	sess, err := replica.Connect(h.t.Context(), again)
	must(h.t, err)
	h.t.Cleanup(func() { sess.Close(context.Background()) })
	return sess
}

func tablet() chat.Key { return chat.Key{Fingerprint: "SHA256:tablet", Line: "tablet"} }

// TestTwoKeysAfterALoss: Redis comes back empty while somebody is here by two keys.
// Both sessions go on, and both keys open the one user.
func TestTwoKeysAfterALoss(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store, replica := h.store(), h.replica()
	desk := h.connect(replica, "anna")
	anna := desk.User()
	lap := h.byTablet(anna, replica)
	h.Flush(t)
	for _, fingerprint := range []string{"SHA256:anna", tablet().Fingerprint} {
		eventually(t, "the key "+fingerprint+" opens anna", func() bool {
			user, err := store.UserByKey(t.Context(), fingerprint)
			return err == nil && user.ID == anna.ID && user.Name == "anna" || lap.Ended() != nil || desk.Ended() != nil
		})
	}
	if desk.Ended() != nil || lap.Ended() != nil {
		t.Errorf("her sessions have ended: %v, %v", desk.Ended(), lap.Ended())
	}
}

// TestKeyTakenAway: who came by a key that is removed, or opens somebody else now,
// goes, at every replica; others of the user's sessions stay.
func TestKeyTakenAway(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		take func(h house, anna chat.User) error
		code chat.Code
		word string
	}{
		"removed": {func(h house, anna chat.User) error {
			return h.replica().RemoveKey(h.t.Context(), anna, tablet().Fingerprint)
		}, chat.CodeRefused, "none of anna's any more"},
		"removed, and cut short before": {func(h house, anna chat.User) error {
			must(h.t, h.Redis.HDel(h.t.Context(), "user:{"+anna.ID.String()+"}:keys", tablet().Fingerprint).Err())
			wantCode(h.t, h.replica().RemoveKey(h.t.Context(), anna, tablet().Fingerprint), chat.CodeNotFound)
			return nil
		}, chat.CodeRefused, "none of anna's any more"},
		"moved": {func(h house, anna chat.User) error {
			return h.store().MoveKey(h.t.Context(), tablet(), anna.ID, h.user(h.replica(), "bert").ID)
		}, chat.CodeGone, "you are bert here now"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			here, there := h.replica(), h.replica()
			desk := h.connect(here, "anna")
			anna := desk.User()
			gone := []*chat.Session{h.byTablet(anna, here), h.byTablet(anna, there)}
			must(t, tt.take(h, anna))
			for _, sess := range gone {
				eventually(t, "a session by the tablet ends", func() bool { return sess.Ended() != nil })
				wantCode(t, sess.Ended(), tt.code)
				if text := chat.ErrorText(sess.Ended()); !strings.Contains(text, tt.word) {
					t.Errorf("it ends with %q", text)
				}
			}
			_, err := here.Rename(t.Context(), anna, "anne")
			must(t, err)
			desk.until("she is anne", func() bool { return desk.User().Name == "anne" || desk.Ended() != nil })
			if desk.Ended() != nil {
				t.Errorf("the session by the other key has ended: %v", desk.Ended())
			}
			if user, _, err := here.Enter(t.Context(), tablet(), "anna"); err != nil || user.ID == anna.ID {
				t.Errorf("the key opens %+v, %v", user, err)
			}
		})
	}
}

// TestHalfAKey: a key opens somebody who does not have it in their list, as where
// adding it was cut short. Who came by it goes on, and keeps up with what changes.
func TestHalfAKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	replica := h.replica()
	anna := h.connect(replica, "anna").User()
	lap := h.byTablet(anna, replica)
	must(t, h.Redis.HDel(t.Context(), "user:{"+anna.ID.String()+"}:keys", tablet().Fingerprint).Err())
	_, err := replica.Rename(t.Context(), anna, "anne")
	must(t, err)
	eventually(t, "she is anne", func() bool { return lap.User().Name == "anne" || lap.Ended() != nil })
	if lap.Ended() != nil {
		t.Errorf("her session has ended: %v", lap.Ended())
	}
}

// lately is storage in which something happens right before a session begins, or
// fails to.
type lately struct {
	*storage.Store
	before func()
	err    error
}

func (l *lately) Arrive(ctx context.Context, lease string, a chat.Attendance, by chat.Origin) (chat.Belongings, bool, error) {
	l.before()
	if l.err != nil {
		return chat.Belongings{}, false, l.err
	}
	return l.Store.Arrive(ctx, lease, a, by)
}

// TestKeyTakenAwayMeanwhile: a key is taken away after it was seen whose it is, and
// before the session begins, which no news tells any more.
func TestKeyTakenAwayMeanwhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	slow := &lately{Store: h.store(), before: func() {}}
	svc := chat.New(slow, slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	t.Cleanup(svc.Close)
	must(t, h.store().AddKey(t.Context(), h.user(svc, "anna").ID, tablet()))
	anna, _, err := svc.Enter(t.Context(), tablet(), "anna")
	must(t, err)
	slow.before = func() {
		must(t, h.Redis.HDel(t.Context(), "user:{"+anna.ID.String()+"}:keys", tablet().Fingerprint).Err())
		must(t, h.Redis.Del(t.Context(), "key:"+tablet().Fingerprint).Err())
	}
	lap, err := svc.Connect(t.Context(), anna)
	must(t, err)
	t.Cleanup(func() { lap.Close(context.Background()) })
	eventually(t, "the session ends", func() bool { return lap.Ended() != nil })
	wantCode(t, lap.Ended(), chat.CodeRefused)
}

// TestWhoDoesNotBegin: a session whose rooms were read for news of its user cannot
// begin. It leaves nothing to be heard here.
func TestWhoDoesNotBegin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	away := errors.New("away")
	slow := &lately{Store: h.store(), err: away}
	svc := chat.New(slow, slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	t.Cleanup(svc.Close)
	anna, other := h.user(svc, "anna"), h.replica()
	follows := func() bool {
		rooms, err := h.Redis.PubSubChannels(t.Context(), "room:*").Result()
		must(t, err)
		return len(rooms) > 0
	}
	slow.before = func() {
		_, err := other.Rename(t.Context(), anna, "anne")
		must(t, err)
		eventually(t, "the session has its rooms", follows)
	}
	if _, err := svc.Connect(t.Context(), anna); !errors.Is(err, away) {
		t.Errorf("it begins all the same, or with %v", err)
	}
	eventually(t, "no room is followed", func() bool { return !follows() })
}
