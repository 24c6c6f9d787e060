package storagetest

import (
	"fmt"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

func order() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"rules are what was decreed":            decreed,
		"rules are told to all replicas":        decreesTold,
		"a sanction is lifted once":             liftedOnce,
		"sanctions are bounded":                 sanctionLimit,
		"deeds are numbered":                    deedsNumbered,
		"deeds are bounded":                     deedLimit,
		"a room's office holders discipline":    disciplined,
		"who is banned does not enter a room":   bannedFromRoom,
		"who is muted writes nothing in a room": mutedInRoom,
		"what is over holds nobody":             sanctionOver,
		"office holders delete for others":      deletedByOffice,
		"a place in the chat is taken once":     placeOnce,
		"by what somebody came":                 cameBy,
	}
}

// sanction makes one of the act against a user.
func sanction(act chat.SanctionAct, who chat.User, term time.Duration) *chat.Sanction {
	s := &chat.Sanction{Act: act, Target: chat.UserTarget(who), Why: `"so"`, By: "zoë", At: time.UnixMilli(1000)}
	if term != 0 {
		s.Until = time.UnixMilli(time.Now().Add(term).UnixMilli())
	}
	return s
}

func ban(who chat.User) *chat.Sanction { return sanction(chat.ActBan, who, time.Hour) }

func doing(verb chat.Verb, target string) chat.Doing { return chat.Doing{Verb: verb, Target: target} }

func did(act string) chat.Deed {
	return chat.Deed{At: time.UnixMilli(2000), By: "zoë", ByID: 7, Act: act, Target: "bert", Until: time.UnixMilli(3000), Why: `"so"`}
}

func rules(t *testing.T, s chat.Store) chat.Rules {
	t.Helper()
	r, err := s.Rules(t.Context())
	must(t, err)
	version, err := s.RulesVersion(t.Context())
	must(t, err)
	if r.Version != version {
		t.Errorf("the rules are of version %q, and %q is in force", r.Version, version)
	}
	slices.SortFunc(r.Sanctions, func(a, b chat.Sanction) int { return len(a.ID()) - len(b.ID()) })
	return r
}

func decreed(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	if r := rules(t, s); r.Version != "" || len(r.Sanctions) > 0 {
		t.Errorf("at first there is %+v", r)
	}
	user, mute := ban(chat.User{ID: 5, Name: "bert"}), sanction(chat.ActMute, chat.User{ID: 5, Name: "bert"}, 0)
	net := &chat.Sanction{Act: chat.ActBan, Target: chat.NetTarget(netip.MustParsePrefix("203.0.113.0/24")), By: "zoë", At: time.UnixMilli(1000)}
	motd, until := `be "kind"`, time.UnixMilli(time.Now().Add(time.Hour).UnixMilli())
	versions := map[string]bool{}
	for _, d := range []chat.Decree{
		{Deed: did("ban"), Impose: user}, {Deed: did("mute"), Impose: mute}, {Deed: did("ban"), Impose: net},
		{Deed: did("motd"), MOTD: &motd}, {Deed: did("lockdown"), Lockdown: &until},
	} {
		must(t, s.Decree(t.Context(), d))
		versions[rules(t, other).Version] = true
	}
	want := chat.Rules{Version: rules(t, s).Version, MOTD: motd, Lockdown: until, Sanctions: []chat.Sanction{*user, *mute, *net}}
	if diff := cmp.Diff(want, rules(t, other), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
		t.Error(diff)
	}
	if len(versions) != 5 {
		t.Errorf("five decrees have %d versions", len(versions))
	}
	none, zero := "", time.Time{}
	must(t, s.Decree(t.Context(), chat.Decree{Deed: did("motd"), MOTD: &none, Lockdown: &zero}))
	if r := rules(t, other); r.MOTD != "" || !r.Lockdown.IsZero() || len(r.Sanctions) != 3 {
		t.Errorf("then there is %+v", r)
	}
}

func decreesTold(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	e := listen(t, other)
	other.Subscribe(chat.HouseTopic)
	e.await("subscribed", 1, isKind(chat.NewsSubscribed))
	must(t, s.Decree(t.Context(), chat.Decree{Deed: did("ban"), Impose: ban(chat.User{ID: 5})}))
	e.await("the decree", 1, isKind(chat.NewsRules))
}

func liftedOnce(t *testing.T, h *House) {
	s := h.Open(t)
	held := ban(chat.User{ID: 5})
	lift := chat.Decree{Deed: did("unban"), Lift: held}
	wantCode(t, s.Decree(t.Context(), lift), chat.CodeNotFound)
	must(t, s.Decree(t.Context(), chat.Decree{Deed: did("ban"), Impose: held}))
	var done atomic.Int64
	AtOnce(4, func(int) {
		if s.Decree(t.Context(), lift) == nil {
			done.Add(1)
		}
	})
	if done.Load() != 1 || len(rules(t, s).Sanctions) != 0 {
		t.Errorf("it was lifted %d times", done.Load())
	}
	if deeds := deeds(t, s, 0, 10); len(deeds) != 2 || deeds[1].Act != "unban" {
		t.Errorf("the log has %+v: what failed was not done", deeds)
	}
}

// sanctionLimit fills the hash by the operator's own hand: ten thousand decrees
// would take long.
func sanctionLimit(t *testing.T, h *House) {
	s := h.Open(t)
	over := fmt.Sprintf(`{"act":"ban","kind":"user","id":"x","until":%d}`, time.Now().Add(-time.Second).UnixMilli())
	fill := map[string]any{}
	for n := range chat.LimitSanctions {
		fill[fmt.Sprint("ban user x", n)] = `{"act":"ban","kind":"user","id":"x"}`
	}
	must(t, h.Redis.HSet(t.Context(), "chat:{house}:sanctions", fill).Err())
	d := chat.Decree{Deed: did("ban"), Impose: ban(chat.User{ID: 5})}
	wantCode(t, s.Decree(t.Context(), d), chat.CodeRefused)
	must(t, h.Redis.HSet(t.Context(), "chat:{house}:sanctions", "ban user x7", over).Err())
	must(t, s.Decree(t.Context(), d))
	must(t, s.Decree(t.Context(), d)) // in its own place
	wantCode(t, s.Decree(t.Context(), chat.Decree{Deed: did("ban"), Impose: ban(chat.User{ID: 6})}), chat.CodeRefused)
}

func deeds(t *testing.T, s chat.Store, before int64, n int) []chat.Deed {
	t.Helper()
	all, err := s.Deeds(t.Context(), before, n)
	must(t, err)
	return all
}

func deedsNumbered(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	AtOnce(8, func(i int) { report(t, []chat.Store{s, other}[i%2].Record(t.Context(), did("kick"))) })
	must(t, s.Decree(t.Context(), chat.Decree{Deed: did("ban"), Impose: ban(chat.User{ID: 5})}))
	all := deeds(t, other, 0, 100)
	for i, d := range all {
		want := did(d.Act)
		if want.ID = int64(i + 1); d != want {
			t.Errorf("deed %d is %+v", i+1, d)
		}
	}
	if len(all) != 9 || all[8].Act != "ban" {
		t.Errorf("%d deeds", len(all))
	}
	if some := deeds(t, s, 5, 2); len(some) != 2 || some[0].ID != 3 || some[1].ID != 4 {
		t.Errorf("two before the fifth are %+v", some)
	}
}

// deedLimit puts the log at its limit by the operator's own hand.
func deedLimit(t *testing.T, h *House) {
	s := h.Open(t)
	const most = chat.LimitDeeds
	old := make([]redis.Z, most)
	for n := range old {
		old[n] = redis.Z{Score: float64(n + 1), Member: fmt.Sprintf(`{"id":%d,"at":1,"act":"ban"}`, n+1)}
	}
	must(t, h.Redis.ZAdd(t.Context(), "chat:{house}:audit", old...).Err())
	must(t, h.Redis.HSet(t.Context(), "chat:{house}", "deeds", most).Err())
	for range 3 {
		must(t, s.Record(t.Context(), did("kick")))
	}
	all := deeds(t, s, 0, 2*most)
	if len(all) != most || all[0].ID != 4 || all[most-1].ID != most+3 || all[most-1].Act != "kick" {
		t.Errorf("%d deeds, from %+v to %+v", len(all), all[0], all[len(all)-1])
	}
}

func disciplined(t *testing.T, h *House) {
	r := newTrio(t, h)
	e := listen(t, r)
	r.Subscribe(chat.RoomTopic(r.room.ID))
	e.await("subscribed", 1, isKind(chat.NewsSubscribed))
	must(t, r.SetModerator(t.Context(), r.room.ID, r.anna, r.bert, true))
	in := func(by, who chat.User) error {
		return r.Discipline(t.Context(), r.room.ID, by, who, ban(who), doing(chat.DidBan, who.Name))
	}
	wantCode(t, in(r.cleo, r.anna), chat.CodeRefused)
	wantCode(t, in(r.bert, r.anna), chat.CodeRefused)
	wantCode(t, in(r.bert, r.bert), chat.CodeRefused)
	must(t, in(r.bert, r.cleo))
	must(t, in(r.anna, r.bert))
	admin := chat.User{ID: 99, Name: "zoë", Admin: true}
	must(t, in(admin, r.anna))
	all, err := r.SanctionsIn(t.Context(), r.room.ID)
	must(t, err)
	if len(all) != 3 {
		t.Errorf("%d sanctions", len(all))
	}
	wantCode(t, r.Pardon(t.Context(), r.room.ID, r.cleo, r.cleo, chat.ActBan), chat.CodeRefused)
	wantCode(t, r.Pardon(t.Context(), r.room.ID, r.bert, r.cleo, chat.ActMute), chat.CodeNotFound)
	must(t, r.Pardon(t.Context(), r.room.ID, r.bert, r.cleo, chat.ActBan))
	told := e.await("what was done", 5, isKind(chat.NewsNotice))
	if last := told[4].Notice; last.Name != "bert" || last.Text != "unbanned cleo" {
		t.Errorf("told: %+v", last)
	}
	// In a private room an administrator is like everybody else.
	den := secret(t, r, "den", r.anna)
	wantCode(t, r.Discipline(t.Context(), den.ID, admin, r.anna, ban(r.anna), doing(chat.DidBan, "anna")), chat.CodeRefused)
}

func bannedFromRoom(t *testing.T, h *House) {
	r := newTrio(t, h)
	must(t, r.Discipline(t.Context(), r.room.ID, r.anna, r.cleo, ban(r.cleo), doing(chat.DidBan, "cleo")))
	wantCode(t, r.says(r.cleo, "still in"), chat.CodeRefused)
	_, err := r.RemoveMember(t.Context(), r.room.ID, r.cleo)
	must(t, err)
	_, err = r.AddMember(t.Context(), r.room.ID, r.cleo)
	wantCode(t, err, chat.CodeRefused)
	must(t, r.Invite(t.Context(), r.room.ID, r.cleo.ID, "bert"))
	_, err = r.Accept(t.Context(), r.room.ID, r.cleo)
	wantCode(t, err, chat.CodeRefused)
	if in, err := r.IsMember(t.Context(), r.room.ID, r.cleo.ID); err != nil || in {
		t.Errorf("in it: %v, %v", in, err)
	}
	// They come at the moment when they are banned: whatever comes first, they
	// cannot write there.
	AtOnce(8, func(i int) {
		u := chat.User{ID: chat.UserID(100 + i/2), Name: "x"}
		if i%2 == 0 {
			report(t, r.Discipline(t.Context(), r.room.ID, r.anna, u, ban(u), doing(chat.DidBan, "x")))
			return
		}
		if _, err := r.AddMember(t.Context(), r.room.ID, u); err != nil && chat.ErrorCode(err) != chat.CodeRefused {
			t.Error(err)
		}
	})
	for i := range 4 {
		wantCode(t, r.says(chat.User{ID: chat.UserID(100 + i), Name: "x"}, "x"), chat.CodeRefused)
	}
}

func mutedInRoom(t *testing.T, h *House) {
	r := newTrio(t, h)
	must(t, r.says(r.cleo, "before"))
	must(t, r.Discipline(t.Context(), r.room.ID, r.anna, r.cleo, sanction(chat.ActMute, r.cleo, time.Hour), doing(chat.DidMute, "cleo")))
	err := r.says(r.cleo, "after")
	wantCode(t, err, chat.CodeRefused)
	if words := chat.ErrorText(err); words != `you are muted in this room for another 1 h: "so"` {
		t.Errorf("the words are %q", words)
	}
	must(t, r.says(r.cleo, "before")) // the answer of the first time
	wantCode(t, r.SetTopic(t.Context(), r.room.ID, "x", r.cleo), chat.CodeRefused)
	change := func(act chat.Act) error {
		_, err := r.Revise(t.Context(), chat.Revision{Key: string(act), Room: r.room.ID, From: r.cleo.ID, ID: 1, Act: act, Text: "👍"})
		return err
	}
	wantCode(t, change(chat.ActEdit), chat.CodeRefused)
	wantCode(t, change(chat.ActReact), chat.CodeRefused)
	must(t, change(chat.ActDelete)) // what they take back may go
	if _, err := r.AddMember(t.Context(), r.room.ID, r.cleo); err != nil {
		t.Errorf("who is muted may be there: %v", err)
	}
	must(t, r.Pardon(t.Context(), r.room.ID, r.anna, r.cleo, chat.ActMute))
	must(t, r.says(r.cleo, "after"))
}

func sanctionOver(t *testing.T, h *House) {
	r := newTrio(t, h)
	for _, act := range []chat.SanctionAct{chat.ActBan, chat.ActMute} {
		must(t, r.Discipline(t.Context(), r.room.ID, r.anna, r.cleo, sanction(act, r.cleo, -time.Second), doing(chat.Verb(act), "cleo")))
	}
	must(t, r.says(r.cleo, "again"))
	_, err := r.RemoveMember(t.Context(), r.room.ID, r.cleo)
	must(t, err)
	_, err = r.AddMember(t.Context(), r.room.ID, r.cleo)
	must(t, err)
}

func deletedByOffice(t *testing.T, h *House) {
	r := newTrio(t, h)
	must(t, r.SetModerator(t.Context(), r.room.ID, r.anna, r.bert, true))
	for _, key := range []string{"one", "two", "three"} {
		must(t, r.says(r.anna, key))
	}
	deletes := func(who chat.User, id chat.MessageID) error {
		_, err := r.Revise(t.Context(), chat.Revision{
			Key: fmt.Sprint(who.ID, id), Room: r.room.ID, From: who.ID, Rule: who.Rules(r.room.ID), ID: id, Act: chat.ActDelete,
		})
		return err
	}
	wantCode(t, deletes(r.cleo, 1), chat.CodeRefused)
	must(t, deletes(r.bert, 1))
	must(t, deletes(chat.User{ID: 99, Admin: true}, 2))
	wantCode(t, deletes(chat.User{ID: 98}, 3), chat.CodeRefused)
}

func placeOnce(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	_, err := s.TakePlace(t.Context(), "secret", "SHA256:a")
	wantCode(t, err, chat.CodeNotFound)
	must(t, s.OfferPlace(t.Context(), "secret", 7, time.Hour))
	var got atomic.Int64
	AtOnce(6, func(i int) {
		by, err := []chat.Store{s, other}[i%2].TakePlace(t.Context(), "secret", fmt.Sprint("SHA256:", i))
		switch {
		case err == nil && by == 7:
			got.Add(1)
		case chat.ErrorCode(err) != chat.CodeNotFound:
			t.Errorf("%d, %v", by, err)
		}
	})
	if got.Load() != 1 {
		t.Errorf("%d keys took it", got.Load())
	}
	must(t, s.OfferPlace(t.Context(), "other", 7, time.Hour))
	for range 2 {
		by, err := s.TakePlace(t.Context(), "other", "SHA256:a")
		must(t, err)
		if by != 7 {
			t.Errorf("invited by %d", by)
		}
	}
	_, err = s.TakePlace(t.Context(), "other", "SHA256:b")
	wantCode(t, err, chat.CodeNotFound)
	must(t, s.OfferPlace(t.Context(), "short", 7, 50*time.Millisecond))
	Until(t, "an offer ends", func() bool {
		n, err := h.Redis.Exists(t.Context(), "place:short").Result()
		must(t, err)
		return n == 0
	})
	_, err = s.TakePlace(t.Context(), "short", "SHA256:a")
	wantCode(t, err, chat.CodeNotFound)
}

func cameBy(t *testing.T, h *House) {
	s := h.Open(t)
	u := user(t, s, "anna")
	came := func(want chat.Origin) {
		t.Helper()
		by, err := s.CameFrom(t.Context(), u.ID)
		must(t, err)
		if by != want || owned(t, s, u.ID).Came != want {
			t.Errorf("came by %+v, want %+v", by, want)
		}
	}
	came(chat.Origin{})
	laptop := chat.Origin{Fingerprint: "SHA256:a", Address: "203.0.113.9"}
	must(t, s.CameBy(t.Context(), u.ID, laptop))
	came(laptop)
	phone := chat.Origin{Fingerprint: "SHA256:b", Address: "203.0.113.10"}
	all, _, err := s.Arrive(t.Context(), "r1", at("s1", u.ID, "anna"), phone)
	must(t, err)
	if all.Came != phone {
		t.Errorf("who arrives came by %+v", all.Came)
	}
	came(phone)
	must(t, s.Forget(t.Context(), u.ID, goneWords, time.Hour))
	if by, err := s.CameFrom(t.Context(), u.ID); err != nil || by != (chat.Origin{}) {
		t.Errorf("somebody forgotten came by %+v, %v", by, err)
	}
}
