package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"teahouse/e2e/house"
)

// family is texts of one kind that people send to do something to the
// terminals of others.
type family struct {
	name  string
	texts []hostile
}

// hostile is such a text. Of a plain one the bytes are harmless, and what is made
// of them might not be.
type hostile struct {
	text  string
	plain bool
}

// hostileTexts reads testdata/hostile, where README says how that is written.
func hostileTexts(t *testing.T) (all []family) {
	t.Helper()
	files, err := filepath.Glob("testdata/hostile/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d families of texts: %v", len(files), err)
	}
	for _, file := range files {
		f := family{name: strings.TrimSuffix(filepath.Base(file), ".txt")}
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(page)) {
			if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
				continue
			}
			line, plain := strings.CutPrefix(line, "plain ")
			text, err := hostileText(line)
			if err != nil {
				t.Fatalf("%s: %s: %v", file, line, err)
			}
			f.texts = append(f.texts, hostile{text, plain})
		}
		all = append(all, f)
	}
	return all
}

// hostileText reads a Go string, and how often it is to be repeated.
func hostileText(line string) (string, error) {
	quoted, err := strconv.QuotedPrefix(line)
	if err != nil {
		return "", err
	}
	text, err := strconv.Unquote(quoted)
	if times, ok := strings.CutPrefix(line[len(quoted):], " * "); ok && err == nil {
		n, err := strconv.Atoi(times)
		return strings.Repeat(text, n), err
	}
	return text, err
}

// TestHostileTextsAreFoundOut keeps the checks from passing all: every text that
// is not plain, sent as it is, is found out.
func TestHostileTextsAreFoundOut(t *testing.T) {
	for _, f := range hostileTexts(t) {
		for _, h := range f.texts {
			if err := house.CheckText(h.text, "\n\r\t"); (err == nil) != h.plain {
				t.Errorf("%s: %.40q: %v", f.name, h.text, err)
			}
		}
	}
}

// wires is everything by which a person may be reached, each with what it has
// been sent so far.
type wires struct {
	w       *town
	grammar house.Wire
	screens map[string]*house.Terminal
	sent    map[string]*house.Transcript
}

// watch opens screens of several kinds at the second replica, and commands that
// follow general there.
func (w *town) watch() *wires {
	w.Helper()
	s := &wires{w: w, grammar: house.NewWire(), screens: map[string]*house.Terminal{}, sent: map[string]*house.Transcript{}}
	s.open("narrow", "xterm-256color", house.Size{Columns: 80, Rows: 24}, "message #")
	s.open("wide", "xterm-256color", house.Size{Columns: 120, Rows: 40}, "message #")
	s.open("liner", "dumb", house.Size{Columns: 80, Rows: 24}, "you are in #")
	s.follow("tailer", "tail", "general")
	s.follow("jason", "tail", "general", "--json")
	return s
}

func (s *wires) open(name, term string, size house.Size, begun string) {
	s.w.Helper()
	out := &house.Transcript{}
	cmd := exec.Command("ssh", s.w.person(name).SSH(house.Visit{Port: s.w.replicas[1].SSHPort})...)
	cmd.Env = house.Environ("TERM="+term, "COLORTERM=truecolor")
	t, err := house.OpenTerminal(cmd, size, out)
	s.w.must(err)
	s.w.Cleanup(t.Close)
	s.w.must(t.Await(s.w.ctx, 0, shows(begun)))
	s.screens[name], s.sent[name] = t, out
}

func (s *wires) follow(name string, command ...string) {
	s.w.Helper()
	out := &house.Transcript{}
	cmd := exec.Command("ssh", s.w.person(name).SSH(house.Visit{Port: s.w.replicas[1].SSHPort, Command: command})...)
	cmd.Env, cmd.Stdout, cmd.Stderr = house.Environ(), out, out
	proc, err := house.StartProcess(cmd)
	s.w.must(err)
	s.w.Cleanup(proc.Kill)
	s.w.must(house.Await(s.w.ctx, proc.Done(), 0, func() bool { return s.w.isHere(name) }))
	s.sent[name] = out
}

// see waits until a text has come to everybody.
func (s *wires) see(text string) {
	s.w.Helper()
	for name, out := range s.sent {
		ok := func() bool { return strings.Contains(out.String(), text) }
		if screen, is := s.screens[name]; is {
			s.w.must(screen.Await(s.w.ctx, 0, shows(text)))
		} else {
			s.w.must(house.Await(s.w.ctx, nil, 0, ok))
		}
	}
}

// check holds everything that came against what may.
func (s *wires) check() {
	s.w.Helper()
	for name, out := range s.sent {
		var err error
		switch name {
		case "jason":
			err = house.CheckJSON(out.String())
		case "tailer":
			err = house.CheckText(out.String(), "\n")
		case "liner":
			err = house.CheckText(out.String(), "\r\n\a")
		default:
			err = s.grammar.Check(out.String())
		}
		if err != nil {
			s.w.Errorf("%s was sent %v", name, err)
		}
	}
}
