package chat_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

// Who is away shows on every screen at once, and goes with nothing but coming
// back.
func TestAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, bert := h.connect(a, "anna"), h.connect(b, "bert")
	isAway := func() bool {
		return slices.ContainsFunc(bert.Roster(chat.General).People, func(p chat.Person) bool { return p.Name == "anna" && p.Away })
	}
	bert.until("anna is here", func() bool { return len(bert.Roster(chat.General).People) == 2 })
	must(t, a.Away(t.Context(), anna.User(), "  at\tlunch "))
	bert.until("anna is away", isAway)
	anna.until("anna knows", func() bool { return anna.Preferences().Away == "at lunch" })
	whois, err := b.Whois(t.Context(), "anna")
	must(t, err)
	if !whois.Here || whois.Away != "at lunch" || time.Since(whois.AwaySince) > time.Minute {
		t.Errorf("anna is %+v", whois)
	}
	anna.Close(t.Context())
	bert.until("anna is gone", func() bool { return len(bert.Roster(chat.General).People) == 1 })
	again := h.connect(b, "anna")
	bert.until("anna is still away", isAway)
	who, err := a.Who(t.Context(), bert.User(), chat.Room{ID: chat.General})
	must(t, err)
	if len(who) != 2 || !who[0].Away || who[1].Away {
		t.Errorf("here are %+v", who)
	}
	must(t, b.Away(t.Context(), again.User(), ""))
	bert.until("anna is back", func() bool { return !isAway() })
	if len(bert.notices) > 3 {
		t.Errorf("told: %+v", bert.notices)
	}
	wantCode(t, a.Away(t.Context(), again.User(), strings.Repeat("x", chat.LimitAway+1)), chat.CodeInvalid)
}

// How long somebody did nothing is counted from their last session's begin, or
// what they did since.
func TestIdle(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna := h.user(a, "anna")
	longAgo := time.Now().Add(-time.Hour).UnixMilli()
	idle := func() time.Duration {
		who, err := b.Who(t.Context(), anna, chat.Room{ID: chat.General})
		must(t, err)
		whois, err := b.Whois(t.Context(), "anna")
		must(t, err)
		if len(who) != 1 || (who[0].Idle-whois.Idle).Abs() > time.Minute {
			t.Fatalf("whois says %s, who %+v", whois.Idle, who)
		}
		return whois.Idle
	}
	must(t, h.Redis.HSet(t.Context(), "user:{1}", "seen", longAgo).Err())
	guest, err := a.Receive(t.Context(), keyOf("anna"), netip.MustParseAddr("192.0.2.1"))
	must(t, err)
	defer guest.Leave()
	_, _, err = guest.Enter(t.Context(), "anna")
	must(t, err)
	h.connect(a, "anna")
	storagetest.Until(t, "anna has come", func() bool { return idle() < time.Minute })
	must(t, h.Redis.HSet(t.Context(), "user:{1}", "seen", longAgo).Err())
	if d := idle(); d < 59*time.Minute || d > 61*time.Minute {
		t.Errorf("idle for %s, want an hour", d)
	}
}
