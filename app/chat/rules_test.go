package chat_test

import (
	"context"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

var home = netip.MustParseAddr("198.51.100.7")

func keyOf(name string) chat.Key { return chat.Key{Fingerprint: "SHA256:" + name, Line: name} }

func administered(o *chat.Options) { o.Admins = []string{"SHA256:zoe"} }

// guest has somebody come to a replica's door, and in.
func (h house) guest(s *chat.Service, name string, from netip.Addr) (*chat.Guest, chat.User) {
	h.t.Helper()
	g, err := s.Receive(h.t.Context(), keyOf(name), from)
	must(h.t, err)
	h.t.Cleanup(g.Leave)
	user, _, err := g.Enter(h.t.Context(), name)
	must(h.t, err)
	return g, user
}

// refused waits until the guest has to leave, and wants words in the reason.
func refused(t *testing.T, g *chat.Guest, words string) {
	t.Helper()
	select {
	case <-g.Context().Done():
	case <-time.After(patience):
		t.Fatal("the guest may stay")
	}
	why := context.Cause(g.Context())
	if chat.ErrorCode(why) != chat.CodeRefused || !strings.Contains(chat.ErrorText(why), words) {
		t.Errorf("shown out because %v", why)
	}
}

func stays(t *testing.T, g *chat.Guest) {
	t.Helper()
	if err := context.Cause(g.Context()); err != nil {
		t.Errorf("shown out: %v", err)
	}
}

// deafToRules is a store whose replica is told of no change of the rules.
type deafToRules struct{ chat.Store }

func (d deafToRules) Listen(ctx context.Context, sink func(chat.News)) {
	d.Store.Listen(ctx, func(n chat.News) {
		if n.Kind != chat.NewsRules {
			sink(n)
		}
	})
}

// TestBansReachOpenSessions: on the replica that bans and on others, by what
// comes and by looking again.
func TestBansReachOpenSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(administered), h.replica(administered)
	deaf := chat.New(deafToRules{h.Open(t)}, slog.New(slog.DiscardHandler), chat.Options{Replica: "deaf"})
	t.Cleanup(deaf.Close)
	_, zoe := h.guest(a, "zoe", home)
	bystander, _ := h.guest(b, "anna", home)
	for name, target := range map[string]func(chat.User) chat.Target{
		"bert": chat.UserTarget,
		"cleo": func(chat.User) chat.Target { return chat.KeyTarget("SHA256:cleo") },
		"dora": func(chat.User) chat.Target { return chat.NetTarget(netip.MustParsePrefix("203.0.113.0/24")) },
	} {
		from := home
		if name == "dora" {
			from = netip.MustParseAddr("::ffff:203.0.113.9")
		}
		var guests []*chat.Guest
		var user chat.User
		for _, s := range []*chat.Service{a, b, deaf} {
			g, u := h.guest(s, name, from)
			guests, user = append(guests, g), u
		}
		_, err := a.Impose(t.Context(), zoe, chat.ActBan, target(user), time.Hour, "spam")
		must(t, err)
		for _, g := range guests {
			refused(t, g, "banned here for another 1 h: spam")
		}
		for _, s := range []*chat.Service{a, b, deaf} {
			g, err := s.Receive(t.Context(), keyOf(name), from)
			if err == nil {
				_, _, err = g.Enter(t.Context(), name)
				g.Leave()
			}
			wantCode(t, err, chat.CodeRefused)
		}
		wantCode(t, b.BarsAddress(from), map[bool]chat.Code{true: chat.CodeRefused}[name == "dora"])
		must(t, b.Lift(t.Context(), zoe, chat.ActBan, target(user)))
		h.guest(b, name, from)
	}
	stays(t, bystander)
}

// TestBannedKeysMakeNobody: a ban is looked at before a user is made of a key.
func TestBannedKeysMakeNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.replica(administered)
	_, zoe := h.guest(a, "zoe", home)
	_, err := a.Impose(t.Context(), zoe, chat.ActBan, chat.KeyTarget("SHA256:eve"), 0, "")
	must(t, err)
	_, err = a.Receive(t.Context(), keyOf("eve"), home)
	wantCode(t, err, chat.CodeRefused)
	if text := chat.ErrorText(err); text != "you are banned here until that is taken back" {
		t.Errorf("the words are %q", text)
	}
	_, err = a.Whois(t.Context(), "eve")
	wantCode(t, err, chat.CodeNotFound)
}

// TestMuted: who is muted reads, and nobody sees anything new of them.
func TestMuted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(administered), h.replica()
	_, zoe := h.guest(a, "zoe", home)
	bert, anna := h.connect(b, "bert"), h.connect(b, "anna")
	bert.send("first")
	anna.await(1)
	_, err := a.Impose(t.Context(), zoe, chat.ActMute, chat.UserTarget(bert.User()), 0, "")
	must(t, err)
	user, ctx := bert.User(), t.Context()
	storagetest.Until(t, "it is known where bert is", func() bool {
		return strings.Contains(chat.ErrorText(b.Away(ctx, user, "x")), "you are muted here")
	})
	bert.send("second")
	bert.until("it is refused", func() bool {
		p := bert.Pending(chat.General)
		return len(p) == 1 && chat.ErrorCode(p[0].Refused) == chat.CodeRefused
	})
	for what, try := range map[string]func() error{
		"edit":   func() error { _, err := b.Edit(ctx, user, general, 1, "x"); return err },
		"react":  func() error { _, err := b.React(ctx, user, general, 1, "👍", true); return err },
		"topic":  func() error { return b.SetTopic(ctx, user, general, "x") },
		"nick":   func() error { _, err := b.Rename(ctx, user, "bertie"); return err },
		"away":   func() error { return b.Away(ctx, user, "x") },
		"create": func() error { _, err := b.MakeRoom(ctx, user, "den", false); return err },
		"join":   func() error { _, err := b.Join(ctx, user, "den"); return err },
		"pin":    func() error { return b.Pin(ctx, user, general, 1, true) },
	} {
		if err := try(); chat.ErrorCode(err) != chat.CodeRefused || !strings.Contains(chat.ErrorText(err), "you are muted here") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := b.History(ctx, user, general, 0, 10); err != nil {
		t.Errorf("reading: %v", err)
	}
	if _, err := b.Delete(ctx, user, general, 1); err != nil {
		t.Errorf("taking back: %v", err)
	}
	if len(anna.seen) != 1 {
		t.Errorf("anna sees %v", bodies(anna.seen))
	}
	must(t, a.Lift(ctx, zoe, chat.ActMute, chat.UserTarget(user)))
	storagetest.Until(t, "they may write again", func() bool {
		_, err := b.React(ctx, user, general, 1, "👍", true)
		return !strings.Contains(chat.ErrorText(err), "muted")
	})
}

// TestWhoIsOutOfReach: who bans the wrong one would lock out everybody, or
// themselves.
func TestWhoIsOutOfReach(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.replica(administered, func(o *chat.Options) { o.Proxies = []netip.Prefix{netip.MustParsePrefix("172.16.0.0/12")} })
	_, zoe := h.guest(a, "zoe", home)
	_, bert := h.guest(a, "bert", home)
	bans := func(by chat.User, act chat.SanctionAct, target chat.Target, term time.Duration) chat.Code {
		_, err := a.Impose(t.Context(), by, act, target, term, "")
		return chat.ErrorCode(err)
	}
	net := func(s string) chat.Target { return chat.NetTarget(netip.MustParsePrefix(s)) }
	for what, c := range map[string]struct{ got, want chat.Code }{
		"by nobody in particular": {bans(bert, chat.ActBan, chat.UserTarget(zoe), 0), chat.CodeRefused},
		"an administrator":        {bans(zoe, chat.ActBan, chat.UserTarget(zoe), 0), chat.CodeRefused},
		"their key":               {bans(zoe, chat.ActBan, chat.KeyTarget("SHA256:zoe"), 0), chat.CodeRefused},
		"their address":           {bans(zoe, chat.ActBan, net("198.51.100.0/24"), 0), chat.CodeRefused},
		"the proxy":               {bans(zoe, chat.ActBan, net("172.20.0.1/32"), 0), chat.CodeRefused},
		"muting an address":       {bans(zoe, chat.ActMute, net("192.0.2.1/32"), 0), chat.CodeInvalid},
		"for no time":             {bans(zoe, chat.ActBan, chat.UserTarget(bert), -time.Second), chat.CodeInvalid},
		"for too long":            {bans(zoe, chat.ActBan, chat.UserTarget(bert), chat.LimitTerm+1), chat.CodeInvalid},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", what, c.got, c.want)
		}
	}
	// An administrator gets in whatever is banned.
	_, err := a.Impose(t.Context(), zoe, chat.ActBan, net("192.0.2.0/24"), 0, "")
	must(t, err)
	h.guest(a, "zoe", netip.MustParseAddr("192.0.2.1"))
	_, err = a.Receive(t.Context(), keyOf("bert"), netip.MustParseAddr("192.0.2.1"))
	wantCode(t, err, chat.CodeRefused)
	if all, err := a.Sanctions(t.Context(), zoe); err != nil || len(all) != 1 {
		t.Errorf("%d sanctions, %v", len(all), err)
	}
}

// TestLockdown: nobody whose key is new comes in for a while, but administrators.
func TestLockdown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.replica(func(o *chat.Options) { o.Admins = []string{"SHA256:zoe", "SHA256:yves"} })
	_, zoe := h.guest(a, "zoe", home)
	h.guest(a, "anna", home)
	must(t, a.Lockdown(t.Context(), zoe, time.Hour, "a flood"))
	h.guest(a, "anna", home)
	h.guest(a, "yves", home)
	_, _, err := a.Enter(t.Context(), keyOf("eve"), "eve")
	wantCode(t, err, chat.CodeRefused)
	must(t, a.Lockdown(t.Context(), zoe, 0, ""))
	h.guest(a, "eve", home)
}

// TestRates: what is too fast is refused with the time to wait, for who is too
// fast alone, and not where the operator wants no rates.
func TestRates(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	limited := h.replica(func(o *chat.Options) { o.MessageRate, o.MessageBurst = 1000, 1000 })
	free := h.replica()
	ctx, bert, anna := t.Context(), h.user(limited, "bert"), h.user(limited, "anna")
	for what, do := range map[string]func(*chat.Service, chat.User) error{
		"joining":  func(s *chat.Service, u chat.User) error { _, err := s.Join(ctx, u, "den"); return err },
		"renaming": func(s *chat.Service, u chat.User) error { _, err := s.Rename(ctx, u, "b"+u.Name); return err },
		"inviting": func(s *chat.Service, u chat.User) error {
			room, err := s.FindRoom(ctx, u, "den")
			if err == nil {
				err = s.Invite(ctx, u, room, "cleo")
			}
			return err
		},
		"linking": func(s *chat.Service, u chat.User) error { _, _, err := s.LinkCode(ctx, u); return err },
		"going":   func(s *chat.Service, u chat.User) error { return s.Away(ctx, u, "tea") },
		"changing": func(s *chat.Service, u chat.User) error {
			return s.SetTopic(ctx, u, chat.Room{ID: chat.General}, "tea")
		},
		"searching": func(s *chat.Service, u chat.User) error {
			q, err := chat.ParseQuery("tea")
			must(t, err)
			for _, err := range s.Search(ctx, u, q) {
				return err
			}
			return nil
		},
	} {
		h.user(free, "cleo")
		_, err := free.Join(ctx, bert, "den")
		must(t, err)
		var last error
		for range 40 {
			if last = do(limited, bert); chat.ErrorCode(last) == chat.CodeTooFast {
				break
			}
			if err := do(free, bert); chat.ErrorCode(err) == chat.CodeTooFast {
				t.Errorf("%s: without rates: %v", what, err)
			}
		}
		if chat.ErrorCode(last) != chat.CodeTooFast || chat.WaitOf(last) <= 0 || !strings.Contains(chat.ErrorText(last), "go on in") {
			t.Errorf("%s 40 times: %v", what, last)
		}
		if err := do(limited, anna); chat.ErrorCode(err) == chat.CodeTooFast {
			t.Errorf("%s: anna waits for bert: %v", what, err)
		}
	}
}

func TestParseNet(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"203.0.113.9": "203.0.113.9/32", "203.0.113.9/24": "203.0.113.0/24", "2001:db8::1": "2001:db8::/64",
		"2001:db8::1/128": "2001:db8::1/128", "::ffff:203.0.113.9": "203.0.113.9/32", "::ffff:203.0.113.9/120": "203.0.113.0/24",
		"fe80::1%eth0": "fe80::/64", "10.0.0.0/8": "10.0.0.0/8",
	} {
		if p, ok, err := chat.ParseNet(in); err != nil || !ok || p.String() != want {
			t.Errorf("%s is read as %s, %v, %v", in, p, ok, err)
		}
	}
	for _, in := range []string{"0.0.0.0/0", "10.0.0.0/7", "::/0", "2001::/15", "127.0.0.1", "::1", "127.1.2.3/16"} {
		if p, ok, err := chat.ParseNet(in); !ok || chat.ErrorCode(err) != chat.CodeInvalid {
			t.Errorf("%s is read as %s, %v, %v", in, p, ok, err)
		}
	}
	for _, in := range []string{"", "bert", "10.0.0", "10.0.0.0/33", "10.0.0.1/x", "::g", "SHA256:x"} {
		if p, ok, err := chat.ParseNet(in); ok || err != nil {
			t.Errorf("%s is read as %s, %v", in, p, err)
		}
	}
}

func FuzzParseNet(f *testing.F) {
	for _, seed := range []string{"203.0.113.9", "2001:db8::/32", "::ffff:1.2.3.4/100", "fe80::1%x", "bert"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, ok, err := chat.ParseNet(s)
		if !ok || err != nil {
			return
		}
		again, ok, err := chat.ParseNet(p.String())
		if err != nil || !ok || again != p || p != p.Masked() || p.Addr().Is4In6() {
			t.Errorf("%q is read as %s, and that as %s, %v, %v", s, p, again, ok, err)
		}
	})
}
