package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"teahouse/e2e/house"
)

// injury is a panic at a place of the program, which the build tag faults makes
// there where about is in question, and how somebody called mallory makes it
// come.
type injury struct {
	place, about string
	// comes arms the fault when it is time, and gives mallory's session where the
	// panic is to end it; nil: nobody's ends.
	comes func(w *town, arm func()) *guest
	// lost is set where the one that ends is no session yet: there is nobody to
	// have words with.
	lost bool
}

// panics are all places that a goroutine of the program can be in.
func panics() []injury {
	return []injury{
		{place: "accept", comes: knocks, lost: true},
		{place: "connection", comes: knocks, lost: true},
		{place: "handshake", comes: knocks, lost: true},
		{place: "channel", about: "mallory", comes: knocks, lost: true},
		{place: "session", about: "mallory", comes: runs("whoami")},
		{place: "request exec", about: "mallory", comes: knocks, lost: true},
		{place: "request window-change", about: "mallory", comes: widens},
		{place: "input", about: "mallory", comes: runs("send general", "half a message")},
		{place: "update", about: "mallory", comes: types("x")},
		{place: "view", about: "mallory", comes: types("x")},
		// What was typed before is there again, where it was taken in before the screen went.
		{place: "command", about: "mallory", comes: types("\x15/whoami\r")},
		{place: "screen", about: "poison", comes: types("poison")},
		{place: "keys", about: "poison", comes: types("poison")},
		{place: "outbox", about: "poison", comes: types("poison\r")},
		{place: "lines", about: "mallory", comes: runs("lines", "x\n")},
		{place: "typist", about: "poison", comes: runs("lines", "poison\n")},
		{place: "watch"}, {place: "keep"}, {place: "tend"}, {place: "rules"},
		{place: "route"}, {place: "read"},
		{place: "line", about: "poison"}, {place: "hub", about: "poison"}, {place: "feed", about: "poison"},
		{place: "entry", about: "poison"}, {place: "printed", about: "poison"},
	}
}

// knocks has mallory try to come in, and not get far.
func knocks(w *town, arm func()) *guest {
	arm()
	client, err := w.dial("mallory", 0)
	if err != nil {
		return nil
	}
	defer func() { w.must(client.Close()) }()
	if _, err := w.begin(client, "whoami"); err == nil {
		w.Error("mallory's session began")
	}
	return nil
}

func runs(command string, input ...string) func(*town, func()) *guest {
	return func(w *town, arm func()) *guest {
		arm()
		g := w.visitAs("mallory", 0, command)
		for _, text := range input {
			g.types(text)
		}
		return g
	}
}

func types(text string) func(*town, func()) *guest {
	return func(w *town, arm func()) *guest {
		g := w.reads("mallory")
		arm()
		g.types(text)
		return g
	}
}

// reads has somebody sit at a screen that is drawn.
func (w *town) reads(name string) *guest {
	w.Helper()
	g := w.visitAs(name, 0, "")
	g.await("the screen is drawn", func() bool { return strings.Contains(g.out.String(), "#general") })
	return g
}

func widens(w *town, arm func()) *guest {
	g := w.reads("mallory")
	arm()
	w.must(g.WindowChange(30, 100))
	return g
}

// injure makes a folder for faults and a replica that looks there.
func (w *town) injure() {
	w.folder("faults")
	w.startReplica("REDIS_URL="+w.url(), "FAULTS="+w.folder("faults"), "MESSAGE_RATE=0", "MAX_SESSIONS_PER_USER=100", "LOG_LEVEL=debug")
}

// arm has the next panic happen. The file appears whole.
func (w *town) arm(f injury) {
	w.Helper()
	temp := filepath.Join(w.dir, "fault")
	w.must(os.WriteFile(temp, []byte(f.about), 0o600))
	w.must(os.Rename(temp, filepath.Join(w.folder("faults"), f.place)))
}

// happened tells whether the panic has.
func (w *town) happened(f injury) bool {
	_, err := os.Stat(filepath.Join(w.folder("faults"), f.place))
	return errors.Is(err, os.ErrNotExist)
}

// TestPanics has the program panic wherever a goroutine of its can be: what
// that happened to ends, with words; everybody else goes on, and nothing that
// was said is lost.
func TestPanics(t *testing.T) {
	t.Parallel() // most of it is waiting
	w := newGround(t)
	w.build("faults")
	w.startRedis()
	w.injure()
	bob, tail, lines := w.open("bob", 0), w.tail("tina", 0), w.visitAs("lena", 0, "lines")
	carol := w.person("carol")
	for n, f := range panics() {
		t.Run(f.place, func(t *testing.T) {
			defer func(whole *testing.T) { w.T = whole }(w.T)
			w.T = t
			if f.comes == nil {
				w.arm(f)
			} else if g := f.comes(w, func() { w.arm(f) }); !f.lost {
				w.endsInWords(g)
			}
			poison := fmt.Sprint("poison of ", f.place)
			w.ssh(carol, 0, "", "send", "general", poison)
			w.must(bob.Await(w.ctx, 0, func(rows []house.Row) bool {
				return shows(poison)(rows) || shows("something here cannot be shown")(rows)
			}))
			// A room of its own has a topic to be subscribed, and to be read.
			w.must(bob.Type(fmt.Sprintf("/join room%d\r", n)))
			w.must(bob.Await(w.ctx, 0, shows(fmt.Sprintf("message #room%d", n))))
			w.must(house.Await(w.ctx, w.replicas[0].Done(), 0, func() bool {
				if !w.happened(f) && f.about == "poison" {
					// News of it may be lost, where that of the panic before was not over: it is
					// read then, and never comes by the place.
					w.ssh(carol, 0, "", "send", "general", poison)
				}
				return w.happened(f)
			}))
			w.must(bob.Type("/join general\r"))
			w.must(bob.Await(w.ctx, 0, shows(poison)))
			w.must(bob.Type("bob lives after " + f.place + "\r"))
			w.must(bob.Await(w.ctx, 0, shows("bob lives after "+f.place)))
			w.told(f)
		})
	}
	if log := w.replicas[0].Log.String(); strings.Contains(log, "poison of") || strings.Contains(log, "bob lives") {
		t.Error("what was said is in the log")
	}
	// bodies fails where a message is missing, or comes twice.
	tail.bodies(len(w.stored()))
	select {
	case <-lines.ended:
		t.Errorf("lena's session ended: %v\n%s", lines.how, lines.out)
	default:
	}
}

// told looks whether the log has the panic, once, with its stack.
func (w *town) told(f injury) {
	w.Helper()
	found := 0
	for line := range strings.Lines(w.replicas[0].Log.String()) {
		if strings.Contains(line, `panic="injected: `+f.place+`"`) && strings.Contains(line, "level=ERROR") && strings.Contains(line, "faults.At(") {
			found++
		}
	}
	if found != 1 {
		w.Errorf("the log has the panic %d times", found)
	}
}

// endsInWords waits until the session ends, and looks at its last words, and
// whether the terminal is as it was.
func (w *town) endsInWords(g *guest) {
	w.Helper()
	if status := g.status(); status != 1 {
		w.Errorf("it ended with status %d", status)
	}
	const words = "teahouse: internal error; it has been logged. Connect again"
	out := g.out.String()
	if begun := strings.Contains(out, "\x1b[?1049h"); begun {
		w.restored(out)
	}
	if all := out + g.err.String(); strings.Count(all, words) != 1 {
		w.Errorf("the last words are %q", all[max(0, len(all)-300):])
	}
}

// restored looks whether the last that was done to each mode of the terminal is
// to put it back, and whether nothing was left unfinished.
func (w *town) restored(out string) {
	w.Helper()
	for mode, end := range map[string]string{
		"1049": "l", "1000": "l", "1006": "l", "2004": "l", "2026": "l", "25": "h", "7": "h",
	} {
		i := strings.LastIndex(out, "\x1b[?"+mode)
		if i < 0 || !strings.HasPrefix(out[i+len("\x1b[?"+mode):], end) {
			w.Errorf("mode %s of the terminal is not put back: %q", mode, out[max(0, len(out)-200):])
		}
	}
}
