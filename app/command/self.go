package command

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"teahouse/app/chat"
	"teahouse/keys"
)

func selfCommands() []Command {
	return []Command{
		{Name: "nick", Usage: "NAME", Short: "take another name", Faces: Both, Min: 1, Max: 1, Run: nick},
		{Name: "whoami", Short: "tell who you are", Faces: Both, Run: whoami},
		{Name: "keys", Usage: "[add [KEY] | remove FINGERPRINT]", Short: "list, add or remove your keys", Faces: Both, Max: 1, Text: true, Run: keyring},
		{Name: "help", Usage: "[COMMAND]", Short: "explain the commands", Faces: Both, Max: 1, Run: help},
		{Name: "lines", Short: "the chat as lines, for screen readers: ssh -t host lines", Faces: Exec, Run: lines},
		{Name: "quit", Short: "leave the chat", Faces: Screen, Run: quit},
	}
}

type userJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Key  string `json:"key,omitempty"`
}

func nick(ctx context.Context, c *Call) error {
	user, err := c.Service.Rename(ctx, c.User, c.Args[0])
	if err != nil {
		return err
	}
	return c.Out.Print(userJSON{ID: int64(user.ID), Name: user.Name},
		"you are %s now; %s stays yours for 30 days", user.Name, c.User.Name)
}

func whoami(_ context.Context, c *Call) error {
	return c.Out.Print(userJSON{ID: int64(c.User.ID), Name: c.User.Name, Key: c.Key.Fingerprint},
		"%s, by the key %s", c.User.Name, c.Key.Fingerprint)
}

func keyring(ctx context.Context, c *Call) error {
	if len(c.Args) == 0 {
		return c.listKeys(ctx)
	}
	switch c.Args[0] {
	case "add":
		return c.addKey(ctx)
	case "remove":
		return c.removeKey(ctx)
	}
	return usagef("keys does not know %q; it is keys, keys add KEY or keys remove FINGERPRINT", c.Args[0])
}

type keyJSON struct {
	Fingerprint string `json:"fingerprint"`
	Key         string `json:"key"`
	Current     bool   `json:"current"`
}

func (c *Call) printKey(k chat.Key) error {
	current := k.Fingerprint == c.Key.Fingerprint
	mark := " "
	if current {
		mark = "*"
	}
	kind, _, _ := strings.Cut(k.Line, " ")
	return c.Out.Print(keyJSON{Fingerprint: k.Fingerprint, Key: k.Line, Current: current},
		"%s %s %s", mark, k.Fingerprint, kind)
}

func (c *Call) listKeys(ctx context.Context) error {
	all, err := c.Service.Keys(ctx, c.User)
	if err != nil {
		return err
	}
	for _, k := range all {
		if err := c.printKey(k); err != nil {
			return err
		}
	}
	return nil
}

// addKey takes the key from the line or, as in `cat id.pub | ssh host keys
// add`, from standard input.
func (c *Call) addKey(ctx context.Context) error {
	line := c.Text
	if line == "" && c.In != nil {
		known := time.Now()
		in, err := io.ReadAll(io.LimitReader(c.In, 16<<10))
		if err != nil {
			return fmt.Errorf("reading standard input: %w", err)
		}
		if err := c.stillMe(ctx, &known); err != nil {
			return err
		}
		line = string(in)
	}
	public, err := keys.ParsePublic(strings.TrimSpace(line))
	if err != nil {
		return chat.Errorf(chat.CodeInvalid, "%s", err)
	}
	key := chat.Key{Fingerprint: public.Fingerprint(), Line: public.Line()}
	if err := c.Service.AddKey(ctx, c.User, key); err != nil {
		return err
	}
	return c.printKey(key)
}

func (c *Call) removeKey(ctx context.Context) error {
	fingerprint, err := keys.ParseFingerprint(strings.TrimSpace(c.Text))
	if err != nil {
		return chat.Errorf(chat.CodeInvalid, "%s", err)
	}
	return c.Service.RemoveKey(ctx, c.User, fingerprint)
}

func help(_ context.Context, c *Call) error {
	if len(c.Args) == 0 && c.Face == Screen {
		c.Help = true
		return nil
	}
	if len(c.Args) == 0 {
		return c.listCommands()
	}
	cmd, ok := Find(strings.TrimPrefix(c.Args[0], "/"), c.Face)
	if !ok {
		return chat.Errorf(chat.CodeNotFound, "there is no command %s; %s lists them", c.Args[0], c.typed("help"))
	}
	return c.printCommand(cmd)
}

func (c *Call) listCommands() error {
	for _, cmd := range Table() {
		if cmd.Faces&c.Face != 0 && (c.User.Admin || !cmd.Admin) {
			if err := c.printCommand(cmd); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Call) printCommand(cmd Command) error {
	usage := c.typed(strings.TrimSpace(cmd.Name + " " + cmd.Usage))
	return c.Out.Print(map[string]string{"command": cmd.Name, "usage": usage, "does": cmd.Short}, "%-36s %s", usage, cmd.Short)
}

func quit(_ context.Context, c *Call) error {
	c.Quit = true
	return nil
}

// lines is reached only where the word was given with something else; alone it
// makes a session, which commands do not.
func lines(context.Context, *Call) error {
	return usagef("lines is the chat itself and takes nothing else: ssh -t host lines")
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit + " ago"
	}
	return fmt.Sprintf("%d %ss ago", n, unit)
}
