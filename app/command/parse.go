package command

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"teahouse/app/chat"
)

// parse takes the line apart: options, arguments, then the text, which begins
// at the first word that is neither. No quoting is undone: the caller's shell
// has done that for `ssh host …`, and nobody quotes in a chat.
func (cmd Command) parse(line string, c *Call) error {
	for {
		line = strings.TrimLeft(line, " \t")
		word, rest := cutWord(line)
		if word == "" {
			break
		}
		if word == "--" && cmd.Text {
			c.Text = strings.TrimLeft(rest, " \t")
			break
		}
		if cmd.knows(word) {
			var err error
			if rest, err = c.Opt.set(word, rest); err != nil {
				return err
			}
		} else if cmd.Text && len(c.Args) == cmd.Max {
			c.Text = line
			break
		} else if strings.HasPrefix(word, "-") && !cmd.Text {
			return fmt.Errorf("%s has no option %s", cmd.Name, word)
		} else {
			c.Args = append(c.Args, word)
		}
		line = rest
	}
	return cmd.count(c)
}

func (cmd Command) count(c *Call) error {
	switch {
	case len(c.Args) < cmd.Min:
		return fmt.Errorf("%s needs more than that", cmd.Name)
	case len(c.Args) > cmd.Max:
		return fmt.Errorf("%s takes no %q", cmd.Name, c.Args[cmd.Max])
	}
	return nil
}

// knows tells whether the word is an option of the command. All have --json
// where they are given over ssh.
func (cmd Command) knows(word string) bool {
	if word == "--json" {
		return cmd.Faces&Exec != 0
	}
	return slices.Contains(strings.Fields(cmd.Options), word)
}

// set takes in an option and returns the line after its value.
func (o *Options) set(name, line string) (rest string, err error) {
	switch name {
	case "--json":
		o.JSON = true
		return line, nil
	case "--lines":
		o.Lines = true
		return line, nil
	case "--off":
		o.Off = true
		return line, nil
	case "--private":
		o.Private = true
		return line, nil
	case "--yes":
		o.Yes = true
		return line, nil
	}
	value, rest := cutWord(strings.TrimLeft(line, " \t"))
	n, err := strconv.ParseInt(strings.TrimPrefix(value, "#"), 10, 64)
	if err != nil || n < 0 {
		return "", errors.New(name + " needs a number after it")
	}
	o.setNumber(name, n)
	return rest, nil
}

func (o *Options) setNumber(name string, n int64) {
	id := chat.MessageID(n)
	switch name {
	case "-n":
		o.N, o.NSet = int(n), true
	case "--before":
		o.Before = id
	case "--since":
		o.Since, o.SinceSet = id, true
	case "--reply-to":
		o.ReplyTo = id
	}
}

// cutWord splits at the first blank, tab or line end.
func cutWord(s string) (word, rest string) {
	if i := strings.IndexAny(s, " \t\n"); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}
