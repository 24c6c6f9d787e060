package load

import (
	"errors"
	"time"
)

// glyphs are keys that stand in no message, each once: what is seen of one is
// its echo.
const glyphs = "αβγδεζηθικλμνξοπρστυφχψωбгджзийлпцчшщъыьэюя"

// TypeArgs says how the first session types.
type TypeArgs struct {
	Keys     int
	Rate     float64 // a second
	Patience time.Duration
}

// Typed is what came of it.
type Typed struct {
	Echoes  int
	Latency Spread  // from the key to its echo
	Traffic Traffic // what the typing session received
}

// Type has the first session write without sending. What it wrote is erased
// before a key comes for the second time.
func (d *Driver) Type(args TypeArgs, answer *Typed) error {
	sessions := d.open()
	if len(sessions) == 0 {
		return errors.New("nobody is here to type")
	}
	s, keys := sessions[0], []rune(glyphs)
	before := received(sessions[:1])
	var echoes []time.Duration
	tick := time.NewTicker(time.Duration(float64(time.Second) / args.Rate))
	defer tick.Stop()
	for i := range args.Keys {
		<-tick.C
		if i > 0 && i%len(keys) == 0 {
			before, echoes = s.erase(args.Patience, before, echoes)
		}
		s.press(string(keys[i%len(keys)]))
	}
	wait(args.Patience, func() bool { return s.over() || s.unechoed() == 0 })
	answer.Traffic = received(sessions[:1]).minus(before)
	echoes = append(echoes, s.heardBack()...)
	answer.Echoes, answer.Latency = len(echoes), spread(echoes)
	s.write("\x15")
	return nil
}

// erase empties the line, and leaves what that costs out of the account.
func (s *session) erase(patience time.Duration, before Traffic, echoes []time.Duration) (Traffic, []time.Duration) {
	wait(patience, func() bool { return s.over() || s.unechoed() == 0 })
	echoes = append(echoes, s.heardBack()...)
	held := received([]*session{s})
	s.write("\x15")
	wait(patience, func() bool { return s.over() || s.bytes.Load() > held.Bytes })
	cost := received([]*session{s}).minus(held)
	return Traffic{before.Bytes + cost.Bytes, before.Reads + cost.Reads}, echoes
}

func (s *session) press(key string) {
	s.mu.Lock()
	s.keys = append(s.keys, sight{text: []byte(key), at: time.Now()})
	s.mu.Unlock()
	s.write(key)
}

func (s *session) unechoed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.keys)
}

// heardBack gives the echoes until now. Keys without one are given up.
func (s *session) heardBack() (echoes []time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	echoes, s.echoes, s.keys = s.echoes, nil, nil
	return echoes
}
