package storagetest

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"teahouse/app/chat"
)

func accounts() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"one new key makes one user":             oneKey,
		"one wish goes to one user":              oneWish,
		"a number that is somebody's stays so":   countBehind,
		"who was lost is put back":               putBack,
		"nobody is put in another's place":       putBackTooLate,
		"a crash before the name is repaired":    crashBeforeName,
		"the first name given to a user holds":   twoWishesForOneKey,
		"what a user is":                         whatAUserIs,
		"look-alikes are one name":               lookAlikes,
		"a name given up stays reserved":         oldName,
		"a name given up is free in the end":     oldNameFree,
		"a new name shows in all rolls":          newNameInRolls,
		"no names left":                          noNames,
		"all replicas get the same host key":     hostKey,
		"host keys are changed by one at a time": hostKeySwap,
		"nobody is found where nobody is":        nobody,
		"a login is noted":                       saw,
		"names are found by what they look like": findByLooks,
	}
}

func oneKey(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t)}
	users, made := make([]chat.User, 8), make([]bool, 8)
	AtOnce(8, func(i int) {
		var err error
		users[i], made[i], err = stores[i%2].EnsureUser(t.Context(), key("alice"), chat.Candidates("alice"))
		report(t, err)
	})
	for i, u := range users {
		if u.ID == 0 || u.ID != users[0].ID || u.Name != "alice" {
			t.Errorf("caller %d got %+v, the first %+v", i, u, users[0])
		}
	}
	if n := len(slices.DeleteFunc(made, func(m bool) bool { return !m })); n != 1 {
		t.Errorf("%d calls made the user, want 1", n)
	}
	again, isNew, err := stores[1].EnsureUser(t.Context(), key("alice"), chat.Candidates("other"))
	must(t, err)
	if isNew || again.ID != users[0].ID || again.Name != "alice" {
		t.Errorf("the next login gave %+v, made: %v", again, isNew)
	}
}

func oneWish(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t)}
	users := make([]chat.User, 8)
	AtOnce(8, func(i int) {
		u, made, err := stores[i%2].EnsureUser(t.Context(), key(fmt.Sprint("k", i)), chat.Candidates("carol"))
		report(t, err)
		if !made {
			t.Errorf("key %d is new, and yet its user was there", i)
		}
		users[i] = u
	})
	names, ids := map[string]bool{}, map[chat.UserID]bool{}
	for _, u := range users {
		names[u.Name], ids[u.ID] = true, true
	}
	if len(names) != 8 || len(ids) != 8 || !names["carol"] {
		t.Errorf("8 keys gave the names %v and the ids %v", names, ids)
	}
}

// countBehind has the count of users be lost, as where a part of a cluster fails,
// and more people come at once than there are numbers between those in use.
func countBehind(t *testing.T, h *House) {
	stores := []chat.Store{h.Open(t), h.Open(t)}
	was := map[chat.UserID]string{}
	for _, who := range []string{"anna", "bert", "cora", "dave", "emma"} {
		was[user(t, stores[0], who).ID] = who
	}
	must(t, stores[0].Forget(t.Context(), user(t, stores[0], "cora").ID, "gone", 0))
	must(t, h.Redis.Del(t.Context(), "total_users").Err())
	users := make([]chat.User, 8)
	AtOnce(8, func(i int) {
		var err error
		users[i], _, err = stores[i%2].EnsureUser(t.Context(), key(fmt.Sprint("k", i)), chat.Candidates("zoe"))
		report(t, err)
	})
	for _, u := range users {
		if who, taken := was[u.ID]; taken || u.ID == 0 {
			t.Errorf("%s has the number %d, of %q", u.Name, u.ID, who)
		}
		was[u.ID] = u.Name
	}
	if got := user(t, stores[1], "emma"); was[got.ID] != "emma" || got.Name != "emma" {
		t.Errorf("emma is %+v now", got)
	}
}

// putBack has Redis be emptied while somebody is here.
func putBack(t *testing.T, h *House) {
	s := h.Open(t)
	user(t, s, "anna")
	bert := user(t, s, "bert")
	h.Flush(t)
	// By each of bert's sessions: two by one key, and one by another. That the last
	// key may not be removed changes nothing.
	for i, k := range []string{"bert", "bert", "tablet"} {
		if i == 1 {
			wantCode(t, s.RemoveKey(t.Context(), bert.ID, key("bert").Fingerprint), chat.CodeRefused)
		}
		must(t, s.Revive(t.Context(), bert, key(k)))
		got, err := s.UserByKey(t.Context(), key(k).Fingerprint)
		must(t, err)
		if got.ID != bert.ID || got.Name != "bert" || !got.Created.Equal(bert.Created) {
			t.Errorf("by the key %q bert is %+v, and was %+v", k, got, bert)
		}
	}
	must(t, s.RemoveKey(t.Context(), bert.ID, key("tablet").Fingerprint))
	wantCode(t, s.Revive(t.Context(), bert, key("tablet")), chat.CodeTaken)
	if cora := user(t, s, "cora"); cora.ID <= bert.ID {
		t.Errorf("bert has the number %d, and cora, who came later, %d", bert.ID, cora.ID)
	}
}

// putBackTooLate has somebody new come before who was here is put back.
func putBackTooLate(t *testing.T, h *House) {
	s := h.Open(t)
	anna := user(t, s, "anna")
	h.Flush(t)
	bert := user(t, s, "bert")
	if bert.ID != anna.ID {
		t.Fatalf("bert has the number %d, and not anna's", bert.ID)
	}
	wantCode(t, s.Revive(t.Context(), anna, key("anna")), chat.CodeTaken)
	_, err := s.UserByKey(t.Context(), key("anna").Fingerprint)
	wantCode(t, err, chat.CodeNotFound)
	keys, err := s.Keys(t.Context(), bert.ID)
	must(t, err)
	if len(keys) != 1 || keys[0] != key("bert") {
		t.Errorf("bert's keys are %v", keys)
	}
	if again := user(t, s, "anna"); again.ID == bert.ID || again.Name != "anna" {
		t.Errorf("anna is %+v now", again)
	}
}

// crashBeforeName repeats what is left when a replica dies after it settled
// whose the key is.
func crashBeforeName(t *testing.T, h *House) {
	s := h.Open(t)
	must(t, h.Redis.Set(t.Context(), "total_users", 7, 0).Err())
	must(t, h.Redis.Set(t.Context(), "key:SHA256:dora", 7, 0).Err())
	must(t, h.Redis.Set(t.Context(), "username:"+name(t, "dora").Fold(), 7, 0).Err())
	_, err := s.UserByKey(t.Context(), "SHA256:dora")
	wantCode(t, err, chat.CodeNotFound)

	u, made, err := s.EnsureUser(t.Context(), key("dora"), chat.Candidates("dora"))
	must(t, err)
	if made || u.ID != 7 || u.Name != "dora" {
		t.Errorf("the next login got %+v, made: %v; want user 7, dora, made before", u, made)
	}
	found, err := s.UserByKey(t.Context(), "SHA256:dora")
	must(t, err)
	if found != u {
		t.Errorf("the key finds %+v, want %+v", found, u)
	}
}

// twoWishesForOneKey has another device name the user while this one is about
// to: with another name, and with one that looks like it.
func twoWishesForOneKey(t *testing.T, h *House) {
	s := h.Open(t)
	for _, wish := range []struct{ first, second string }{{"erin", "frank"}, {"paypal", "paypa1"}} {
		overtaken := iter.Seq[chat.Name](func(yield func(chat.Name) bool) {
			_, _, err := s.EnsureUser(t.Context(), key(wish.first), slices.Values([]chat.Name{name(t, wish.first)}))
			report(t, err)
			yield(name(t, wish.second))
		})
		u, _, err := s.EnsureUser(t.Context(), key(wish.first), overtaken)
		must(t, err)
		if u.Name != wish.first {
			t.Errorf("the user is called %q, want %q, which was first", u.Name, wish.first)
		}
		held, err := s.UserByName(t.Context(), name(t, wish.first))
		if err != nil || held.ID != u.ID {
			t.Errorf("%q finds %+v, %v; want user %d", wish.first, held, err, u.ID)
		}
	}
	_, err := s.UserByName(t.Context(), name(t, "frank"))
	wantCode(t, err, chat.CodeNotFound) // the name that lost is free again
}

func whatAUserIs(t *testing.T, h *House) {
	s := h.Open(t)
	before := time.Now().Add(-time.Second)
	u := user(t, s, "gina")
	byID, err := s.User(t.Context(), u.ID)
	must(t, err)
	byKey, err := s.UserByKey(t.Context(), key("gina").Fingerprint)
	must(t, err)
	byName, err := s.UserByName(t.Context(), name(t, "gina"))
	must(t, err)
	if byID != u || byKey != u || byName != u {
		t.Errorf("made %+v, by id %+v, by key %+v, by name %+v", u, byID, byKey, byName)
	}
	if u.Created.Before(before) || u.Created.After(time.Now()) || u.Seen.IsZero() {
		t.Errorf("created %s, seen %s, want about now", u.Created, u.Seen)
	}
}

func saw(t *testing.T, h *House) {
	s := h.Open(t)
	u := user(t, s, "gina")
	must(t, h.Redis.HSet(t.Context(), "user:{"+u.ID.String()+"}", "seen", 1000).Err())
	other := user(t, s, "hugo")
	must(t, s.Saw(t.Context()))
	must(t, s.Saw(t.Context(), u.ID, other.ID))
	again, err := s.User(t.Context(), u.ID)
	must(t, err)
	if p := profile(t, s, u.ID); p.User != again {
		t.Errorf("the profile is %+v, the user %+v", p, again)
	}
	if time.Since(again.Seen) > time.Minute || again.Created != u.Created {
		t.Errorf("seen %s ago, made %s; want now, and %s", time.Since(again.Seen), again.Created, u.Created)
	}
}

func nobody(t *testing.T, h *House) {
	s := h.Open(t)
	_, err := s.User(t.Context(), 99)
	wantCode(t, err, chat.CodeNotFound)
	_, err = s.UserByKey(t.Context(), "SHA256:nobody")
	wantCode(t, err, chat.CodeNotFound)
	_, err = s.UserByName(t.Context(), name(t, "noone2"))
	wantCode(t, err, chat.CodeNotFound)
	_, err = s.Rename(t.Context(), 99, name(t, "noone2"), time.Hour)
	wantCode(t, err, chat.CodeNotFound)
}

func lookAlikes(t *testing.T, h *House) {
	s := h.Open(t)
	user(t, s, "paypal")
	late := user(t, s, "paypa1")
	if late.Name == "paypa1" {
		t.Error("paypal and paypa1 are two users")
	}
	_, err := s.Rename(t.Context(), late.ID, name(t, "paypa1"), time.Hour)
	wantCode(t, err, chat.CodeTaken)
}

func findByLooks(t *testing.T, h *House) {
	s := h.Open(t)
	u := user(t, s, "paypal")
	found, err := s.UserByName(t.Context(), name(t, "paypa1"))
	must(t, err)
	if found != u {
		t.Errorf("found %+v, want %+v", found, u)
	}
	// The owner may spell the name another way, and keeps it.
	again, err := s.Rename(t.Context(), u.ID, name(t, "paypa1"), time.Millisecond)
	must(t, err)
	ttl, err := h.Redis.TTL(t.Context(), "username:"+name(t, "paypal").Fold()).Result()
	must(t, err)
	if again.Name != "paypa1" || ttl != -1 {
		t.Errorf("spelled %q, the name ends in %s; want paypa1, never", again.Name, ttl)
	}
}

func oldName(t *testing.T, h *House) {
	s := h.Open(t)
	u, other := user(t, s, "hanna"), user(t, s, "ivan")
	renamed, err := s.Rename(t.Context(), u.ID, name(t, "johanna"), time.Hour)
	must(t, err)
	if renamed.Name != "johanna" || renamed.ID != u.ID {
		t.Errorf("renamed to %+v", renamed)
	}
	_, err = s.Rename(t.Context(), other.ID, name(t, "hanna"), time.Hour)
	wantCode(t, err, chat.CodeTaken)
	for _, n := range []string{"hanna", "johanna"} {
		found, err := s.UserByName(t.Context(), name(t, n))
		must(t, err)
		if found != renamed {
			t.Errorf("%s finds %+v, want %+v", n, found, renamed)
		}
	}
	_, err = s.Rename(t.Context(), u.ID, name(t, "hanna"), time.Hour)
	must(t, err)
	ttl, err := h.Redis.TTL(t.Context(), "username:"+name(t, "hanna").Fold()).Result()
	must(t, err)
	if ttl != -1 {
		t.Errorf("the name taken back ends in %s", ttl)
	}
}

func oldNameFree(t *testing.T, h *House) {
	s := h.Open(t)
	u, other := user(t, s, "kira"), user(t, s, "leo")
	_, err := s.Rename(t.Context(), u.ID, name(t, "kira2"), time.Second)
	must(t, err)
	Until(t, "the old name is free", func() bool {
		_, err := s.Rename(t.Context(), other.ID, name(t, "kira"), time.Second)
		return err == nil
	})
}

func newNameInRolls(t *testing.T, h *House) {
	s := h.Open(t)
	u, ops := user(t, s, "mona"), room(t, s, "ops")
	_, err := s.AddMember(t.Context(), ops.ID, u)
	must(t, err)
	arrive(t, s, "r1", at("s1", u.ID, u.Name))
	_, err = s.Rename(t.Context(), u.ID, name(t, "lisa"), time.Hour)
	must(t, err)
	for _, id := range []chat.RoomID{ops.ID, chat.General} {
		roll, err := s.Members(t.Context(), id)
		must(t, err)
		if roll.People[u.ID] != "lisa" || roll.Version != 2 {
			t.Errorf("the roll of room %s is %v", id, roll)
		}
	}
}

func noNames(t *testing.T, h *House) {
	s := h.Open(t)
	user(t, s, "nora")
	_, _, err := s.EnsureUser(t.Context(), key("other"), slices.Values([]chat.Name{name(t, "nora")}))
	wantCode(t, err, chat.CodeTaken)
}

func hostKey(t *testing.T, h *House) {
	a, b := h.Open(t), h.Open(t)
	none, err := a.HostKey(t.Context())
	must(t, err)
	if none != nil {
		t.Fatalf("an empty chat has the host key %q", none)
	}
	got := make([][]byte, 8)
	AtOnce(8, func(i int) {
		store := a
		if i%2 == 1 {
			store = b
		}
		var err error
		got[i], err = store.OfferHostKey(t.Context(), []byte{'k', byte('0' + i)})
		report(t, err)
	})
	kept, err := b.HostKey(t.Context())
	must(t, err)
	for i, pem := range got {
		if len(pem) == 0 || !bytes.Equal(pem, kept) {
			t.Errorf("offer %d got %q, kept is %q", i, pem, kept)
		}
	}
}

func hostKeySwap(t *testing.T, h *House) {
	a, b := h.Open(t), h.Open(t)
	if swapped, err := a.SwapHostKey(t.Context(), []byte("one"), []byte("two")); err != nil || swapped {
		t.Errorf("what is not there was swapped: %v, %v", swapped, err)
	}
	_, err := a.OfferHostKey(t.Context(), []byte("one"))
	must(t, err)
	var won atomic.Int32
	AtOnce(8, func(i int) {
		store := a
		if i%2 == 1 {
			store = b
		}
		swapped, err := store.SwapHostKey(t.Context(), []byte("one"), []byte{'k', byte('0' + i)})
		report(t, err)
		if swapped {
			won.Add(1)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d of those who changed the keys at once have done so", won.Load())
	}
	kept, err := b.HostKey(t.Context())
	must(t, err)
	if swapped, err := a.SwapHostKey(t.Context(), []byte("one"), kept); err != nil || !swapped {
		t.Errorf("a change that is made again: %v, %v", swapped, err)
	}
}
