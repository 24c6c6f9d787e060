package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"teahouse/e2e/house"
)

// attacker is somebody who gives commands over one connection of the real ssh,
// as ControlMaster shares it, and notes what they are answered.
type attacker struct {
	w      *town
	who    *house.Person
	port   int
	socket string
	heard  *house.Transcript // what commands printed, on either stream
	json   *house.Transcript // what they printed with --json
}

func (w *town) attacker(name string, replica int) *attacker {
	w.Helper()
	// A socket's path is short, and a test's folder is not.
	dir, err := os.MkdirTemp("", "cm")
	w.must(err)
	w.Cleanup(func() { w.must(os.RemoveAll(dir)) })
	a := &attacker{
		w: w, who: w.person(name), port: w.replicas[replica].SSHPort, socket: filepath.Join(dir, "s"),
		heard: &house.Transcript{}, json: &house.Transcript{},
	}
	v := house.Visit{Port: a.port, Piped: true, Options: []string{"ControlMaster=yes", "ControlPath=" + a.socket, "SessionType=none"}}
	cmd := exec.Command("ssh", a.who.SSH(v)...)
	cmd.Env, cmd.Stderr = house.Environ(), os.Stderr
	master, err := house.StartProcess(cmd)
	w.must(err)
	w.Cleanup(master.Kill)
	w.must(house.Await(w.ctx, master.Done(), 0, func() bool { _, err := os.Stat(a.socket); return err == nil }))
	return a
}

// does gives a command, and tells its status. A text that no command line can
// hold, for a NUL in it, goes without that.
func (a *attacker) does(stdin string, command ...string) int {
	a.w.Helper()
	heard := a.heard
	if command[len(command)-1] == "--json" {
		heard = a.json
	}
	for i, word := range command {
		command[i] = strings.ReplaceAll(word, "\x00", "")
	}
	v := house.Visit{Port: a.port, Command: command, Options: []string{"ControlPath=" + a.socket}}
	cmd := exec.CommandContext(a.w.ctx, "ssh", a.who.SSH(v)...)
	cmd.Env, cmd.Stdin = house.Environ(), strings.NewReader(stdin)
	cmd.Stdout, cmd.Stderr = heard, a.heard
	err := cmd.Run()
	status := cmd.ProcessState.ExitCode()
	if status < 0 || status > 2 {
		a.w.Errorf("%.60q: %v\n%.200q", command, err, a.heard.String())
	}
	return status
}

// check holds the answers against what may be in them.
func (a *attacker) check() {
	a.w.Helper()
	if err := house.CheckText(a.heard.String(), "\n"); err != nil {
		a.w.Errorf("%s was answered %v", a.who.Name, err)
	}
	if err := house.CheckJSON(a.json.String()); err != nil {
		a.w.Errorf("%s was answered in JSON %v", a.who.Name, err)
	}
}

// TestHostileTexts says each text at one replica, and gives one of five in every
// other way that a person has.
func TestHostileTexts(t *testing.T) { giveHostileTexts(t, 5) }

// giveHostileTexts says each text, gives one of so many to the program in every
// other way that a person has, at one replica, and reads byte by byte what
// reaches people at another.
func giveHostileTexts(t *testing.T, oneOf int) {
	t.Parallel() // most of it goes one after the other
	w := newTown(t, 2, "MESSAGE_RATE=0", "LOG_LEVEL=debug")
	s := w.watch()
	a, reader := w.attacker("mallory", 0), w.attacker("reader", 1)
	pasting := s.paste("paster")
	began := time.Now()
	n := 0
	for _, f := range hostileTexts(t) {
		for i, h := range f.texts {
			n++
			sent := a.does(fmt.Sprintf("h%d|", n)+h.text, "send", "general")
			if isLong := f.name == "lines" || f.name == "marks"; sent != 0 && !isLong {
				t.Errorf("%s: %.40q is not posted", f.name, h.text)
			}
			s.see(s.after(a, n))
			if n%oneOf == 0 {
				a.inEveryField(h.text, n)
			}
			if i < 2 {
				pasting.paste(h.text)
				reader.reads()
			}
		}
		s.check()
	}
	reader.reads()
	s.check()
	for _, one := range []*attacker{a, reader} {
		one.check()
	}
	w.logs()
	t.Logf("%d texts in %s; %d bytes reached the narrow screen", n, time.Since(began).Round(time.Second), len(s.sent["narrow"].String()))
}

// after posts a line by which it is known that all before it has come.
func (s *wires) after(a *attacker, n int) string {
	s.w.Helper()
	mark := fmt.Sprintf("thereupon %d.", n)
	if a.does(mark, "send", "general") != 0 {
		s.w.Fatalf("%s is not posted", mark)
	}
	return mark
}

// inEveryField puts a text wherever a command takes one. Most are refused
// somewhere, in words that hold what was typed.
func (a *attacker) inEveryField(text string, n int) {
	a.w.Helper()
	short := strings.ToValidUTF8(string([]rune(text)[:min(len([]rune(text)), 60)]), "")
	if len(text) < 60 {
		short = text // with what is no UTF-8 in it
	}
	for _, command := range [][]string{
		{"topic", "general", "about", short},
		{"away", "off", short},
		{"react", "general", "1", short},
		{"react", "general", "1", ":" + short + ":"},
		{"nick", short + "x"},
		{"join", "#x" + short},
		{"edit", "general", "1", fmt.Sprint("edited ", n, " "), short},
		{"search", short},
		{"whois", short},
		{short, "general"},
	} {
		a.does("", command...)
	}
}

// reads has somebody look at all that others have written, in words and as JSON.
func (a *attacker) reads() {
	a.w.Helper()
	for _, command := range [][]string{
		{"history", "general", "-n", "30"}, {"rooms"}, {"who"}, {"who", "general"}, {"whois", "mallory"},
		{"topic", "general"}, {"search", "thereupon", "-n", "3"}, {"pins", "general"}, {"invites"}, {"drafts"}, {"export"},
	} {
		a.does("", command...)
		a.does("", append(command, "--json")...)
	}
}

// logs holds what the replicas wrote for their operators.
func (w *town) logs() {
	w.Helper()
	for i, r := range w.replicas {
		if err := house.CheckText(r.Log.String(), "\n"); err != nil {
			w.Errorf("the log of replica %d holds %v", i, err)
		}
		if strings.Contains(r.Log.String(), "panic") {
			w.Errorf("replica %d:\n%s", i, r.Log)
		}
	}
}

// paster is somebody at a screen into which all is pasted.
type paster struct {
	s      *wires
	screen *house.Terminal
}

func (s *wires) paste(name string) paster {
	s.w.Helper()
	s.open(name, "xterm-256color", house.Size{Columns: 80, Rows: 24}, "message #")
	return paster{s, s.screens[name]}
}

// paste puts a text into the composer and sends it. One that ends the paste
// itself goes on as keys, as at any terminal that lets that through.
func (p paster) paste(text string) {
	p.s.w.Helper()
	if strings.Contains(text, "\x1b[201~") {
		return
	}
	p.s.w.must(p.screen.Type("pasted \x1b[200~" + text + "\x1b[201~\r"))
}
