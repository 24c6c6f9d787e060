package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// verb is a word of the scripts. Its usage is its documentation.
type verb struct {
	usage string
	min   int  // arguments at least, options apart
	max   int  // at most; -1: any number
	not   bool // may have a "!" before it
	run   func(*call) error
}

// call is one use of a verb.
type call struct {
	*stage
	ts      *testscript.TestScript
	not     bool
	args    []string
	options map[string]string
	patient time.Duration // how long it waits: the stage's, or its own -timeout
}

// commands is every verb as testscript takes them: what is common to all is
// checked here and nowhere else.
func commands() map[string]func(*testscript.TestScript, bool, []string) {
	table := make(map[string]verb)
	for _, verbs := range []map[string]verb{redisVerbs(), replicaVerbs(), screenVerbs(), sshVerbs(), botVerbs()} {
		maps.Copy(table, verbs)
	}
	out := make(map[string]func(*testscript.TestScript, bool, []string))
	for name, v := range table {
		out[name] = func(ts *testscript.TestScript, not bool, args []string) {
			if err := v.call(ts, not, args); err != nil {
				ts.Fatalf("%s: %v", name, err)
			}
		}
	}
	return out
}

func (v verb) call(ts *testscript.TestScript, not bool, args []string) error {
	st, ok := ts.Value(stageKey{}).(*stage)
	if !ok {
		return errors.New("the script was not set up")
	}
	c := &call{stage: st, ts: ts, not: not, options: make(map[string]string)}
	c.args = c.takeOptions(args)
	var err error
	if c.patient, err = patience(c.options["timeout"], st.patient); err != nil {
		return err
	}
	if len(c.args) < v.min || v.max >= 0 && len(c.args) > v.max {
		return fmt.Errorf("usage: %s", v.usage)
	}
	if not && !v.not {
		return errors.New("cannot be negated")
	}
	return v.run(c)
}

// takeOptions takes the -name=value words off the front; "--" is not one.
func (c *call) takeOptions(args []string) []string {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "--" {
		name, value, _ := strings.Cut(args[0][1:], "=")
		c.options[name] = value
		args = args[1:]
	}
	return args
}

// takeSettings splits words of the form name=value, lower case, from the rest.
func takeSettings(args []string, names ...string) (settings map[string]string, rest []string) {
	settings = make(map[string]string)
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok || !slices.Contains(names, name) {
			rest = append(rest, arg)
			continue
		}
		settings[name] = value
	}
	return settings, rest
}

// takes says how long this verb may take that is known to be slow; the
// script's own -timeout wins.
func (c *call) takes(d time.Duration) {
	if _, told := c.options["timeout"]; !told {
		c.patient = max(c.patient, d)
	}
}

// waiting is a context for this call.
func (c *call) waiting() (context.Context, context.CancelFunc) { return c.within(c.patient) }

// outcome is the end of a verb that asks something: its answer becomes stdout,
// a refusal becomes stderr, and either may be what the script wants.
func (c *call) outcome(answer string, err error) error {
	_, _ = io.WriteString(c.ts.Stdout(), answer)
	switch {
	case err == nil && c.not:
		return errors.New("it succeeded")
	case err != nil && c.not:
		_, _ = fmt.Fprintln(c.ts.Stderr(), err)
		return nil
	}
	return err
}

// number is an option's value, or otherwise where it is not given.
func (c *call) number(name string, otherwise int) (int, error) {
	text, ok := c.options[name]
	if !ok {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("reading -%s: %w", name, err)
	}
	return n, nil
}

// keys turns what a script can write into what a keyboard sends: \r \t \e \\
// \x41 \u00e9 and, for control characters, ^A to ^_; \^ is a plain one.
func keys(text string) (string, error) {
	var bad error
	out := keyPattern.ReplaceAllStringFunc(text, func(m string) string {
		switch {
		case m[0] == '^':
			return string(rune(m[1] & 0x1f))
		case m[1] == 'e':
			return "\x1b"
		case m[1] == '^':
			return "^"
		}
		s, err := strconv.Unquote(`"` + m + `"`)
		bad = errors.Join(bad, err)
		return s
	})
	if bad != nil {
		return "", fmt.Errorf("reading %q: %w", text, bad)
	}
	return out, nil
}

var keyPattern = regexp.MustCompile(`\^[A-Z\[\]\\^_]|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.`)
