package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"teahouse/e2e/house"
)

// TestHostileStorage writes the texts where other versions, or other programs,
// may have written them: straight into Redis, in every field that a person ever
// reads. What a replica then shows is read byte by byte.
func TestHostileStorage(t *testing.T) {
	w := newTown(t, 1, "MESSAGE_RATE=0")
	texts := []string{"m\x1b]52;c;QQ==\ae\u009b2J\u202ex\u2066\r\nadmin: hi\x00\u200b\U000e0041"}
	for _, f := range hostileTexts(t) {
		for _, h := range f.texts[:min(len(f.texts), 8)] {
			texts = append(texts, h.text)
		}
	}
	author, reader := w.attacker("mallory", 0), w.attacker("reader", 0)
	author.does(strings.Repeat("to be written over\n", len(texts)), "send", "general", "--lines")
	author.does("", "create", "board", "--private")
	author.does("", "join", "den")
	reader.does("", "join", "den")
	author.does("said in den", "send", "den")
	author.does("said to one", "send", "@reader")
	author.does("", "invite", "&board", "reader")
	author.does("", "pin", "general", strconv.Itoa(len(texts)))
	reader.does("", "ignore", "nobody-much")
	w.vandalise(texts)
	w.startReplica("REDIS_URL="+w.url(), "MESSAGE_RATE=0", "LOG_LEVEL=debug", "SERVER_NAME=t\x1b[2J\u202eea", "MOTD=welcome\x1b]0;x\a\n\u2066home", "REGION=a\u009bms")
	s := w.watch()
	late := w.attacker("reader", 1)
	for _, text := range texts[:20] {
		w.publish(text)
	}
	late.reads()
	for _, command := range [][]string{{"history", "den"}, {"history", "@" + texts[0]}, {"history", "general", "-n", "200"}, {"keys"}, {"ignore"}, {"pins", "general"}, {"topic", "den"}, {"set"}} {
		late.does("", command...)
		late.does("", append(command, "--json")...)
	}
	author.does("at the end", "send", "general")
	s.see("at the end")
	for _, name := range []string{"narrow", "wide"} {
		s.press(name, "\x0b", "find a room or a person")
		s.press(name, "\x1b", "!find a room or a person")
		s.press(name, "\x06", "words, from:NAME")
		s.press(name, "m\r", "found in")
		s.press(name, "\x1b", "!found in")
		s.press(name, "/whois mallory\r", "last here")
		s.press(name, "/rooms\r", " people ")
		s.press(name, "by "+name+"\r", "by "+name)
	}
	s.signals("wide", author)
	s.check()
	late.check()
	w.logs()
}

// press types at a screen and waits for what that shows, or with a ! before it
// does not show any more.
func (s *wires) press(name, keys, shown string) {
	s.w.Helper()
	s.w.must(s.screens[name].Type(keys))
	text, gone := strings.CutPrefix(shown, "!")
	s.w.must(s.screens[name].Await(s.w.ctx, 0, func(rows []house.Row) bool { return shows(text)(rows) != gone }))
}

// signals has a screen send what is not seen there: a text for the clipboard,
// and a notification of a message.
func (s *wires) signals(name string, author *attacker) {
	s.w.Helper()
	screen := s.screens[name]
	s.press(name, "/set notify on\r", "notify is on")
	s.press(name, strings.Repeat("\x1b[1;3A", 8), "r reply")
	s.press(name, "c", "your terminal's clipboard")
	author.does("@"+name+" is called", "send", "general")
	for _, signal := range []string{"52;c;", "9;", "777;notify;"} {
		s.w.must(house.Await(s.w.ctx, nil, 0, func() bool {
			return slices.ContainsFunc(screen.Screen.Signals(), func(one string) bool { return strings.HasPrefix(one, signal) })
		}))
	}
}

// vandalise writes texts over what Redis has.
func (w *town) vandalise(texts []string) {
	w.Helper()
	c := w.redis.Client()
	defer func() { w.must(c.Close()) }()
	evil := texts[0]
	for i, raw := range w.list(c.ZRange(w.ctx, "room:{0}", 0, -1)) {
		text := texts[i%len(texts)]
		w.must(c.ZRem(w.ctx, "room:{0}", raw).Err())
		w.must(c.ZAdd(w.ctx, "room:{0}", redis.Z{Score: float64(i + 1), Member: w.forged(raw, text)}).Err())
	}
	for _, key := range w.list(c.Keys(w.ctx, "*")) {
		switch {
		case strings.HasSuffix(key, ":meta"):
			w.must(c.HSet(w.ctx, key, "name", evil, "topic", evil, "topic_by", evil).Err())
		case strings.HasSuffix(key, ":members"), strings.HasSuffix(key, ":ignored"):
			for _, id := range w.list(c.HKeys(w.ctx, key)) {
				w.must(c.HSet(w.ctx, key, id, evil).Err())
			}
		case strings.HasSuffix(key, ":invites"):
			for _, id := range w.list(c.HKeys(w.ctx, key)) {
				w.must(c.HSet(w.ctx, key, id, "1 "+evil).Err())
			}
		}
	}
	for id := 1; id <= 2; id++ {
		user := fmt.Sprintf("user:{%d}", id)
		w.must(c.HSet(w.ctx, user, "name", evil, "away", evil, "away_at", 1, "zone", evil, "theme", evil, "clock", evil).Err())
		w.must(c.HSet(w.ctx, user+":drafts", "0", evil).Err())
		w.must(c.HSet(w.ctx, user+":ignored", "99", evil).Err())
		for _, fingerprint := range w.list(c.HKeys(w.ctx, user+":keys")) {
			w.must(c.HSet(w.ctx, user+":keys", fingerprint, evil).Err())
		}
	}
}

// forged is a message with a text in every field of it.
func (w *town) forged(raw, text string) string {
	w.Helper()
	var m map[string]any
	w.must(json.Unmarshal([]byte(raw), &m))
	m["name"], m["body"], m["reactions"] = text, text, map[string][]int{text: {1, 2}}
	forged, err := json.Marshal(m)
	w.must(err)
	return string(forged)
}

// publish tells the replicas of people and notices that there are not.
func (w *town) publish(text string) {
	w.Helper()
	c := w.redis.Client()
	defer func() { w.must(c.Close()) }()
	version, err := c.HGet(w.ctx, "room:{0}:head", "roll").Int()
	w.must(err)
	tell := func(kind string, object map[string]any) {
		payload, err := json.Marshal(object)
		w.must(err)
		w.must(c.Publish(w.ctx, "room:{0}:feed", kind+string(payload)).Err())
	}
	tell("y", map[string]any{"u": 98, "n": text})
	tell("n", map[string]any{"u": 98, "n": text, "x": text})
	for _, turn := range []string{"in", "name", "out"} {
		version++
		w.must(c.HSet(w.ctx, "room:{0}:head", "roll", version).Err())
		tell("r", map[string]any{"v": version, "t": turn, "u": 98, "n": text})
	}
}

// lister is an answer of Redis that is a list.
type lister interface{ Result() ([]string, error) }

func (w *town) list(answer lister) []string {
	w.Helper()
	all, err := answer.Result()
	w.must(err)
	return all
}
