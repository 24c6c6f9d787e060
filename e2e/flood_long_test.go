//go:build long

package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"
)

const (
	chatFor   = 3 * time.Second // and this often:
	chatEvery = 10 * time.Millisecond
	floodRuns = 3
)

// TestLongFloods: thousands of connections that prove nothing are not noticed by
// the people in the chat, nor by those who come from elsewhere, and leave nothing
// behind. How fast news is delivered meanwhile is compared with the quiet time
// just before, and the median of a few such pairs may be twice as slow: a single
// pair says more about what else the machine does. What comes within a moment
// nobody takes for slow. Under the race detector, which makes most of the time,
// that is shown only.
func TestLongFloods(t *testing.T) {
	for name, from := range map[string]flood{
		"one address through a proxy": {Proxied: true},
		"many addresses":              {Everywhere: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFlooded(t, from)
			f.compare("2,000 that say nothing", floodSilent)
			f.compare("2,000 that stop mid-handshake", floodMidway)
			f.compare("200 a second that come and go", floodVisits)
		})
	}
}

// flooded is a siege in which alice hears what bob says.
type flooded struct {
	*siege
	t    *testing.T
	from flood
	say  io.Writer
	hear *bufio.Scanner
	said int

	descriptors int   // before any flood
	memory      int64 // the same
}

func newFlooded(t *testing.T, from flood) *flooded {
	s := newSiege(t, from.Proxied, "MESSAGE_RATE=0", "LOG_LEVEL=warn")
	from.Addr = s.addr()
	f := &flooded{siege: s, t: t, from: from}
	alice, err := s.visitor("127.0.0.2", "alice").NewSession()
	s.must(err)
	out, err := alice.StdoutPipe()
	s.must(err)
	s.must(alice.Start("tail general --json"))
	f.hear = bufio.NewScanner(out)
	s.await("alice listens", func() bool { return s.isHere("alice") })
	bob, err := s.visitor("127.0.0.3", "bob").NewSession()
	s.must(err)
	f.say, err = bob.StdinPipe()
	s.must(err)
	s.must(bob.Start("send general --lines"))
	f.talk(time.Second) // what is done once is done
	f.descriptors, f.memory = s.measure()
	return f
}

// unnoticed is what nobody notices between a word's saying and its hearing.
const unnoticed = 100 * time.Millisecond

// compare lets bob speak in a quiet time and in a flood, a few times.
func (f *flooded) compare(what, kind string) {
	f.t.Helper()
	var ratios []float64
	var late []time.Duration
	for range floodRuns {
		quiet, _ := f.chat("quiet", "")
		p99, p50 := f.chat(what, kind)
		f.t.Logf("%s: heard after p50 %s, p99 %s, and p99 %s in a quiet time", what, p50, p99, quiet)
		ratios, late = append(ratios, p99.Seconds()/quiet.Seconds()), append(late, p99)
	}
	slices.Sort(ratios)
	slices.Sort(late)
	ratio, p99 := ratios[floodRuns/2], late[floodRuns/2]
	f.t.Logf("%s: p99 is %.2f of a quiet time's, and %s, in the median of %d runs", what, ratio, p99, floodRuns)
	if !raced && ratio > 2 && p99 > unnoticed {
		f.t.Errorf("%s: those who are in the chat notice it", what)
	}
}

// chat lets bob speak during a flood, or none, waits until all is as it was, and
// tells how long it took until alice heard him.
func (f *flooded) chat(what, kind string) (p99, p50 time.Duration) {
	f.t.Helper()
	over := func() {}
	if kind != "" {
		over = f.begin(kind)
	}
	tries, entered := f.enters()
	waits := slices.Sorted(slices.Values(f.talk(chatFor)))
	descriptors, memory := f.measure()
	over()
	f.t.Logf("%s: somebody else came in within %s, by try %d; %d descriptors and %d MiB, %d and %d before",
		what, entered.Round(time.Millisecond), tries, descriptors, memory>>20, f.descriptors, f.memory>>20)
	f.await("descriptors are as before", func() bool { now, _ := f.measure(); return now <= f.descriptors+8 })
	f.await("memory is as before", func() bool { return f.resident() <= f.memory+mayStay() })
	at := func(percent int) time.Duration { return waits[len(waits)*percent/100].Round(10 * time.Microsecond) }
	return at(99), at(50)
}

// mayStay is how much more memory may be in use after a flood than before. What
// the race detector keeps for each address it never gives back.
func mayStay() int64 {
	if raced {
		return 2 * mayGrow()
	}
	return 32 << 20
}

// enters tells how often somebody from elsewhere has to try, and how long it takes
// until they are answered. Where thousands come at once from everywhere, the first
// try may be put out with them.
func (f *flooded) enters() (tries int, took time.Duration) {
	f.t.Helper()
	began := time.Now()
	for {
		tries++
		v, err := f.come("127.0.0.4", "carol")
		if err != nil && !f.proxied && tries < 5 {
			f.t.Logf("try %d: %v", tries, err)
			continue
		}
		f.must(err)
		_, words, err := v.run("whoami")
		if err != nil {
			f.t.Errorf("somebody from elsewhere: %v, %s", err, words)
		}
		_ = v.Close() // it may be closed already
		return tries, time.Since(began)
	}
}

// talk has bob say a line every so often, and alice hear all of them in order.
func (f *flooded) talk(lasts time.Duration) (waits []time.Duration) {
	f.t.Helper()
	n, first := int(lasts/chatEvery), f.said+1
	sent := make(chan time.Time, n)
	var bob sync.WaitGroup
	bob.Go(func() {
		tick := time.NewTicker(chatEvery)
		defer tick.Stop()
		for i := range n {
			<-tick.C
			sent <- time.Now()
			if _, err := fmt.Fprintln(f.say, first+i); err != nil {
				f.t.Errorf("bob speaks: %v", err)
				return
			}
		}
	})
	defer bob.Wait()
	for range n {
		f.said++
		if heard := f.next(); heard != fmt.Sprint(f.said) {
			f.t.Fatalf("alice heard %q, not %d", heard, f.said)
		}
		waits = append(waits, time.Since(<-sent))
	}
	return waits
}

// next is what alice hears next.
func (f *flooded) next() string {
	for f.hear.Scan() {
		var m struct{ Event, Body string }
		if err := json.Unmarshal(f.hear.Bytes(), &m); err != nil {
			return err.Error()
		}
		if m.Event == "message" {
			return m.Body
		}
	}
	return fmt.Sprint("nothing any more: ", f.hear.Err())
}
