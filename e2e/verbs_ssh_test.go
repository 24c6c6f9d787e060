package e2e

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"teahouse/e2e/house"
)

func sshVerbs() map[string]verb {
	const visit = "user=NAME comes under another name, key=PERSON with another's key or none, opt=X;Y gives ssh -o X -o Y"
	return map[string]verb{
		"person": {usage: "person NAME: makes somebody with a key; sets $NAME_KEY to its public half", min: 1, max: 1, run: makePerson},
		"connect": {
			usage: "connect PERSON REPLICA [WxH] [as=SCREEN] [TERM=…] [run=…] [user=…] [key=…] [opt=…]: into the chat, by a command where one is given, at the screen named after the person; " + visit,
			min:   2, max: -1, run: connect,
		},
		"ssh": {
			usage: "ssh [user=…] [key=…] [opt=…] PERSON REPLICA [ARG…]: a command to its end, or without one the chat through ssh -T, with testscript's stdin; with ! it must fail; " + visit,
			min:   2, max: -1, not: true, run: ssh,
		},
		"ssh-bg": {
			usage: "ssh-bg NAME [user=…] [key=…] [opt=…] PERSON REPLICA ARG…: the same, left running",
			min:   4, max: -1, run: sshBackground,
		},
		"see-out": {usage: "see-out [-timeout=D] NAME REGEXP: waits for a line of its stdout", min: 2, max: 2, not: true, run: seeOut},
		"stop-bg": {usage: "stop-bg NAME: ends it; what it wrote is stdout and stderr", min: 1, max: 1, run: stopBackground},
		"wait-bg": {usage: "wait-bg NAME: waits until it has ended by itself; what it wrote is stdout and stderr", min: 1, max: 1, run: waitBackground},
		"catch":   {usage: "catch NAME REGEXP: sets $NAME to what its group matches in the last stdout", min: 2, max: 2, run: catch},
		"status":  {usage: "status N: of the last ssh or run-teahouse", min: 1, max: 1, run: status},
	}
}

// aCommand is how long a command over ssh may take that is to end by itself.
const aCommand = time.Minute

func makePerson(c *call) error {
	p, err := c.person(c.args[0])
	if err == nil {
		c.ts.Setenv(c.args[0]+"_KEY", c.ts.ReadFile(p.Key()+".pub"))
	}
	return err
}

// visit reads the words that say who comes where, and how.
func (c *call) visit(settings map[string]string, person, replica string) (v house.Visit, p *house.Person, err error) {
	r, err := find(c.replicas, "replica", replica)
	if err != nil {
		return v, nil, err
	}
	v.Port, v.User = r.SSHPort, settings["user"]
	if option := settings["opt"]; option != "" {
		v.Options = strings.Split(option, ";")
	}
	if key := settings["key"]; key == "none" {
		v.Keyless = true
	} else if key != "" {
		other, err := c.person(key)
		if err != nil {
			return v, nil, err
		}
		v.Key = other.Key()
	}
	p, err = c.person(person)
	return v, p, err
}

func connect(c *call) error {
	settings, rest := takeSettings(c.args, "user", "key", "opt", "as", "run", "TERM")
	if len(rest) < 2 || len(rest) > 3 {
		return errors.New("usage: connect PERSON REPLICA [WxH] and settings")
	}
	v, p, err := c.visit(settings, rest[0], rest[1])
	if err != nil {
		return err
	}
	v.Command, v.Tty = strings.Fields(settings["run"]), true
	size, screen, term := "80x24", rest[0], "xterm-256color"
	if len(rest) == 3 {
		size = rest[2]
	}
	if as, ok := settings["as"]; ok {
		screen = as
	}
	if other, ok := settings["TERM"]; ok {
		term = other
	}
	cmd := exec.Command("ssh", p.SSH(v)...)
	cmd.Env = house.Environ("TERM="+term, "HOME="+c.dir)
	return c.open(screen, size, cmd)
}

// sshArgs is the arguments of ssh for the words of ssh and ssh-bg.
func (c *call) sshArgs(words []string) ([]string, error) {
	n := 0
	for n < len(words) {
		if settings, _ := takeSettings(words[n:n+1], "user", "key", "opt"); len(settings) == 0 {
			break
		}
		n++
	}
	if len(words) < n+2 {
		return nil, errors.New("a person and a replica are needed")
	}
	settings, _ := takeSettings(words[:n], "user", "key", "opt")
	v, p, err := c.visit(settings, words[n], words[n+1])
	if err != nil {
		return nil, err
	}
	v.Command, v.Piped = words[n+2:], true
	return p.SSH(v), nil
}

// ssh goes through testscript's own Exec, as nothing else gets at its stdin.
func ssh(c *call) error {
	args, err := c.sshArgs(c.args)
	if err != nil {
		return err
	}
	program := "ssh"
	// Exec has no time limit of its own, and not every system has this.
	if timeout, err := exec.LookPath("timeout"); err == nil {
		program, args = timeout, append([]string{strconv.Itoa(int(aCommand.Seconds())), "ssh"}, args...)
	}
	err = c.ts.Exec(program, args...)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("running ssh: %w", err)
	}
	c.status = 0
	if exit != nil {
		c.status = exit.ExitCode()
	}
	return c.judge()
}

// judge holds the last status against what the script wants.
func (c *call) judge() error {
	if c.not == (c.status == 0) {
		return fmt.Errorf("it ended with status %d", c.status)
	}
	return nil
}

// runToEnd runs a program to its end, and makes its output the script's.
func (c *call) runToEnd(cmd *exec.Cmd) error {
	b, err := startBackground(cmd)
	if err != nil {
		return err
	}
	defer b.Kill()
	ctx, cancel := c.waiting()
	defer cancel()
	status, err := b.Wait(ctx)
	_, _ = io.WriteString(c.ts.Stdout(), b.out.String())
	_, _ = io.WriteString(c.ts.Stderr(), b.err.String())
	if err != nil {
		return err
	}
	c.status = status
	return c.judge()
}

func startBackground(cmd *exec.Cmd) (*background, error) {
	b := &background{out: &house.Transcript{}, err: &house.Transcript{}}
	cmd.Stdout, cmd.Stderr = b.out, b.err
	p, err := house.StartProcess(cmd)
	b.Process = p
	return b, err
}

func sshBackground(c *call) error {
	args, err := c.sshArgs(c.args[1:])
	if err != nil {
		return err
	}
	cmd := exec.Command("ssh", args...)
	cmd.Env = house.Environ("HOME=" + c.dir)
	if before, ok := c.background[c.args[0]]; ok {
		before.Kill()
	}
	b, err := startBackground(cmd)
	if err == nil {
		c.background[c.args[0]] = b
	}
	return err
}

func seeOut(c *call) error {
	b, err := find(c.background, "command", c.args[0])
	if err != nil {
		return err
	}
	return c.seeIn(b.out, b.Done(), c.args[1])
}

func stopBackground(c *call) error {
	b, err := find(c.background, "command", c.args[0])
	if err != nil {
		return err
	}
	b.Kill()
	c.tells(b)
	return nil
}

func waitBackground(c *call) error {
	b, err := find(c.background, "command", c.args[0])
	if err != nil {
		return err
	}
	ctx, cancel := c.within(aCommand)
	defer cancel()
	if _, err := b.Wait(ctx); err != nil {
		return err
	}
	c.tells(b)
	return nil
}

// tells has what a command wrote be the script's stdout and stderr.
func (c *call) tells(b *background) {
	_, _ = io.WriteString(c.ts.Stdout(), b.out.String())
	_, _ = io.WriteString(c.ts.Stderr(), b.err.String())
}

func catch(c *call) error {
	re, err := regexp.Compile("(?m)" + c.args[1])
	if err != nil {
		return fmt.Errorf("reading the expression: %w", err)
	}
	found := re.FindStringSubmatch(c.ts.ReadFile("stdout"))
	if len(found) < 2 {
		return fmt.Errorf("%q, with a group, is not in it", c.args[1])
	}
	c.ts.Setenv(c.args[0], found[1])
	return nil
}

func status(c *call) error {
	want, err := strconv.Atoi(c.args[0])
	if err != nil {
		return fmt.Errorf("reading the status: %w", err)
	}
	if c.status != want {
		return fmt.Errorf("it was %d", c.status)
	}
	return nil
}
