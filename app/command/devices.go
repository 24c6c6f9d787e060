package command

import (
	"context"
	"strings"
	"time"

	"teahouse/app/chat"
)

func deviceCommands() []Command {
	return []Command{
		{Name: "link", Usage: "[CODE [--yes]]", Short: "show a code that lets another device in as you; there, type it", Faces: Both, Max: 1, Options: "--yes", Run: link},
		{Name: "export", Short: "print all that is kept of you, as JSON", Faces: Both, Run: export},
		{Name: "forget-me", Usage: "NAME", Short: "delete yourself, by your own name", Faces: Both, Min: 1, Max: 1, Run: forgetMe},
	}
}

// Links tells whether the line joins the caller's key to a user, for which the
// caller need not be one yet.
func Links(line string) bool {
	words := strings.Fields(line)
	return len(words) > 1 && words[0] == "link" && !strings.HasPrefix(words[1], "-")
}

type linkJSON struct {
	Code  string `json:"code"`
	Until string `json:"until"`
}

func link(ctx context.Context, c *Call) error {
	if len(c.Args) > 0 {
		return c.join(ctx)
	}
	code, until, err := c.Service.LinkCode(ctx, c.User)
	if err != nil {
		return err
	}
	return c.Out.Print(linkJSON{Code: code, Until: stamp(until)},
		"%s\nGive it on the other device, within %d minutes and once:\n    ssh HOST link %s\nor, where that is in the chat, /link %s",
		code, int(time.Until(until).Round(time.Minute).Minutes()), code, code)
}

// join gives the caller's key to the user of the code.
func (c *Call) join(ctx context.Context) error {
	user, err := c.Service.Link(ctx, c.User, c.Key, c.Args[0], c.Opt.Yes)
	if err != nil {
		return err
	}
	return c.Out.Print(userJSON{ID: int64(user.ID), Name: user.Name, Key: c.Key.Fingerprint},
		"you are %s here now; connect again", user.Name)
}

// forgetMe deletes the caller, who types their own name to be sure.
func forgetMe(ctx context.Context, c *Call) error {
	name, err := chat.ParseName(strings.TrimPrefix(c.Args[0], "@"))
	if err != nil {
		return err
	}
	if name.String() != c.User.Name {
		return chat.Errorf(chat.CodeRefused, "you are %s; only you can have yourself forgotten, with %s", c.User.Name, c.typed("forget-me "+c.User.Name))
	}
	if err := c.Service.Forget(ctx, c.User); err != nil {
		return err
	}
	return c.Out.Print(map[string]string{"forgotten": c.User.Name},
		"%s is forgotten: keys, settings, drafts, and in which rooms you were. "+
			"What you wrote stays, under that name; nobody else can take the name for 30 days.", c.User.Name)
}
