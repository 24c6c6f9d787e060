package load

import (
	"strings"
	"time"
)

// filler makes messages as long as people's.
const filler = 24

// SayArgs says how much is said.
type SayArgs struct {
	Messages int
	Rate     float64       // a second, all senders together
	Spare    int           // so many sessions, from the first, say nothing
	Patience time.Duration // how long nothing new may come until the rest is given up
}

// Said is what came of it.
type Said struct {
	Messages  int
	Wanted    int // deliveries: every message to every other session of its room
	Delivered int
	Cut       int // sessions that have ended
	Traffic   Traffic
	Latency   Spread // from Enter to the message on another's screen
	Took      time.Duration
}

// Say has the sessions write messages, taking turns, and waits until all
// others have them.
func (d *Driver) Say(args SayArgs, answer *Said) error {
	sessions := d.open()
	before := received(sessions)
	began := time.Now()
	answer.Messages = args.Messages
	for i := range args.Messages {
		due := began.Add(time.Duration(float64(i) / args.Rate * float64(time.Second)))
		time.Sleep(time.Until(due))
		s := sessions[args.Spare+i%(len(sessions)-args.Spare)]
		answer.Wanted += int(s.room.members.Load()) - 1
		s.say(token(d.next()), strings.Repeat("x", filler))
	}
	waitForRest(sessions, args.Patience)
	answer.Took = time.Since(began)
	answer.Traffic = received(sessions).minus(before)
	var all []time.Duration
	for _, s := range sessions {
		all = append(all, s.turn()...)
	}
	answer.Delivered, answer.Latency, answer.Cut = len(all), spread(all), cut(sessions)
	return nil
}

func (d *Driver) next() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tokens++
	return d.tokens
}

// waitForRest returns when all have seen everything, or when nothing more comes.
func waitForRest(sessions []*session, patience time.Duration) {
	const limit = 5 * time.Minute
	left, since := outstanding(sessions), time.Now()
	wait(limit, func() bool {
		if now := outstanding(sessions); now != left {
			left, since = now, time.Now()
		}
		return left == 0 || time.Since(since) > patience
	})
}

func outstanding(sessions []*session) (n int) {
	for _, s := range sessions {
		if !s.over() {
			n += s.outstanding()
		}
	}
	return n
}

// cut counts those that have ended by themselves.
func cut(sessions []*session) (n int) {
	for _, s := range sessions {
		if s.over() {
			n++
		}
	}
	return n
}

func received(sessions []*session) (t Traffic) {
	for _, s := range sessions {
		t.Bytes += s.bytes.Load()
		t.Reads += s.reads.Load()
	}
	return t
}

func (t Traffic) minus(before Traffic) Traffic {
	return Traffic{t.Bytes - before.Bytes, t.Reads - before.Reads}
}
