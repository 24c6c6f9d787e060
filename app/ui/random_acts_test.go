package ui_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"teahouse/app/chat"
)

// act is something that people do.
type act struct {
	weight int
	name   string
	do     func(c *crowd, p *dweller)
}

func draw(r *rand.Rand, acts []act) act {
	sum := 0
	for _, a := range acts {
		sum += a.weight
	}
	n := r.IntN(sum)
	for _, a := range acts {
		if n -= a.weight; n < 0 {
			return a
		}
	}
	panic("no act")
}

const (
	ctrlHome = "\x1b[1;5H"
	ctrlEnd  = "\x1b[1;5F"
	ctrlL    = "\x0c"
	ctrlN    = "\x0e"
	ctrlU    = "\x15"
	erase    = "\x7f"
	pasted   = "\x1b[200~"
	pasteEnd = "\x1b[201~"
)

func rooms() []string  { return []string{"ops", "tea", "garden"} }
func emojis() []string { return []string{"👍", "🎉", "🫖"} }

// bodies are what is said, with %s for a word.
func bodies() []string {
	return []string{
		"%s", "Well, %s it is", "**%s** and `code` and _so on_",
		"茶屋へ %s ようこそ、お茶をどうぞ召し上がれ。日本語の長い文もある。", "e\u0301 👩‍👩‍👧 %s 🇳🇱 ☕",
		"First %s" + newline + "second" + newline + newline + "last",
		"A long one that has to be wrapped on most of the screens: %s " + strings.Repeat("and on ", 20),
		pasted + "Look:\r```\rfunc main() {\r\t%s\r}\r```\rso it is" + pasteEnd,
		"> quoted %s" + newline + "- one" + newline + "- two", "@alice @bob %s", "//slash %s",
	}
}

func (c *crowd) body() string { return fmt.Sprintf(pick(c.Rand, bodies()), c.word()) }

func allActs() []act {
	return []act{
		{40, "says", func(c *crowd, p *dweller) { p.keys(ctrlC, c.body(), enter) }},
		{8, "says more", func(c *crowd, p *dweller) { p.keys("W "+c.word(), enter) }},
		{6, "does", func(c *crowd, p *dweller) { p.run("/me " + c.word() + " waves at *all*") }},
		{14, "edits the last", func(c *crowd, p *dweller) { p.keys(ctrlC, up, " "+c.word(), enter) }},
		{4, "begins an edit", func(c *crowd, p *dweller) { p.keys(ctrlC, up, " "+c.word()) }},
		{6, "empties the last", (*crowd).emptyLast},
		{8, "edits a chosen one", func(c *crowd, p *dweller) { c.choose(p); p.keys("e", " "+c.word(), enter) }},
		{6, "deletes a chosen one", func(c *crowd, p *dweller) { c.choose(p); p.keys("d", "d") }},
		{14, "replies", func(c *crowd, p *dweller) { c.choose(p); p.keys("r", c.body(), enter) }},
		{16, "reacts", func(c *crowd, p *dweller) {
			c.choose(p)
			p.keys("+", pick(c.Rand, []string{" ", "teapot", "tada"}), enter)
		}},
		{10, "/react", func(c *crowd, p *dweller) { c.revise(p, "react", pick(c.Rand, emojis())) }},
		{6, "/react --off", func(c *crowd, p *dweller) { c.revise(p, "react", pick(c.Rand, emojis())+" --off") }},
		{10, "/reply", func(c *crowd, p *dweller) { c.revise(p, "reply", c.word()) }},
		{10, "/edit", func(c *crowd, p *dweller) { c.revise(p, "edit", c.word()+" anew") }},
		{5, "/delete", func(c *crowd, p *dweller) { c.revise(p, "delete", "") }},
		{5, "/pin", func(c *crowd, p *dweller) { c.revise(p, "pin", "") }},
		{5, "/unpin", func(c *crowd, p *dweller) { c.revise(p, "unpin", "") }},
		{6, "/topic", func(c *crowd, p *dweller) {
			p.run("/topic " + pick(c.Rand, []string{"tea", "on the 茶 and other matters"}))
		}},
		{4, "/nick", func(c *crowd, p *dweller) { p.run("/nick " + p.base + pick(c.Rand, []string{"", "2", "3"})) }},
		{12, "/join", func(c *crowd, p *dweller) { p.run("/join " + pick(c.Rand, rooms())) }},
		{4, "/leave", func(c *crowd, p *dweller) { p.run("/leave " + pick(c.Rand, rooms())) }},
		{8, "/msg", func(c *crowd, p *dweller) { p.run("/msg " + pick(c.Rand, c.people).User().Name + " " + c.word()) }},
		{12, "goes to another room", func(c *crowd, p *dweller) { p.keys(pick(c.Rand, []string{ctrlN, ctrlP, altN})) }},
		{6, "goes to #general", func(_ *crowd, p *dweller) { p.run("/join general") }},
		{5, "finds a room", func(c *crowd, p *dweller) { p.keys(ctrlK, pick(c.Rand, rooms()), enter) }},
		{20, "scrolls", (*crowd).scroll},
		{6, "goes to an original", func(c *crowd, p *dweller) { c.choose(p); p.keys(enter) }},
		{8, "presses Esc", func(_ *crowd, p *dweller) { p.keys(escape) }},
		{4, "draws anew", func(_ *crowd, p *dweller) { p.keys(ctrlL) }},
		{6, "opens a dialog", func(c *crowd, p *dweller) { p.dialog = true; p.keys(pick(c.Rand, []string{ctrlG, ctrlK})) }},
		{10, "resizes", (*crowd).resize},
		{5, "stalls", func(_ *crowd, p *dweller) { p.stalled = true; p.gate.shut() }},
		{5, "moves to the other replica", (*crowd).move},
	}
}

// run gives a command, or says something, after what is being typed has gone.
func (p *dweller) run(line string) { p.keys(ctrlC, line, enter) }

// choose selects one of the messages near the end of the view.
func (c *crowd) choose(p *dweller) {
	p.keys(ctrlC)
	for range 1 + c.IntN(6) {
		p.keys(altUp)
	}
	if c.IntN(4) == 0 {
		p.keys(altDown)
	}
}

// emptyLast deletes what one said last by leaving nothing of it.
func (c *crowd) emptyLast(p *dweller) {
	p.keys(ctrlC, up)
	for range 8 {
		p.keys(ctrlU, erase)
	}
	p.keys(enter, enter)
}

// revise gives a command about some message of the open room.
func (c *crowd) revise(p *dweller, command, rest string) {
	n := c.IntN(1 << 30)
	p.run(fmt.Sprintf("/%s %d %s", command, 1+n%max(int(p.openRoom().Head), 1), rest))
}

// openRoom is the one that the window's title names; the zero value where they
// are not in it.
func (p *dweller) openRoom() chat.RoomView {
	title := p.term.Title()
	for _, v := range p.Rooms() {
		if strings.HasSuffix(" "+title, " "+v.Title()+" · teahouse") {
			return v
		}
	}
	return chat.RoomView{}
}

func (c *crowd) scroll(p *dweller) {
	key := pick(c.Rand, []string{pageUp, pageUp, pageDown, ctrlHome, ctrlEnd, ctrlO})
	for range 1 + c.IntN(4) {
		p.keys(key)
	}
}

func (c *crowd) resize(p *dweller) {
	size := pick(c.Rand, [][2]int{{80, 30}, {20, 6}, {30, 12}, {45, 30}, {64, 40}, {110, 40}})
	p.resize(size[0], size[1])
}

// move disconnects somebody, who comes back at the other replica.
func (c *crowd) move(p *dweller) {
	p.leaves()
	p.replica = 1 - p.replica
	p.seat = sit(c.T, c.replicas[p.replica], p.user, 80, 40)
}
