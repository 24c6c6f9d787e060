package chat_test

import (
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
