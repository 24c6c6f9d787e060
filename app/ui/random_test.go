package ui_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/e2e/house"
	"teahouse/storage/storagetest"
)

// TestRandom has 8 people on 2 replicas do 200 random things, seed by seed; at
// the end everybody's screen for a room equals what history says. SEED=7 runs
// that one alone. The seed chooses what is done; what it meets is a matter of
// time.
//
// What is compared, for everybody, in every room they are in, first the one
// that is open:
//   - the log as their screen of many hours has it, with that of a session that
//     begins now, of the same user and size, on a third replica that has only
//     ever read history: from the end up, row by row, as far as both have it,
//     each row with its author and its time. Left out is what a session alone
//     sees: notices, answers of commands, refused messages, the "new" rule,
//     days. A screen above which the author or the time of a group has gone is
//     taken at its word for that much.
//   - that of the new session, with Service.History: in order, by whom each
//     word is, what is edited or deleted, each reaction and its count.
//   - history with what was typed: no word is in two messages.
func TestRandom(t *testing.T) {
	if seed := os.Getenv("SEED"); seed != "" {
		n, err := strconv.ParseUint(seed, 10, 64)
		must(t, err)
		bustle(t, n)
		return
	}
	bustles(t, 1, 6)
}

func bustles(t *testing.T, from, to uint64) {
	for seed := from; seed <= to; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			bustle(t, seed)
		})
	}
}

const (
	actions = 200
	earlier = 130 // messages before all: more than a page
)

// crowd is the people of one seed.
type crowd struct {
	*testing.T
	*rand.Rand
	seed     uint64
	replicas []*chat.Service
	people   []*dweller
	words    int
	did      []string
	rows     int // that were compared
}

// dweller is one of them.
type dweller struct {
	*seat
	base    string // of the names
	replica int
	dialog  bool // one may be open
	stalled bool // the client does not read
}

func bustle(t *testing.T, seed uint64) {
	redis := storagetest.Start(t)
	c := &crowd{T: t, seed: seed, Rand: rand.New(rand.NewPCG(seed, 0))}
	for i := range 2 {
		c.replicas = append(c.replicas, open(t, redis, fmt.Sprint("replica", i)))
	}
	t.Cleanup(c.report)
	c.gather()
	acts := allActs()
	for range actions {
		c.act(acts)
	}
	c.calm()
	c.check(open(t, redis, "witness"))
	t.Logf("seed %d: %d words, %d rows compared", seed, c.words, c.rows)
}

func open(t *testing.T, redis *storagetest.House, name string) *chat.Service {
	svc := chat.New(redis.Open(t), slog.New(slog.DiscardHandler), chat.Options{Replica: name})
	t.Cleanup(svc.Close)
	return svc
}

// report tells what was done, where that went wrong.
func (c *crowd) report() {
	if c.Failed() {
		c.Logf("SEED=%d has them do this:\n%s", c.seed, strings.Join(c.did, "\n"))
	}
}

func (c *crowd) gather() {
	for i, name := range []string{"alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"} {
		svc := c.replicas[i%2]
		user := userOf(c.T, svc, name)
		if i == 0 {
			for range earlier {
				post(c.T, svc, user, chat.General, c.word())
			}
		}
		join(c.T, svc, user, pick(c.Rand, rooms()))
		c.people = append(c.people, &dweller{base: name, replica: i % 2, seat: sit(c.T, svc, user, 80, 40)})
	}
}

// word is one that nobody has used before.
func (c *crowd) word() string {
	c.words++
	return fmt.Sprintf("w%dz", c.words)
}

// act has somebody do something.
func (c *crowd) act(acts []act) {
	p := pick(c.Rand, c.people)
	p.attend()
	a := draw(c.Rand, acts)
	c.did = append(c.did, fmt.Sprintf("%3d %s %s", len(c.did)+1, p.base, a.name))
	a.do(c, p)
}

// attend has somebody be with it again.
func (p *dweller) attend() {
	if p.stalled {
		p.stalled = false
		p.gate.reopen()
	}
	if p.dialog {
		p.dialog = false
		p.keys(escape)
	}
}

// calm waits until all keys have been taken and nothing is on its way any more.
func (c *crowd) calm() {
	for _, p := range c.people {
		p.attend()
		p.insist("calm", func() bool { return p.row("› calm") != "" }, escape, ctrlC, "calm")
		p.keys(ctrlC)
	}
	was := ""
	ctx, cancel := context.WithTimeout(c.Context(), patience)
	defer cancel()
	must(c.T, house.Await(ctx, nil, 200*time.Millisecond, func() bool {
		now, busy := c.state()
		same := now == was
		was = now
		return same && !busy
	}))
}

// state tells where all rooms stand, and whether anything waits to be posted.
func (c *crowd) state() (now string, busy bool) {
	for _, p := range c.people {
		for _, v := range p.Rooms() {
			now += fmt.Sprint(p.base, v.ID, v.Head, p.Roster(v.ID), " ")
			busy = busy || slices.ContainsFunc(p.Pending(v.ID), func(m chat.Pending) bool { return m.Refused == nil })
		}
	}
	return now, busy
}

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }
