package e2e

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	gossh "golang.org/x/crypto/ssh"
)

// refusal gives a command until it is refused, by several at a time, and tells
// how often it was not and what was said then.
func (v *visitor) refusal(line string, atOnce, most int) (done int, words string) {
	v.s.Helper()
	var ran atomic.Int64
	var once sync.Once
	var all sync.WaitGroup
	over := make(chan struct{})
	for range atOnce {
		all.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				_, said, err := v.run(line)
				var exit *gossh.ExitError
				if err != nil && (!errors.As(err, &exit) || exit.ExitStatus() != 1) {
					v.s.Errorf("%s: %v, %s", line, err, said)
				}
				if err != nil || ran.Add(1) >= int64(most) {
					once.Do(func() { words = said; close(over) })
				}
			}
		})
	}
	all.Wait()
	return int(ran.Load()), words
}

// counted tells how many a reason has turned away, as the metrics have it.
func (s *siege) counted(reason string) string {
	s.Helper()
	text, err := s.replicas[0].Metrics(s.ctx)
	s.must(err)
	found := regexp.MustCompile(fmt.Sprintf(`(?m)^teahouse_refused_total\{reason=%q.*\} (\d+)$`, reason)).FindStringSubmatch(text)
	if found == nil {
		s.Fatalf("%s is not counted:\n%s", reason, text)
	}
	return found[1]
}

// TestComingAndGoing: who comes again and again, as the same or as somebody new,
// is told to wait, is counted, and takes nothing from others.
func TestComingAndGoing(t *testing.T) {
	s := newSiege(t, true)
	s.visitor("198.51.100.1", "alice")
	bob := s.visitor("203.0.113.1", "bob")
	if ran, words := bob.refusal("whoami", 4, 400); ran < 100 || ran >= 400 ||
		!strings.HasPrefix(words, "teahouse: that were many visits in a short time; go on in ") {
		t.Errorf("bob comes and goes: after %d he is told %q", ran, words)
	}
	carol := s.visitor("203.0.113.2", "carol")
	if ran, words := carol.refusal("history general -n 1000", 1, 40); ran < 10 || ran >= 40 ||
		!strings.HasPrefix(words, "teahouse: that were many commands in a short time; go on in ") {
		t.Errorf("carol reads: after %d she is told %q", ran, words)
	}
	for i := range 30 {
		if _, words, err := s.newcomer("203.0.113.3", i); err != nil {
			t.Fatalf("newcomer %d: %v, %s", i, err, words)
		}
	}
	if _, words, err := s.newcomer("203.0.113.3", 30); err == nil ||
		!strings.HasPrefix(words, "teahouse: many people whose keys are new came from your address in a short time; come again in ") {
		t.Errorf("one too many: %v, %q", err, words)
	}
	if _, words, err := s.newcomer("203.0.113.4", 31); err != nil {
		t.Errorf("from elsewhere: %v, %s", err, words)
	}
	if n := s.counted("newcomers"); n != "1" {
		t.Errorf("newcomers turned away: %q", n)
	}
	if n := s.counted("visits"); n == "0" {
		t.Errorf("visits turned away: %q", n)
	}
	if _, words, err := s.newcomer("203.0.113.1", 32); err != nil {
		t.Errorf("bob's neighbour: %v, %s", err, words)
	}
}

// newcomer is somebody whose key is new, who asks who they are, and goes.
func (s *siege) newcomer(from string, i int) (out, words string, err error) {
	s.Helper()
	v := s.visitor(from, fmt.Sprint("newcomer", i))
	defer func() { _ = v.Close() }() // it may be closed already
	return v.run("whoami")
}
