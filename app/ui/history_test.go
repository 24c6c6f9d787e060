package ui_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"teahouse/app/chat"
)

// postMany has somebody say "m1", "m2" and so on.
func postMany(t *testing.T, svc *chat.Service, by chat.User, from, to int) {
	t.Helper()
	for i := from; i <= to; i++ {
		post(t, svc, by, chat.General, fmt.Sprintf("m%d", i))
	}
}

var numbered = regexp.MustCompile(`\bm(\d+)$`)

// shown gives the numbers that are on the screen, and fails where one is
// missing between them or stands twice.
func (s *seat) shown() (first, last int) {
	s.t.Helper()
	for _, row := range s.term.Rows() {
		found := numbered.FindStringSubmatch(row.Text)
		if found == nil {
			continue
		}
		n, err := strconv.Atoi(found[1])
		must(s.t, err)
		if first == 0 {
			first = n
		} else if n != last+1 {
			s.t.Fatalf("%d comes after %d\n%s", n, last, s.term)
		}
		last = n
	}
	return first, last
}

// scroll presses a key until it has led to the message of the number, and
// checks that nothing is missing on the way.
func (s *seat) scroll(key string, to int) {
	s.t.Helper()
	s.until(fmt.Sprintf("scrolling to m%d", to), func() bool {
		first, last := s.shown()
		if first <= to && to <= last {
			return true
		}
		s.press(key)
		return false
	})
}

// press types a key and waits until the screen shows what came of it: a letter
// typed behind it is there, and is taken back. Whoever types on without
// looking can be past what they look for before they see it.
func (s *seat) press(key string) {
	s.t.Helper()
	s.keys(key, "x")
	s.sees("› x")
	s.keys(backspace)
	s.sees("!› x")
}

func TestHistory(t *testing.T) {
	svc := newChat(t)
	bob := userOf(t, svc, "bob")
	postMany(t, svc, bob, 1, 400)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.sees("m400")
	s.scroll(pageUp, 1)
	s.sees("the beginning of #general")

	before := strings.Join(strings.Split(s.text(), "\n")[:20], "\n")
	postMany(t, svc, bob, 401, 403)
	_, last := s.shown()
	s.sees(fmt.Sprintf("↓ %d newer", 403-last))
	if now := s.text(); !strings.HasPrefix(now, before) {
		t.Errorf("what is read has moved from\n%s\nto\n%s", before, now)
	}
	s.scroll(pageDown, 403)
	s.sees("!newer")

	s.scroll(pageUp, 300)
	s.sees("newer")
	s.keys(escape)
	s.sees("m403", "!newer")
}

// TestAnswerFarUp has a command answered to somebody who reads what is so old
// that the end is not loaded.
func TestAnswerFarUp(t *testing.T) {
	svc := newChat(t)
	bob := userOf(t, svc, "bob")
	postMany(t, svc, bob, 1, 100)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.sees("m100")
	s.scroll(pageUp, 50)
	s.missTail(svc, bob, 101, 1000)
	s.keys("/whoami", enter)
	s.sees("alice, by the key", "m1000")
}

// missTail has so much said while the client does not read that the replica
// has dropped the beginning of it when the client reads again.
func (s *seat) missTail(svc *chat.Service, by chat.User, from, to int) {
	s.t.Helper()
	s.gate.shut()
	postMany(s.t, svc, by, from, to)
	s.until("the replica has it all", func() bool {
		view, _ := s.Room(chat.General)
		return view.Head == chat.MessageID(to)
	})
	s.gate.reopen()
}

// TestMissed has somebody read what was, and miss what is.
func TestMissed(t *testing.T) {
	svc := newChat(t)
	bob := userOf(t, svc, "bob")
	postMany(t, svc, bob, 1, 100)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.sees("m100")
	s.scroll(pageUp, 50)
	_, last := s.shown()
	s.missTail(svc, bob, 101, 1000)
	s.sees(fmt.Sprintf("↓ %d newer", 1000-last), fmt.Sprintf("m%d\n", last))
	s.scroll(pageDown, 1000)
}

// TestMissedAtTheEnd has somebody who follows the end miss much.
func TestMissedAtTheEnd(t *testing.T) {
	svc := newChat(t)
	bob := userOf(t, svc, "bob")
	postMany(t, svc, bob, 1, 20)
	s := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	s.sees("m20")
	s.missTail(svc, bob, 21, 1000)
	s.sees("m1000")
	s.scroll(pageUp, 1)
}
