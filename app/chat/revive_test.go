package chat_test

import (
	"context"
	"testing"

	"teahouse/app/chat"
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

// TestTwoKeysAfterALoss: Redis comes back empty while somebody is here by two keys.
// Both sessions go on, and both keys open the one user.
func TestTwoKeysAfterALoss(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store, replica := h.store(), h.replica()
	desk := h.connect(replica, "anna")
	tablet := chat.Key{Fingerprint: "SHA256:tablet", Line: "tablet"}
	must(t, store.AddKey(t.Context(), desk.User().ID, tablet))
	again, _, err := replica.Enter(t.Context(), tablet, "anna")
	must(t, err)
	lap, err := replica.Connect(t.Context(), again)
	must(t, err)
	t.Cleanup(func() { lap.Close(context.Background()) })
	h.Flush(t)
	for _, fingerprint := range []string{"SHA256:anna", tablet.Fingerprint} {
		eventually(t, "the key "+fingerprint+" opens anna", func() bool {
			user, err := store.UserByKey(t.Context(), fingerprint)
			return err == nil && user.ID == again.ID && user.Name == "anna" || lap.Ended() != nil || desk.Ended() != nil
		})
	}
	if desk.Ended() != nil || lap.Ended() != nil {
		t.Errorf("her sessions have ended: %v, %v", desk.Ended(), lap.Ended())
	}
}

// TestRemovedKey: who came by a key that is removed goes, at every replica; others
// of the user's sessions stay.
func TestRemovedKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	here, there := h.replica(), h.replica()
	desk := h.connect(here, "anna")
	tablet := chat.Key{Fingerprint: "SHA256:tablet", Line: "tablet"}
	must(t, h.store().AddKey(t.Context(), desk.User().ID, tablet))
	var gone []*chat.Session
	for _, replica := range []*chat.Service{here, there} {
		again, _, err := replica.Enter(t.Context(), tablet, "anna")
		must(t, err)
		sess, err := replica.Connect(t.Context(), again)
		must(t, err)
		t.Cleanup(func() { sess.Close(context.Background()) })
		gone = append(gone, sess)
	}
	must(t, here.RemoveKey(t.Context(), desk.User(), tablet.Fingerprint))
	for _, sess := range gone {
		eventually(t, "a session by the tablet ends", func() bool { return sess.Ended() != nil })
		wantCode(t, sess.Ended(), chat.CodeRefused)
	}
	if desk.Ended() != nil {
		t.Errorf("the session by the other key has ended: %v", desk.Ended())
	}
	if again, _, err := here.Enter(t.Context(), tablet, "anna"); err != nil || again.ID == desk.User().ID {
		t.Errorf("the key opens %+v, %v", again, err)
	}
}
