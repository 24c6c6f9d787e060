package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"teahouse/e2e/house"
)

func botVerbs() map[string]verb {
	return map[string]verb{
		"example":  {usage: "example PAGE LANGUAGE FILE: writes the example in the language of a page under docs to the file", min: 3, max: 3, run: example},
		"see-file": {usage: "see-file [-timeout=D] FILE REGEXP: waits until a line of the file is so", min: 2, max: 2, run: seeFile},
		"bot":      {usage: "bot NAME PERSON REPLICA PROGRAM ARG…: runs a program that comes as the person, by the ssh command in its CHAT; stop-bg ends it", min: 4, max: -1, run: startBot},
	}
}

func example(c *call) error {
	page, err := os.ReadFile(filepath.Join("..", "docs", c.args[0]))
	if err != nil {
		return err
	}
	_, block, found := strings.Cut(string(page), "\n```"+c.args[1]+"\n")
	code, _, ends := strings.Cut(block, "\n```\n")
	if !found || !ends {
		return fmt.Errorf("docs/%s has no example in %s", c.args[0], c.args[1])
	}
	return os.WriteFile(c.ts.MkAbs(c.args[2]), []byte(code+"\n"), 0o600)
}

func startBot(c *call) error {
	v, p, err := c.visit(nil, c.args[1], c.args[2])
	if err != nil {
		return err
	}
	v.Command = []string{""} // what the program will say
	ssh := append([]string{"ssh"}, p.SSH(v)...)
	cmd := exec.Command(c.args[3], c.args[4:]...)
	cmd.Dir = c.ts.MkAbs(".")
	cmd.Env = house.Environ("HOME="+c.dir, "CHAT="+strings.TrimSpace(strings.Join(ssh, " ")))
	if before, ok := c.background[c.args[0]]; ok {
		before.Kill()
	}
	b, err := startBackground(cmd)
	if err == nil {
		c.background[c.args[0]] = b
	}
	return err
}

func seeFile(c *call) error {
	re, err := regexp.Compile("(?m)" + c.args[1])
	if err != nil {
		return fmt.Errorf("reading the expression: %w", err)
	}
	ctx, cancel := c.waiting()
	defer cancel()
	var text []byte
	err = house.Await(ctx, nil, 0, func() bool {
		text, err = os.ReadFile(c.ts.MkAbs(c.args[0]))
		return err == nil && re.Match(text)
	})
	if err != nil {
		return fmt.Errorf("looking for %q: %w:\n%s", c.args[1], err, text)
	}
	return nil
}
