//go:build long

package e2e

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"teahouse/e2e/house"
)

// samples is how often each is measured.
const samples = 30

// frame is how long news may wait on a screen that drew something just now.
const frame = time.Second / 30

// TestLongRegions: people in two regions, each of which reads from a Redis
// replica of its own; the primary is in one of them, and there are 80 and then
// 200 ms of round trip between the two. Typing costs no trip, what one posts is
// pending for one, and what others post comes after one way.
func TestLongRegions(t *testing.T) {
	for _, trip := range []time.Duration{80 * time.Millisecond, 200 * time.Millisecond} {
		t.Run(trip.String(), func(t *testing.T) {
			t.Parallel()
			r := newRegions(t, trip)
			t.Logf("%-40s %8s %8s   %s", "round trip "+trip.String(), "p50", "p99", "p50 expected")
			way := trip / 2
			near, far := r.measure(r.near, r.far), r.measure(r.far, r.near)
			r.holds("at the primary: key to echo", near.echo, 0, way*3/4)
			r.holds("at the primary: post to confirmed", near.confirmed, 0, way+frame)
			r.holds("at the primary: post to seen far away", near.seen, way, way*3/2+2*frame)
			r.holds("far away: key to echo", far.echo, 0, way*3/4)
			r.holds("far away: post to confirmed", far.confirmed, trip, trip*3/2+2*frame)
			r.holds("far away: post to seen at the primary", far.seen, way, way*3/2+2*frame)
			r.must(r.far.tells(r.ctx, trip > 150*time.Millisecond))
			r.must(r.near.tells(r.ctx, false))
			r.cure()
			r.must(r.far.tells(r.ctx, false))
		})
	}
}

// regions are two places, and somebody at a screen in each.
type regions struct {
	*town
	near, far *region
	cure      func() // takes the distance away
}

type region struct {
	*looker
	name string
}

func newRegions(t *testing.T, trip time.Duration) *regions {
	r := &regions{town: newGround(t)}
	r.build()
	r.startRedis()
	here, sea := r.startProxy(r.redis.Addr()), r.startProxy(r.redis.Addr())
	copies := []*house.Redis{r.startCopy("near", here), r.startCopy("far", sea)}
	r.cure = sea.poison("latency", fmt.Sprintf(`"latency":%d`, trip.Milliseconds()/2), "upstream", "downstream")
	for i, name := range []string{"ams", "syd"} {
		url := []*proxy{here, sea}[i].url()
		r.startReplica("REDIS_URL="+url, "REDIS_READ_URL="+copies[i].URL(), "REGION="+name, "MESSAGE_RATE=0", "LOG_LEVEL=error")
	}
	r.near, r.far = r.region("ams", 0), r.region("syd", 1)
	return r
}

// region has somebody sit down at a screen there.
func (r *regions) region(name string, replica int) *region {
	l := r.looker("at-"+name, r.replicas[replica].SSHAddr(), shows("message #general"))
	ctx, stop := context.WithCancel(r.ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); l.run(ctx) }()
	r.Cleanup(func() { stop(); <-ended })
	r.must(house.Await(r.ctx, nil, 0, func() bool { at, _ := l.isAt(); return at }))
	// All that the screen asks storage for at its beginning has come.
	_, err := l.when(r.ctx, shows("here · "+name))
	r.must(err)
	// A room asks for more than #general, where everybody is.
	r.must(l.types("/join quay\r"))
	_, err = l.when(r.ctx, shows("message #quay"))
	r.must(err)
	return &region{l, name}
}

// measured is how long things took.
type measured struct{ echo, confirmed, seen []time.Duration }

// measure has somebody write, a key and a message at a time, whom somebody else sees.
func (r *regions) measure(by, other *region) (m measured) {
	r.Helper()
	for i := range samples {
		body := fmt.Sprintf("%s-%02d", by.name, i)
		m.echo = append(m.echo, r.keyed(by, "~", by, shows("› ~")))
		r.must(by.types("\x7f" + body))
		_, err := by.when(r.ctx, shows("› "+body))
		r.must(err)
		began := time.Now()
		r.must(by.types("\r"))
		seen := make(chan time.Time, 1)
		go func() {
			at, _ := other.when(r.ctx, posted(body)) // where it fails, the other one does as well
			seen <- at
		}()
		at, err := by.when(r.ctx, posted(body))
		r.must(err)
		m.confirmed = append(m.confirmed, at.Sub(began))
		m.seen = append(m.seen, (<-seen).Sub(began))
	}
	return m
}

// keyed is how long it takes from a key to what it brings to a screen.
func (r *regions) keyed(by *region, key string, at *region, ok func([]house.Row) bool) time.Duration {
	r.Helper()
	began := time.Now()
	r.must(by.types(key))
	end, err := at.when(r.ctx, ok)
	r.must(err)
	return end.Sub(began)
}

// posted is met by a screen on which a message stands that is not pending.
func posted(body string) func([]house.Row) bool {
	return func(rows []house.Row) bool {
		return slices.ContainsFunc(rows, func(r house.Row) bool {
			return strings.Contains(r.Text, body) && !strings.Contains(r.Text, "›") && !strings.Contains(r.Text, "…")
		})
	}
}

// holds tells the figures, and whether the middle one is what it must be. The
// slowest depends on what else the machine does.
func (r *regions) holds(what string, took []time.Duration, least, most time.Duration) {
	r.Helper()
	slices.Sort(took)
	p50, p99 := took[len(took)/2], took[len(took)*99/100]
	tenth := time.Millisecond / 10
	r.Logf("%-40s %8s %8s   %s to %s", what, p50.Round(tenth), p99.Round(tenth), least, most.Round(time.Millisecond))
	if p50 < least || p50 > most {
		r.Errorf("%s: the middle one took %s; %s to %s was expected", what, p50, least, most)
	}
}

var late = regexp.MustCompile(`here · \w+ \d+ ms`)

// tells waits until the top bar says that storage is far away, or does not.
func (g *region) tells(ctx context.Context, far bool) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	_, err := g.when(ctx, func(rows []house.Row) bool { return late.MatchString(rows[0].Text) == far })
	return err
}
