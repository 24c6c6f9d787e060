package ui_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"teahouse/app/chat"
	"teahouse/e2e/house"
)

// check compares everybody's screens with history, as TestRandom says.
func (c *crowd) check(witness *chat.Service) {
	for _, p := range c.people {
		if p.size.Load().Width < 45 {
			// Others stay as they are: another size has all rows made anew.
			p.resize(64, 40)
		}
		fresh := &dweller{seat: sit(c.T, witness, p.user, p.size.Load().Width, p.size.Load().Height)}
		for _, v := range p.inRooms() {
			p.visit(v)
			fresh.visit(v)
			c.compare(p, fresh, v, witness)
		}
		fresh.leaves()
	}
}

// inRooms lists the rooms that somebody is in, the open one first.
func (p *dweller) inRooms() []chat.RoomView {
	open, all := p.openRoom(), p.Rooms()
	slices.SortStableFunc(all, func(a, b chat.RoomView) int {
		switch {
		case a.ID == open.ID:
			return -1
		case b.ID == open.ID:
			return 1
		}
		return 0
	})
	return all
}

// visit opens a room at its end.
func (p *dweller) visit(room chat.RoomView) {
	p.t.Helper()
	line := "/join " + room.Name
	if room.IsDirect() {
		line = "/msg " + room.Name
	}
	if is := func() bool { return p.openRoom().ID == room.ID }; !is() {
		p.insist("opening "+room.Title(), is, escape, escape, ctrlC, line, enter)
	}
	p.keys(escape, escape, escape, ctrlC)
}

// insist presses the keys until that shows: another command's answer may have
// come in between.
func (p *dweller) insist(what string, ok func() bool, keys ...string) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		p.keys(keys...)
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		err := house.Await(ctx, p.done, 0, ok)
		cancel()
		if err == nil {
			return
		}
	}
	p.t.Fatalf("%s: waited in vain\n%s", what, p.term)
}

// compare has a screen of many hours show the same as a new one, and that what
// history says.
func (c *crowd) compare(p, fresh *dweller, room chat.RoomView, witness *chat.Service) {
	c.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var why string
	if err := house.Await(ctx, p.done, 0, func() bool {
		now := readLog(fresh.term.Rows(), fresh.size.Load().Width)
		var n int
		if n, why = differ(readLog(p.term.Rows(), p.size.Load().Width), now); why == "" {
			_, why = differ(signsOf(now), c.history(witness, p, room))
		}
		if why == "" {
			c.rows += n
		}
		return why == ""
	}); err != nil {
		c.Fatalf("%s's screen for %s is not as history has it: %v: %s\n%s\nand anew\n%s", p.base, room.Title(), err, why, p.term, fresh.term)
	}
}

// isSign finds what is compared with history: words, marks and reactions.
var isSign = regexp.MustCompile(`w\d+z|\(edited\)|message deleted|[^ \w]+ \d+$|[^ \w]+ \d+   `)

// signsOf gives them one by one, of all but quotations.
func signsOf(lines []line) (all []line) {
	for _, l := range lines {
		for _, sign := range isSign.FindAllString(l.text, -1) {
			if l.who != "↪" {
				all = append(all, line{l.at, l.who, strings.TrimSpace(sign)})
			}
		}
	}
	return all
}

// history gives the signs that a room's log should show to somebody. It fails
// where what was said once is there twice.
func (c *crowd) history(svc *chat.Service, p *dweller, room chat.RoomView) (all []line) {
	c.Helper()
	page, err := svc.History(c.Context(), p.user, room.Room, 0, chat.LimitHistory)
	must(c.T, err)
	seen := map[string]bool{}
	for _, m := range page.Messages {
		for _, sign := range signsIn(m) {
			if strings.HasPrefix(sign, "w") && seen[sign] {
				c.Fatalf("%s is in two messages of %s", sign, room.Title())
			}
			seen[sign] = true
			all = append(all, line{m.At.UTC().Format("15:04"), whoSaid(m, p.user), sign})
		}
	}
	return all
}

func whoSaid(m *chat.Message, me chat.User) string {
	switch {
	case m.Kind == chat.KindAction && !m.Deleted:
		return "* " + m.Name
	case m.From == me.ID:
		return "you"
	}
	return m.Name
}

var isWord = regexp.MustCompile(`w\d+z`)

func signsIn(m *chat.Message) []string {
	signs := isWord.FindAllString(m.Body, -1)
	if m.Deleted {
		signs = append(signs, "message deleted")
	}
	if !m.Edited.IsZero() {
		signs = append(signs, "(edited)")
	}
	for _, r := range m.Reactions {
		signs = append(signs, fmt.Sprint(r.Emoji, " ", len(r.Users)))
	}
	return signs
}

// differ tells how many rows, from the end, are the same on both, and what is
// not.
func differ(a, b []line) (rows int, why string) {
	n := min(len(a), len(b))
	for i := 1; i <= n; i++ {
		if x, y := a[len(a)-i], b[len(b)-i]; !x.isLike(y) {
			return i, fmt.Sprintf("%d rows from the end, %q is not %q", i, x, y)
		}
	}
	if n == 0 && len(a)+len(b) > 0 {
		return 0, "one of them is empty"
	}
	return n, ""
}
