package sshserver

import (
	"testing"
	"time"
)

// TestWhoIsCut: a client that something waits to be written to has its minute, be
// it that it does not answer either.
func TestWhoIsCut(t *testing.T) {
	now := time.Now()
	never := time.Duration(0)
	for name, c := range map[string]struct {
		writes, silent, asked, rested time.Duration // for how long
		why                           string
	}{
		"all is well":                   {writes: time.Second, asked: time.Second},
		"no answer":                     {asked: 51 * time.Second, why: faultUnanswered().reason},
		"no answer, and a write waits":  {writes: 50 * time.Second, asked: 55 * time.Second},
		"a write waits too long":        {writes: 61 * time.Second, asked: 65 * time.Second, why: faultUnread().reason},
		"a write has just begun":        {writes: time.Second, asked: 51 * time.Second, why: faultUnanswered().reason},
		"nothing is asked of a channel": {silent: 11 * time.Second, why: faultSilent().reason},
		"nothing runs":                  {rested: 61 * time.Second, why: faultIdle().reason},
	} {
		s := &Server{limits: defaultLimits(), open: map[*conn]pulse{}, channels: map[*channel]*vitals{}}
		client, v := &conn{}, s.ward.take(&conn{})
		v.of = client
		for m, lasts := range map[*meter]time.Duration{&v.out: c.writes, &v.silent: c.silent} {
			if m.end(); lasts != never {
				m.began.Store(now.Add(-lasts).UnixNano())
			}
		}
		p := pulse{heard: now}
		for at, lasts := range map[*time.Time]time.Duration{&p.asked: c.asked, &p.rested: c.rested} {
			if lasts != never {
				*at = now.Add(-lasts)
			}
		}
		s.open[client], s.channels[&channel{vitals: v}] = p, v
		if why := s.hopeless(now)[client].reason; why != c.why {
			t.Errorf("%s: cut for %q, want %q", name, why, c.why)
		}
	}
}

// TestBeds: what was given back is taken again, with nothing noted in it.
func TestBeds(t *testing.T) {
	var w ward
	for range 3 * wardRow {
		v := w.take(&conn{})
		v.out.begin()
		v.in.begin()
		w.give(v)
	}
	if len(w.free) != wardRow {
		t.Errorf("%d beds were made for one", len(w.free))
	}
	if v := w.take(nil); v.stuck(time.Now()) != 0 || v.in.lasts(time.Now()) != 0 {
		t.Errorf("a bed comes with what was noted of another: %+v", v)
	}
}
