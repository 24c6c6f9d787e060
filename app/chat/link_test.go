package chat_test

import (
	"strings"
	"testing"
	"time"

	"teahouse/app/chat"
)

// deviceKey is the key of one of somebody's devices, known to nobody yet.
func deviceKey(name string) chat.Key { return chat.Key{Fingerprint: "SHA256:" + name, Line: name} }

// code gives a fresh code of the user.
func code(t *testing.T, s *chat.Service, user chat.User) string {
	t.Helper()
	c, until, err := s.LinkCode(t.Context(), user)
	must(t, err)
	if left := time.Until(until); len(c) != 11 || c[5] != '-' || left < 9*time.Minute || left > 10*time.Minute {
		t.Errorf("the code %q lasts %s", c, left)
	}
	return c
}

func TestLinkNewDevice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(func(o *chat.Options) { o.Access = chat.AccessOpen }), h.replica(func(o *chat.Options) { o.Access = chat.AccessClosed })
	anna := h.user(a, "anna")
	c := code(t, a, anna)
	laptop := deviceKey("laptop")
	nobody, err := b.Known(t.Context(), laptop)
	must(t, err)
	if nobody.ID != 0 {
		t.Errorf("a new key is %+v", nobody)
	}
	got, err := b.Link(t.Context(), nobody, laptop, " "+strings.ToLower(c), false)
	must(t, err)
	if got.ID != anna.ID || got.Name != "anna" {
		t.Errorf("the code gave %+v", got)
	}
	entered, isNew, err := b.Enter(t.Context(), laptop, "other")
	if err != nil || isNew || entered.ID != anna.ID {
		t.Errorf("the laptop is %+v, new: %v, %v", entered, isNew, err)
	}
	_, err = a.Link(t.Context(), chat.User{}, deviceKey("phone"), c, false)
	wantCode(t, err, chat.CodeNotFound)
	_, err = a.Link(t.Context(), anna, laptop, code(t, a, anna), false)
	wantCode(t, err, chat.CodeRefused)
}

// Who takes a code, and then loses the key by which they did, may not come back by it.
func TestLinkOfALostKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.replica()
	anna, thief := h.user(s, "anna"), deviceKey("phone")
	_, err := s.Link(t.Context(), chat.User{}, thief, code(t, s, anna), false)
	must(t, err)
	phone, _, err := s.Enter(t.Context(), thief, "anna")
	must(t, err)
	ours, theirs := code(t, s, anna), code(t, s, phone)
	must(t, s.RemoveKey(t.Context(), anna, thief.Fingerprint))
	_, err = s.Link(t.Context(), chat.User{}, deviceKey("thief"), theirs, false)
	wantCode(t, err, chat.CodeNotFound)
	_, err = s.Link(t.Context(), chat.User{}, deviceKey("laptop"), ours, false)
	must(t, err)
}

// Whom the new device made before goes without a trace, where there is none.
func TestLinkDissolves(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, laptop := h.user(a, "anna"), h.connect(b, "laptop")
	if _, err := b.Link(t.Context(), laptop.User(), deviceKey("laptop"), code(t, a, anna), false); err != nil {
		t.Fatal(err)
	}
	laptop.until("the session ends", func() bool { return laptop.Ended() != nil })
	if text := chat.ErrorText(laptop.Ended()); text != "you are anna here now; connect again" {
		t.Errorf("it ends with %q", text)
	}
	if entered := h.user(b, "laptop"); entered.ID != anna.ID {
		t.Errorf("the laptop is %+v", entered)
	}
	_, err := a.FindUser(t.Context(), "laptop")
	wantCode(t, err, chat.CodeNotFound)
	if third, _, err := a.Enter(t.Context(), deviceKey("third"), "laptop"); err != nil || third.Name != "laptop" {
		t.Errorf("the name is not free: %+v, %v", third, err)
	}
}

// Somebody who wrote something is given up only where that is said.
func TestLinkKeepsWhoWrote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.replica()
	anna, laptop := h.user(a, "anna"), h.connect(a, "laptop")
	laptop.send("hello")
	laptop.await(1)
	c := code(t, a, anna)
	_, err := a.Link(t.Context(), laptop.User(), deviceKey("laptop"), c, false)
	wantCode(t, err, chat.CodeRefused)
	if laptop.Ended() != nil || h.user(a, "laptop").ID != laptop.User().ID {
		t.Error("refused, and still done")
	}
	_, err = a.Link(t.Context(), laptop.User(), deviceKey("laptop"), c, true)
	must(t, err)
	if h.user(a, "laptop").ID != anna.ID || laptop.seen[0].Name != "laptop" {
		t.Error("the laptop is not anna's")
	}
}

// Who has another key stays, without this one.
func TestLinkOneOfTwoKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.replica()
	anna, bert := h.user(a, "anna"), h.connect(a, "bert")
	must(t, a.AddKey(t.Context(), bert.User(), deviceKey("tablet")))
	bert.send("hello")
	bert.await(1)
	_, err := a.Link(t.Context(), bert.User(), deviceKey("bert"), code(t, a, anna), false)
	must(t, err)
	bert.until("the session by that key ends", func() bool { return bert.Ended() != nil })
	tablet, _, err := a.Enter(t.Context(), deviceKey("tablet"), "x")
	must(t, err)
	if tablet.ID != bert.User().ID || tablet.Name != "bert" || h.user(a, "bert").ID != anna.ID {
		t.Errorf("the tablet is %+v", tablet)
	}
}

func TestLinkTries(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.replica()
	anna := h.user(a, "anna")
	c := code(t, a, anna)
	for range 5 {
		_, err := a.Link(t.Context(), chat.User{}, deviceKey("guesser"), "AAAAA-AAAAA", false)
		wantCode(t, err, chat.CodeNotFound)
	}
	for range 5 {
		_, err := a.Link(t.Context(), chat.User{}, deviceKey("guesser"), c, false)
		wantCode(t, err, chat.CodeTooFast)
	}
	_, err := a.Link(t.Context(), chat.User{}, deviceKey("laptop"), c, false)
	must(t, err)
}

func FuzzParseLinkCode(f *testing.F) {
	f.Add("ABCDE-FGHJK")
	f.Add("o0il1 oooo-l")
	f.Add("ÅÅÅÅÅ")
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := chat.ParseLinkCode(typed)
		if err != nil {
			if chat.ErrorCode(err) != chat.CodeNotFound || code != "" {
				t.Errorf("%q: %q, %v", typed, code, err)
			}
			return
		}
		again, err := chat.ParseLinkCode(strings.ToLower(code[:5] + "-" + code[5:]))
		if err != nil || again != code || len(code) != 10 {
			t.Errorf("%q is %q, and then %q, %v", typed, code, again, err)
		}
	})
}

// A user who has themselves forgotten is gone at once, everywhere; what they
// wrote stays.
func TestForget(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, bert := h.connect(a, "anna"), h.connect(b, "bert")
	also := h.connect(b, "anna")
	direct, err := a.FindRoom(t.Context(), anna.User(), "@bert")
	must(t, err)
	ops, err := a.Join(t.Context(), anna.User(), "ops")
	must(t, err)
	_, err = b.Join(t.Context(), bert.User(), "ops")
	must(t, err)
	anna.send("hello")
	bert.await(1)
	anna.look(direct.ID)
	anna.send("psst")
	bert.until("anna's message", func() bool { return bert.unread(direct.ID) == 1 })

	must(t, a.Forget(t.Context(), anna.User()))
	for _, v := range []*screen{anna, also} {
		v.until("the session ends", func() bool { return v.Ended() != nil })
		if text := chat.ErrorText(v.Ended()); !strings.HasPrefix(text, "you are forgotten here") {
			t.Errorf("it ends with %q", text)
		}
		v.Close(t.Context())
	}
	bert.until("anna is gone", func() bool { return len(bert.Roster(chat.General).People) == 1 && len(bert.Roster(ops.ID).People) == 1 })
	if bert.seen[0].Name != "anna" || bert.seen[0].Body != "hello" {
		t.Errorf("what anna wrote is %+v", bert.seen[0])
	}
	bert.until("the room with anna has a name", func() bool { return bert.lists("@gone-" + anna.User().ID.String()) })
	draft, err := b.Compose(bert.User(), direct.ID, chat.KindText, "anna?")
	must(t, err)
	_, err = b.Post(t.Context(), draft)
	wantCode(t, err, chat.CodeNotFound)
	_, err = b.FindUser(t.Context(), "anna")
	wantCode(t, err, chat.CodeNotFound)
	keys, err := h.Redis.Keys(t.Context(), "user:{1}*").Result()
	must(t, err)
	if len(keys) != 1 {
		t.Errorf("left: %v", keys)
	}
	again, isNew, err := b.Enter(t.Context(), deviceKey("anna"), "anna")
	if err != nil || !isNew || again.ID == anna.User().ID || again.Name == "anna" {
		t.Errorf("anna's key opens %+v, new: %v, %v", again, isNew, err)
	}
}
