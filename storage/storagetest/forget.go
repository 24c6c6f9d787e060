package storagetest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

func forgetting() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"nothing is left of a user":            nothingLeft,
		"nothing comes back of a user":         nothingComesBack,
		"a name of nobody":                     nameOfNobody,
		"forgetting is told":                   forgettingTold,
		"forgetting cut short":                 forgettingCutShort,
		"rooms with somebody who is gone":      roomsWithGone,
		"moving a key":                         movingKey,
		"a link code works once":               linkOnce,
		"a link code ends":                     linkEnds,
		"a link code is nobody else's":         linkOfAnother,
		"forgetting somebody who is nobody":    forgetNobody,
		"forgetting somebody again is refused": forgetAgain,
	}
}

const goneWords = "you are gone, “zoë”"

// settled makes a user who has something of everything.
func settled(t *testing.T, s chat.Store, who string) chat.User {
	t.Helper()
	u := user(t, s, who)
	ops := member(t, s, u, "ops")
	ctx := t.Context()
	must(t, s.AddKey(ctx, u.ID, key(who+"-laptop")))
	must(t, s.Set(ctx, u.ID, "theme", "night"))
	must(t, s.KeepDraft(ctx, u.ID, ops.ID, "x"))
	must(t, s.KeepPlace(ctx, u.ID, ops.ID))
	must(t, s.Ignore(ctx, u.ID, chat.User{ID: 99, Name: "x"}, true))
	must(t, s.Mute(ctx, u.ID, ops.ID, true))
	must(t, s.MarkRead(ctx, chat.ReadMark{User: u.ID, Room: ops.ID, ID: 3}))
	must(t, s.Away(ctx, u, "lunch"))
	return u
}

// keysOf lists what Redis has under a user's hash tag, and which of it lasts.
func keysOf(t *testing.T, h *House, id chat.UserID) (all []string) {
	t.Helper()
	var mu sync.Mutex
	must(t, h.each(t.Context(), func(ctx context.Context, node *redis.Client) error {
		found, err := node.Keys(ctx, "user:{"+id.String()+"}*").Result()
		mu.Lock()
		defer mu.Unlock()
		all = append(all, found...)
		return err
	}))
	slices.Sort(all)
	return all
}

func nothingLeft(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	u := settled(t, s, "anna")
	if n := len(keysOf(t, h, u.ID)); n < 6 {
		t.Fatalf("a user has %d keys", n)
	}
	must(t, s.Forget(t.Context(), u.ID, goneWords, time.Hour))
	_, err := other.User(t.Context(), u.ID)
	wantCode(t, err, chat.CodeGone)
	if text := chat.ErrorText(err); text != goneWords {
		t.Errorf("the words are %q", text)
	}
	for _, k := range []string{"anna", "anna-laptop"} {
		_, err := other.UserByKey(t.Context(), key(k).Fingerprint)
		wantCode(t, err, chat.CodeNotFound)
	}
	onlyGone(t, h, u.ID)
	roll, err := other.Members(t.Context(), chat.General)
	must(t, err)
	if roll.Away[u.ID] {
		t.Error("somebody who is gone is away")
	}
	again := user(t, other, "anna")
	if again.ID == u.ID || again.Name == "anna" {
		t.Errorf("the key opens %+v, who was %+v", again, u)
	}
	if p := prefs(t, s, again.ID); p.Settings != defaults() || len(p.Ignored)+len(p.Muted) > 0 {
		t.Errorf("the new one has %+v", p)
	}
}

// onlyGone fails the test where Redis has more of a user than that they are
// gone, or has that for ever.
func onlyGone(t *testing.T, h *House, id chat.UserID) {
	t.Helper()
	tag := "user:{" + id.String() + "}"
	fields, err := h.Redis.HKeys(t.Context(), tag).Result()
	must(t, err)
	ttl, err := h.Redis.TTL(t.Context(), tag).Result()
	must(t, err)
	if left := keysOf(t, h, id); !slices.Equal(left, []string{tag}) || !slices.Equal(fields, []string{"gone"}) || ttl <= 0 {
		t.Errorf("left: %v, with %v, for %s", left, fields, ttl)
	}
}

// nothingComesBack has sessions of the user go on for a moment.
func nothingComesBack(t *testing.T, h *House) {
	s := h.Open(t)
	ctx := t.Context()
	u := settled(t, s, "anna")
	must(t, s.Forget(ctx, u.ID, goneWords, time.Hour))
	must(t, s.Saw(ctx, u.ID))
	must(t, s.MarkRead(ctx, chat.ReadMark{User: u.ID, Room: chat.General, ID: 5}))
	wantCode(t, s.Set(ctx, u.ID, "theme", "night"), chat.CodeGone)
	wantCode(t, s.KeepPlace(ctx, u.ID, chat.General), chat.CodeGone)
	wantCode(t, s.KeepDraft(ctx, u.ID, chat.General, "x"), chat.CodeGone)
	wantCode(t, s.Ignore(ctx, u.ID, chat.User{ID: 99, Name: "x"}, true), chat.CodeGone)
	wantCode(t, s.Mute(ctx, u.ID, chat.General, true), chat.CodeGone)
	wantCode(t, s.Away(ctx, u, "x"), chat.CodeGone)
	onlyGone(t, h, u.ID)
}

func nameOfNobody(t *testing.T, h *House) {
	s := h.Open(t)
	u, other := user(t, s, "anna"), user(t, s, "bert")
	must(t, s.Forget(t.Context(), u.ID, goneWords, time.Second))
	_, err := s.UserByName(t.Context(), name(t, "anna"))
	wantCode(t, err, chat.CodeNotFound)
	_, err = s.Rename(t.Context(), other.ID, name(t, "anna"), time.Hour)
	wantCode(t, err, chat.CodeTaken)
	Until(t, "the name is free", func() bool {
		_, err := s.Rename(t.Context(), other.ID, name(t, "anna"), time.Hour)
		return err == nil
	})
	must(t, s.Forget(t.Context(), other.ID, goneWords, 0))
	if third := user(t, s, "anna"); third.Name != "anna" {
		t.Errorf("the name that is free at once is not: the next is %s", third.Name)
	}
}

func forgettingTold(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	u := user(t, s, "anna")
	e := listenTo(t, s, chat.UserTopic(u.ID))
	must(t, other.Forget(t.Context(), u.ID, goneWords, time.Hour))
	Until(t, "who is told finds the words", func() bool {
		_, err := s.User(t.Context(), u.ID)
		return chat.ErrorCode(err) == chat.CodeGone && len(e.all()) > 2
	})
}

// forgettingCutShort repeats what is left when a replica dies before it comes
// to the user's keys.
func forgettingCutShort(t *testing.T, h *House) {
	s := h.Open(t)
	u := user(t, s, "anna")
	must(t, s.Forget(t.Context(), u.ID, goneWords, time.Hour))
	must(t, h.Redis.Set(t.Context(), "key:"+key("anna").Fingerprint, u.ID.String(), 0).Err())
	_, err := s.UserByKey(t.Context(), key("anna").Fingerprint)
	wantCode(t, err, chat.CodeNotFound)
	again, made, err := s.EnsureUser(t.Context(), key("anna"), chat.Candidates("anna"))
	must(t, err)
	if !made || again.ID == u.ID || !strings.HasPrefix(again.Name, "anna") {
		t.Errorf("the key opens %+v, made: %v", again, made)
	}
}

func roomsWithGone(t *testing.T, h *House) {
	s := h.Open(t)
	a, b := user(t, s, "anna"), user(t, s, "bert")
	direct, err := s.EnsureDirect(t.Context(), a, b)
	must(t, err)
	must(t, s.Forget(t.Context(), b.ID, goneWords, time.Hour))
	if got := seat(t, s, a.ID, direct.ID).Room.Name; got != "gone-"+b.ID.String() {
		t.Errorf("the room is called %q", got)
	}
}

func linkOnce(t *testing.T, h *House) {
	offer := chat.LinkOffer{User: 7, By: "SHA256:phone"}
	stores := []chat.Store{h.Open(t), h.Open(t)}
	must(t, stores[0].OfferLink(t.Context(), "secret", offer, time.Hour))
	owner, err := stores[1].LinkOffer(t.Context(), "secret")
	must(t, err)
	if owner != offer {
		t.Errorf("the code stands for %v", owner)
	}
	errs := make([]error, 8)
	AtOnce(8, func(i int) { errs[i] = stores[i%2].TakeLink(t.Context(), "secret", offer) })
	took := 0
	for _, err := range errs {
		if err == nil {
			took++
		} else if chat.ErrorCode(err) != chat.CodeNotFound {
			t.Error(err)
		}
	}
	if took != 1 {
		t.Errorf("%d took the code", took)
	}
	_, err = stores[0].LinkOffer(t.Context(), "secret")
	wantCode(t, err, chat.CodeNotFound)
}

func linkEnds(t *testing.T, h *House) {
	offer := chat.LinkOffer{User: 7, By: "SHA256:phone"}
	s := h.Open(t)
	must(t, s.OfferLink(t.Context(), "secret", offer, 10*time.Minute))
	ttl, err := h.Redis.TTL(t.Context(), "link:secret").Result()
	must(t, err)
	if ttl <= 9*time.Minute || ttl > 10*time.Minute {
		t.Errorf("it ends in %s", ttl)
	}
}

func linkOfAnother(t *testing.T, h *House) {
	offer := chat.LinkOffer{User: 7, By: "SHA256:phone"}
	s := h.Open(t)
	must(t, s.OfferLink(t.Context(), "secret", offer, time.Hour))
	wantCode(t, s.TakeLink(t.Context(), "secret", chat.LinkOffer{User: 8, By: offer.By}), chat.CodeNotFound)
	wantCode(t, s.TakeLink(t.Context(), "another", offer), chat.CodeNotFound)
	must(t, s.TakeLink(t.Context(), "secret", offer))
}

func forgetNobody(t *testing.T, h *House) {
	wantCode(t, h.Open(t).Forget(t.Context(), 99, goneWords, time.Hour), chat.CodeNotFound)
}

func forgetAgain(t *testing.T, h *House) {
	s := h.Open(t)
	u := user(t, s, "anna")
	must(t, s.Forget(t.Context(), u.ID, goneWords, time.Hour))
	wantCode(t, s.Forget(t.Context(), u.ID, "others", time.Hour), chat.CodeGone)
}

func movingKey(t *testing.T, h *House) {
	s, other := h.Open(t), h.Open(t)
	ctx := t.Context()
	a, b, c := user(t, s, "anna"), user(t, s, "bert"), user(t, s, "cleo")
	for range 2 {
		must(t, s.MoveKey(ctx, key("bert"), b.ID, a.ID))
		got, err := other.UserByKey(ctx, key("bert").Fingerprint)
		must(t, err)
		mine, err := other.Keys(ctx, a.ID)
		must(t, err)
		left, err := other.Keys(ctx, b.ID)
		must(t, err)
		if got.ID != a.ID || len(mine) != 2 || len(left) != 0 {
			t.Errorf("the key opens %+v, who has %v; bert has %v", got, mine, left)
		}
	}
	wantCode(t, s.MoveKey(ctx, key("bert"), b.ID, c.ID), chat.CodeTaken)
	wantCode(t, s.MoveKey(ctx, key("nobody"), b.ID, c.ID), chat.CodeTaken)
	// Who is forgotten then takes the key with them no more.
	must(t, s.Forget(ctx, b.ID, goneWords, 0))
	if got, err := s.UserByKey(ctx, key("bert").Fingerprint); err != nil || got.ID != a.ID {
		t.Errorf("the key opens %+v, %v", got, err)
	}
}
