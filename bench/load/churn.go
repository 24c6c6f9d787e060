package load

import (
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

// lateAfter is when a message that a session has not seen is lost.
const lateAfter = 10 * time.Second

// linger is how long people stay after they wrote: what is still on its way when
// they cut their own connection is nobody's promise.
const linger = 2 * time.Second

// toEnd is Ctrl+End, which shows the newest messages.
const toEnd = "\x1b[1;5F"

// keysEach is how many people take turns in one place of a churn.
const keysEach = 5

// ChurnArgs say what a day is like: People come and go, most of them at noon,
// each stays for about an hour, and writes now and then.
type ChurnArgs struct {
	Visit
	People int
	Rate   float64 // messages a second at noon
	Day    time.Duration
}

// Churned is what came of it.
type Churned struct {
	Visits, Messages, Delivered, Lost int
	Failed                            int // visits that did not begin, or were cut
	Error                             string
}

// churn is a day under way.
type churn struct {
	ChurnArgs
	began time.Time
	rooms []*room

	mu sync.Mutex
	Churned
}

// Churn lets a day pass, and ends when the last has left.
func (d *Driver) Churn(args ChurnArgs, answer *Churned) error {
	d.prepare(JoinArgs{Visit: args.Visit})
	c := &churn{ChurnArgs: args, began: time.Now(), rooms: d.rooms}
	var people sync.WaitGroup
	for i := range args.People {
		people.Go(func() { c.live(d, i) })
	}
	people.Wait()
	*answer = c.Churned
	return nil
}

// awake says how many are here at that time of the day, from a tenth at
// midnight to all at noon.
func (c *churn) awake() int {
	day := time.Since(c.began).Seconds() / c.Day.Seconds()
	if day >= 1 {
		return 0
	}
	return int(float64(c.People) * (.1 + .9*math.Pow(math.Sin(math.Pi*day), 2)))
}

// live is the day of one place: somebody is here, leaves, and another comes.
func (c *churn) live(d *Driver, place int) {
	dice := rand.New(rand.NewPCG(1, uint64(place)))
	for n := 0; time.Since(c.began) < c.Day; n++ {
		if place < c.awake() {
			c.visit(d, place+n%keysEach*c.People, dice)
		}
		time.Sleep(c.hours(dice.Float64() / 4))
	}
}

func (c *churn) hours(h float64) time.Duration {
	return time.Duration(h / 24 * float64(c.Day))
}

// visit has somebody come, write now and then, and leave.
func (c *churn) visit(d *Driver, id int, dice *rand.Rand) {
	s, err := open(c.Visit, id, c.rooms)
	if err == nil {
		err = enterRooms(c.Visit, []*session{s})
	}
	if err != nil {
		c.failed(err.Error())
		return
	}
	if s.screen {
		s.write(toEnd) // who was here before begins where they stopped reading
	}
	s.turn() // what was said before is not for them
	stay := min(c.hours(dice.ExpFloat64()), time.Until(c.began.Add(c.Day)))
	c.ended(s, s.chat(d, stay, dice, float64(c.People)/c.Rate))
	s.close()
}

// chat writes now and then, with so many seconds between on average, and tells
// how often.
func (s *session) chat(d *Driver, stay time.Duration, dice *rand.Rand, seconds float64) (said int) {
	for leaves := time.Now().Add(stay); ; said++ {
		pause := time.Duration(dice.ExpFloat64() * seconds * float64(time.Second))
		time.Sleep(min(pause, time.Until(leaves)))
		if time.Now().After(leaves) || s.over() {
			break
		}
		s.say(token(d.next()), "")
	}
	if said > 0 {
		time.Sleep(linger)
	}
	return said
}

func (c *churn) failed(why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Failed++
	c.Error = why
}

// ended adds a visit up.
func (c *churn) ended(s *session, said int) {
	if s.over() {
		c.failed("a session was cut")
	}
	late := s.late()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Visits++
	c.Messages += said
	c.Lost += late
	c.Delivered += len(s.turn())
}

// late counts what the session should have seen by now.
func (s *session) late() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listen()
	for _, p := range s.pending {
		if time.Since(p.at) > lateAfter {
			n++
		}
	}
	return n
}
