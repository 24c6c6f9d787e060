package chat_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"teahouse/app/chat"
)

// newcomer comes from an address by a key that is new.
func newcomer(t *testing.T, s *chat.Service, name, from string) error {
	t.Helper()
	addr, _ := netip.ParseAddr(from) // "": of none that is known
	g, err := s.Receive(t.Context(), keyOf(name), addr)
	if err != nil {
		return err
	}
	defer g.Leave()
	_, _, err = g.Enter(t.Context(), name)
	return err
}

// TestRateOfNewcomers: only so many whose keys are new come from one address,
// and nobody else is kept out for that.
func TestRateOfNewcomers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	limited := h.replica(func(o *chat.Options) {
		o.MessageRate, o.Proxies = 1, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	})
	for i := range 30 {
		must(t, newcomer(t, limited, fmt.Sprint("n", i), "203.0.113.9"))
		must(t, newcomer(t, limited, fmt.Sprint("six", i), fmt.Sprintf("2001:db8:0:1::%x", i+1)))
	}
	for _, from := range []string{"203.0.113.9", "::ffff:203.0.113.9", "2001:db8:0:1::77"} {
		err := newcomer(t, limited, "eve", from)
		wantCode(t, err, chat.CodeTooFast)
		if wait := chat.WaitOf(err); wait <= 0 || !strings.Contains(chat.ErrorText(err), "from your address") {
			t.Errorf("from %s: %v, to wait %s", from, err, wait)
		}
	}
	must(t, newcomer(t, limited, "n3", "203.0.113.9")) // who is known
	must(t, newcomer(t, limited, "frank", "203.0.113.10"))
	must(t, newcomer(t, limited, "gina", "2001:db8:0:2::1"))
	free := h.replica()
	for i := range 160 {
		must(t, newcomer(t, limited, fmt.Sprint("local", i), []string{"127.0.0.1", "::1", "192.0.2.9", ""}[i%4]))
		must(t, newcomer(t, free, fmt.Sprint("free", i), "203.0.113.9"))
	}
}

// TestRateOfVisits: a key opens only so many screens and commands in a short
// time, before storage is asked anything for it.
func TestRateOfVisits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	limited := h.replica(func(o *chat.Options) { o.MessageRate = 1 })
	come := func(s *chat.Service, name string) error {
		g, err := s.Receive(t.Context(), keyOf(name), netip.Addr{})
		if err == nil {
			g.Leave()
		}
		return err
	}
	var err error
	for n := 0; err == nil; n++ {
		if err = come(limited, "bert"); err != nil && n < 100 || n > 200 {
			t.Fatalf("visit %d: %v", n, err)
		}
	}
	wantCode(t, err, chat.CodeTooFast)
	if !strings.HasPrefix(chat.ErrorText(err), "that were many visits in a short time; go on in ") {
		t.Errorf("bert is told: %v", err)
	}
	must(t, come(limited, "anna"))
	free := h.replica()
	for range 300 {
		must(t, come(free, "bert"))
	}
}

// TestRateOfReading: what is read in great pieces is paid for by the page, and
// commands one by one.
func TestRateOfReading(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	limited := h.replica(func(o *chat.Options) { o.MessageRate = 1 })
	anna := h.user(limited, "anna")
	for name, c := range map[string]struct {
		least, most int
		do          func(chat.User) error
	}{
		"commands": {100, 200, limited.MayCommand},
		"thousands": {11, 20, func(u chat.User) error {
			_, err := limited.History(t.Context(), u, chat.GeneralRoom(), 0, chat.LimitHistory)
			return err
		}},
		"all there is": {2, 3, func(u chat.User) error { return limited.MayRead(u, 1_000_000) }},
	} {
		u := h.user(limited, "reader of "+name[:3])
		var err error
		n := 0
		for ; err == nil && n <= c.most; n++ {
			err = c.do(u)
		}
		if wantCode(t, err, chat.CodeTooFast); n <= c.least || n > c.most {
			t.Errorf("%s: refused at %d", name, n)
		}
		must(t, c.do(anna))
	}
	// A page is what a screen scrolls by.
	for range 300 {
		_, err := limited.History(t.Context(), anna, chat.GeneralRoom(), 0, chat.PageSize)
		must(t, err)
	}
}
