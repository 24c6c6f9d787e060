package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"time"

	"teahouse/e2e/house"
)

func screenVerbs() map[string]verb {
	return map[string]verb{
		"spawn":       {usage: "spawn SCREEN WxH COMMAND…: any program in a terminal", min: 3, max: -1, run: spawn},
		"type":        {usage: "type SCREEN TEXT: with \\r \\t \\e \\x01 \\u00e9 and ^D", min: 2, max: 2, run: typeText},
		"type-slowly": {usage: "type-slowly SCREEN TEXT: the same, key by key, as people press them", min: 2, max: 2, run: typeSlowly},
		"paste":       {usage: "paste SCREEN TEXT: the same as a bracketed paste", min: 2, max: 2, run: paste},
		"screen":      {usage: "screen [-o=FILE] SCREEN: prints the screen to stdout or into a file", min: 1, max: 1, run: printScreen},
		"see": {
			usage: "see [-timeout=D] [-count=N] [-column=N] SCREEN REGEXP: waits until a row matches, or exactly N do and stay, or one does from that column (from 0); with ! until none does",
			min:   2, max: 2, not: true, run: see,
		},
		"see-title": {usage: "see-title [-timeout=D] SCREEN REGEXP: waits for the window's title", min: 2, max: 2, not: true, run: seeTitle},
		"hear": {
			usage: "hear [-timeout=D] [-count=N] SCREEN REGEXP: waits for N signals, or one, that match: bell, 9;TEXT, 777;notify;TITLE;TEXT, 52;c;BASE64",
			min:   2, max: 2, run: hear,
		},
		"resize": {usage: "resize SCREEN WxH", min: 2, max: 2, run: resize},
		"pause":  {usage: "pause SCREEN: SIGSTOP to the program at the screen", min: 1, max: 1, run: pauseScreen},
		"resume": {usage: "resume SCREEN: SIGCONT", min: 1, max: 1, run: resumeScreen},
		"hangup": {usage: "hangup SCREEN: SIGKILL, as when the network goes", min: 1, max: 1, run: hangup},
		"closed": {usage: "closed [-timeout=D] SCREEN [STATUS]: waits until the program has ended, with that status", min: 1, max: 2, run: closed},
	}
}

// settled is how long a count has to stay what it is.
const settled = 400 * time.Millisecond

// open puts a program at a screen; one that was there under that name before
// is ended.
func (c *call) open(name, size string, cmd *exec.Cmd) error {
	dimensions, err := house.ParseSize(size)
	if err != nil {
		return err
	}
	if before, ok := c.screens[name]; ok {
		before.Close()
	}
	t, err := house.OpenTerminal(cmd, dimensions)
	if err == nil {
		c.screens[name] = t
	}
	return err
}

func spawn(c *call) error {
	cmd := exec.Command(c.args[2], c.args[3:]...)
	cmd.Dir = c.dir
	cmd.Env = house.Environ("TERM=xterm-256color", "HOME="+c.dir)
	return c.open(c.args[0], c.args[1], cmd)
}

func typeText(c *call) error { return c.typeKeys("", "") }

// betweenKeys is how long somebody takes who types fast.
const betweenKeys = 100 * time.Millisecond

func typeSlowly(c *call) error {
	text := c.args[1]
	for _, key := range text {
		c.args[1] = string(key)
		if err := typeText(c); err != nil {
			return fmt.Errorf("in %q: %w", text, err)
		}
		time.Sleep(betweenKeys)
	}
	return nil
}

func paste(c *call) error { return c.typeKeys("\x1b[200~", "\x1b[201~") }

func (c *call) typeKeys(before, after string) error {
	t, err := find(c.screens, "screen", c.args[0])
	if err != nil {
		return err
	}
	text, err := keys(c.args[1])
	if err != nil {
		return err
	}
	return t.Type(before + text + after)
}

func see(c *call) error {
	t, err := find(c.screens, "screen", c.args[0])
	if err != nil {
		return err
	}
	ok, settle, err := c.sight()
	if err != nil {
		return err
	}
	ctx, cancel := c.waiting()
	defer cancel()
	if err := t.Await(ctx, settle, ok); err != nil {
		return fmt.Errorf("looking for %s %q: %w", c.wanted(), c.args[1], err)
	}
	return nil
}

// wanted says in words what the options of see ask for.
func (c *call) wanted() string {
	switch count, counted := c.options["count"]; {
	case c.not:
		return "a screen without"
	case counted:
		return "exactly " + count + " rows of"
	default:
		return "a row of"
	}
}

// sight is the condition see waits for, and for how long it must hold.
func (c *call) sight() (ok func([]house.Row) bool, settle time.Duration, err error) {
	re, err := regexp.Compile(c.args[1])
	if err != nil {
		return nil, 0, fmt.Errorf("reading the expression: %w", err)
	}
	column, err := c.number("column", -1)
	if err != nil {
		return nil, 0, err
	}
	count, err := c.number("count", -1)
	if count >= 0 {
		settle = settled
	}
	return func(rows []house.Row) bool {
		n := matching(rows, re, column)
		switch {
		case c.not:
			return n == 0
		case count >= 0:
			return n == count
		default:
			return n > 0
		}
	}, settle, err
}

// matching counts the rows that match, from the column where one is given.
func matching(rows []house.Row, re *regexp.Regexp, column int) (n int) {
	for _, row := range rows {
		at := re.FindStringIndex(row.Text)
		if at == nil || column >= 0 && (at[0] == len(row.Text) || row.Column(at[0]) != column) {
			continue
		}
		n++
	}
	return n
}

func seeTitle(c *call) error {
	t, err := find(c.screens, "screen", c.args[0])
	if err != nil {
		return err
	}
	re, err := regexp.Compile(c.args[1])
	if err != nil {
		return fmt.Errorf("reading the expression: %w", err)
	}
	ctx, cancel := c.waiting()
	defer cancel()
	return t.Await(ctx, 0, func([]house.Row) bool {
		return re.MatchString(t.Screen.Title()) != c.not
	})
}

func printScreen(c *call) error {
	t, err := find(c.screens, "screen", c.args[0])
	if err != nil {
		return err
	}
	text := ""
	for _, row := range t.Screen.Rows() {
		text += row.Text + "\n"
	}
	if file := c.options["o"]; file != "" {
		return os.WriteFile(c.ts.MkAbs(file), []byte(text), 0o600)
	}
	return c.outcome(text, nil)
}

func hear(c *call) error {
	t, err := find(c.screens, "screen", c.args[0])
	if err != nil {
		return err
	}
	re, err := regexp.Compile(c.args[1])
	if err != nil {
		return fmt.Errorf("reading the expression: %w", err)
	}
	want, err := c.number("count", 1)
	if err != nil {
		return err
	}
	ctx, cancel := c.waiting()
	defer cancel()
	err = t.Await(ctx, 0, func([]house.Row) bool { return countMatching(t.Screen.Signals(), re) == want })
	if err != nil {
		return fmt.Errorf("hearing %q: heard %q: %w", c.args[1], t.Screen.Signals(), err)
	}
	return nil
}

func countMatching(all []string, re *regexp.Regexp) (n int) {
	for _, s := range all {
		if re.MatchString(s) {
			n++
		}
	}
	return n
}

func resize(c *call) error {
	t, err := find(c.screens, "screen", c.args[0])
	if err != nil {
		return err
	}
	size, err := house.ParseSize(c.args[1])
	if err != nil {
		return err
	}
	return t.Resize(size)
}

func pauseScreen(c *call) error {
	t, err := find(c.screens, "screen", c.args[0])
	if err != nil {
		return err
	}
	return t.Pause()
}

func resumeScreen(c *call) error {
	t, err := find(c.screens, "screen", c.args[0])
	if err != nil {
		return err
	}
	return t.Resume()
}

func hangup(c *call) error {
	t, err := find(c.screens, "screen", c.args[0])
	if err == nil {
		t.Kill()
	}
	return err
}

func closed(c *call) error {
	t, err := find(c.screens, "screen", c.args[0])
	if err != nil {
		return err
	}
	ctx, cancel := c.waiting()
	defer cancel()
	status, err := t.Wait(ctx)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, t.Screen)
	}
	if len(c.args) == 2 && c.args[1] != strconv.Itoa(status) {
		return fmt.Errorf("it ended with status %d\n%s", status, t.Screen)
	}
	return nil
}
