package storagetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
)

func presence() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"several sessions are one member":         oneMember,
		"going of a dead replica is told once":    reaped,
		"who is elsewhere too stays":              staysElsewhere,
		"the living are not reaped":               notReaped,
		"a lease that is not known":               unknownLease,
		"a lease that a session began":            leaseOfSession,
		"restoring":                               restored,
		"restoring after everything was lost":     restoredFromNothing,
		"coming and going at once count up right": presenceAtOnce,
		"leases and how many are here":            leases,
		"who is presumed to be somebody":          presumed,
	}
}

// at is a session of a user.
func at(session string, u chat.UserID, name string) chat.Attendance {
	return chat.Attendance{Session: session, User: u, Name: name}
}

// arrive adds a session, of somebody of whom nothing is kept as well.
func arrive(t *testing.T, s chat.Store, lease string, a chat.Attendance) (known bool) {
	t.Helper()
	_, known, err := s.Arrive(t.Context(), lease, a, chat.Origin{})
	if err != nil {
		wantCode(t, err, chat.CodeNotFound)
	}
	return known
}

// presumed has somebody come by a key, of whom it is presumed who they are: they
// arrive where that is so, and nothing happens where it is not.
func presumed(t *testing.T, h *House) {
	s := h.Open(t)
	anna, bert := user(t, s, "anna"), user(t, s, "bert")
	by := func(who string) chat.Origin {
		return chat.Origin{Fingerprint: key(who).Fingerprint, Address: "192.0.2.1"}
	}
	comes := func(u chat.UserID, name string, by chat.Origin) error {
		a := at("s-"+name, u, name)
		a.Presumed = true
		all, _, err := s.Arrive(t.Context(), "r1", a, by)
		if err == nil && (all.User.Name != name || all.Came != by) {
			t.Errorf("%s arrived as %+v", name, all)
		}
		return err
	}
	for wrong, err := range map[string]error{
		"another's key":  comes(anna.ID, "anna", by("bert")),
		"nobody's key":   comes(anna.ID, "anna", by("carol")),
		"another name":   comes(anna.ID, "anne", by("anna")),
		"nobody by that": comes(99, "anna", by("anna")),
	} {
		if !errors.Is(err, chat.ErrPresumed) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	here(t, s, 0, names{})
	for _, u := range []chat.User{anna, bert} {
		if came, err := s.CameFrom(t.Context(), u.ID); err != nil || came != (chat.Origin{}) {
			t.Errorf("%s came by %+v, %v", u.Name, came, err)
		}
	}
	must(t, comes(anna.ID, "anna", by("anna")))
	here(t, s, 1, names{anna.ID: "anna"})
}

// here fails the test where the people here are not those.
func here(t *testing.T, s chat.Store, version int64, want map[chat.UserID]string) {
	t.Helper()
	roll, err := s.Members(t.Context(), chat.General)
	must(t, err)
	if diff := cmp.Diff(chat.Roll{Version: version, People: want}, roll); diff != "" {
		t.Fatal(diff)
	}
}

type names = map[chat.UserID]string

func oneMember(t *testing.T, h *House) {
	a, b := h.Open(t), h.Open(t)
	ctx := t.Context()
	arrive(t, a, "ra", at("s1", 1, "anna"))
	here(t, b, 1, names{1: "anna"})
	arrive(t, a, "ra", at("s1", 1, "anna")) // again
	arrive(t, b, "rb", at("s2", 1, "anna"))
	arrive(t, a, "ra", at("s3", 2, "bert"))
	here(t, b, 2, names{1: "anna", 2: "bert"})
	must(t, a.Depart(ctx, "ra", "s1"))
	must(t, a.Depart(ctx, "ra", "s1")) // again
	here(t, a, 2, names{1: "anna", 2: "bert"})
	must(t, b.Depart(ctx, "rb", "s2"))
	here(t, a, 3, names{2: "bert"})
	must(t, a.Depart(ctx, "ra", "s3"))
	must(t, a.Depart(ctx, "ra", "never"))
	here(t, a, 4, names{})
}

// dead gives a replica with the sessions whose term is over.
func dead(t *testing.T, h *House, s chat.Store, lease string, all ...chat.Attendance) {
	t.Helper()
	must(t, s.Restore(t.Context(), lease, time.Millisecond, all))
	Until(t, "the term is over", func() bool {
		now, err := h.Redis.Time(t.Context()).Result()
		must(t, err)
		ends, err := h.Redis.ZScore(t.Context(), "room:{0}:leases", lease).Result()
		must(t, err)
		return float64(now.UnixMilli()) > ends
	})
}

func reaped(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t), h.Open(t)}
	ear := listen(t, stores[0])
	stores[0].Subscribe(chat.RoomTopic(chat.General))
	ear.await("general is subscribed", 1, isKind(chat.NewsSubscribed))
	dead(t, h, stores[0], "dead", at("s1", 1, "anna"), at("s2", 1, "anna"), at("s3", 2, "bert"))
	here(t, stores[1], 2, names{1: "anna", 2: "bert"})
	AtOnce(3, func(i int) { report(t, stores[i].Reap(t.Context())) })
	here(t, stores[2], 4, names{})
	post(t, stores[0], chat.General, "the end")
	ear.await("the end", 1, isKind(chat.NewsEntry))
	gone := map[string]int{}
	for _, n := range ear.all() {
		if n.Kind == chat.NewsRoll && n.Change.Turn == chat.TurnOut {
			gone[n.Change.Name]++
		}
	}
	if diff := cmp.Diff(map[string]int{"anna": 1, "bert": 1}, gone); diff != "" {
		t.Error("goings told:", diff)
	}
}

func staysElsewhere(t *testing.T, h *House) {
	s := h.Open(t)
	arrive(t, s, "alive", at("s9", 1, "anna"))
	dead(t, h, s, "dead", at("s1", 1, "anna"))
	must(t, s.Reap(t.Context()))
	here(t, s, 1, names{1: "anna"})
}

func notReaped(t *testing.T, h *House) {
	s := h.Open(t)
	arrive(t, s, "r1", at("s1", 1, "anna"))
	must(t, s.Reap(t.Context()))
	here(t, s, 1, names{1: "anna"})
	// Renewed before anybody looked: the replica lives.
	dead(t, h, s, "r2", at("s2", 2, "bert"))
	known, err := s.Renew(t.Context(), "r2", time.Hour)
	must(t, err)
	must(t, s.Reap(t.Context()))
	here(t, s, 2, names{1: "anna", 2: "bert"})
	if !known {
		t.Error("a lease that nobody buried is unknown")
	}
}

func unknownLease(t *testing.T, h *House) {
	s := h.Open(t)
	renew := func() bool {
		known, err := s.Renew(t.Context(), "r1", time.Hour)
		must(t, err)
		return known
	}
	if renew() {
		t.Error("a lease that never was is known")
	}
	must(t, s.Restore(t.Context(), "r1", time.Hour, nil))
	if !renew() {
		t.Error("a lease just restored is unknown")
	}
	dead(t, h, s, "r1", at("s1", 1, "anna"))
	must(t, s.Reap(t.Context()))
	if renew() {
		t.Error("a lease that was buried is known")
	}
}

// leaseOfSession: the first session to come after the replica was taken for
// dead must tell that the others are to be restored, and not stay for ever
// where the replica dies before it does so.
func leaseOfSession(t *testing.T, h *House) {
	s := h.Open(t)
	dead(t, h, s, "r1", at("s1", 1, "anna"))
	must(t, s.Reap(t.Context()))
	if arrive(t, s, "r1", at("s2", 2, "bert")) {
		t.Error("the sessions that were taken for dead are forgotten")
	}
	if !arrive(t, s, "r1", at("s3", 2, "bert")) {
		t.Error("the lease that began with a session is unknown to the next")
	}
	ends, err := h.Redis.ZScore(t.Context(), "room:{0}:leases", "r1").Result()
	must(t, err)
	if left := time.Until(time.UnixMilli(int64(ends))); left < 0 || left > time.Minute {
		t.Errorf("the session's lease ends in %s", left)
	}
	must(t, s.Restore(t.Context(), "r1", time.Hour, []chat.Attendance{at("s1", 1, "anna"), at("s2", 2, "bert")}))
	here(t, s, 4, names{1: "anna", 2: "bert"})
}

func restored(t *testing.T, h *House) {
	s := h.Open(t)
	ctx := t.Context()
	for _, a := range []chat.Attendance{at("s1", 1, "anna"), at("s2", 2, "bert"), at("s3", 3, "cleo")} {
		arrive(t, s, "r1", a)
	}
	arrive(t, s, "r2", at("s4", 3, "cleo"))
	// anna has another session now, bert and cleo have gone, dora is new.
	again := []chat.Attendance{at("s5", 1, "anna"), at("s6", 4, "dora")}
	must(t, s.Restore(ctx, "r1", time.Hour, again))
	here(t, s, 5, names{1: "anna", 3: "cleo", 4: "dora"})
	must(t, s.Restore(ctx, "r1", time.Hour, again))
	here(t, s, 5, names{1: "anna", 3: "cleo", 4: "dora"})
	must(t, s.Depart(ctx, "r1", "s5"))
	here(t, s, 6, names{3: "cleo", 4: "dora"})
}

func restoredFromNothing(t *testing.T, h *House) {
	s := h.Open(t)
	arrive(t, s, "r1", at("s1", 1, "anna"))
	h.Flush(t)
	must(t, s.Depart(t.Context(), "r1", "s1"))
	here(t, s, 0, names{})
	must(t, s.Restore(t.Context(), "r1", time.Hour, []chat.Attendance{at("s2", 1, "anna")}))
	here(t, s, 1, names{1: "anna"})
}

func presenceAtOnce(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t)}
	AtOnce(8, func(i int) {
		lease := "r" + string(rune('0'+i%2))
		for range 10 {
			session := string(rune('a' + i))
			_, _, err := stores[i%2].Arrive(t.Context(), lease, at(session, 1, "anna"), chat.Origin{})
			if chat.ErrorCode(err) != chat.CodeNotFound {
				t.Error(err)
			}
			report(t, stores[i%2].Depart(t.Context(), lease, session))
		}
	})
	roll, err := stores[0].Members(t.Context(), chat.General)
	must(t, err)
	if len(roll.People) != 0 || roll.Version%2 != 0 {
		t.Errorf("all have gone, and the roll is %+v", roll)
	}
	arrive(t, stores[0], "r0", at("z", 1, "anna"))
	here(t, stores[1], roll.Version+1, names{1: "anna"})
}

// leases: two people by three sessions, and a replica that nobody is on.
func leases(t *testing.T, h *House) {
	s := h.Open(t)
	arrive(t, s, "r1", at("s1", 1, "anna"))
	arrive(t, s, "r1", at("s2", 2, "bert"))
	arrive(t, s, "r2", at("s3", 1, "anna"))
	must(t, s.Restore(t.Context(), "r3", time.Hour, nil))
	dead(t, h, s, "r4")
	n, all, err := s.Leases(t.Context())
	must(t, err)
	sessions, left := map[string]int{}, map[string]time.Duration{}
	for _, l := range all {
		sessions[l.Name], left[l.Name] = l.Sessions, l.Left
	}
	if diff := cmp.Diff(map[string]int{"r1": 2, "r2": 1, "r3": 0, "r4": 0}, sessions); diff != "" || n != 2 {
		t.Errorf("%d are here, on: %s", n, diff)
	}
	if left["r1"] <= 0 || left["r1"] > chat.LeaseTerm || left["r3"] <= chat.LeaseTerm || left["r4"] > 0 {
		t.Errorf("the leases hold for %v", left)
	}
}
