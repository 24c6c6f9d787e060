package command

import (
	"context"
	"strconv"
	"strings"

	"teahouse/app/chat"
)

func reviseCommands() []Command {
	return []Command{
		{Name: "edit", Usage: "ROOM|@NAME ID [TEXT…]", Short: "change a message of yours, to a text or what comes on standard input", Faces: Exec, Min: 2, Max: 2, Text: true, Run: edit},
		{Name: "delete", Usage: "ROOM|@NAME ID", Short: "delete a message of yours", Faces: Exec, Min: 2, Max: 2, Run: remove},
		{Name: "react", Usage: "ROOM|@NAME ID EMOJI [--off]", Short: "put an emoji or :code: under a message, or take it back", Faces: Exec, Min: 3, Max: 3, Options: "--off", Run: react},
	}
}

func edit(ctx context.Context, c *Call) error {
	body := c.Text
	if body == "" {
		var err error
		if body, err = c.readAll(ctx); err != nil {
			return err
		}
	}
	return c.revise(ctx, func(ctx context.Context, room chat.Room, id chat.MessageID) (*chat.Message, error) {
		return c.Service.Edit(ctx, c.User, room, id, body)
	})
}

func remove(ctx context.Context, c *Call) error {
	return c.revise(ctx, func(ctx context.Context, room chat.Room, id chat.MessageID) (*chat.Message, error) {
		return c.Service.Delete(ctx, c.User, room, id)
	})
}

func react(ctx context.Context, c *Call) error {
	return c.revise(ctx, func(ctx context.Context, room chat.Room, id chat.MessageID) (*chat.Message, error) {
		return c.Service.React(ctx, c.User, room, id, c.Args[2], !c.Opt.Off)
	})
}

// revise changes the message that the first two arguments name. It returns
// when that is done, and prints the message where JSON is asked for.
func (c *Call) revise(ctx context.Context, do func(context.Context, chat.Room, chat.MessageID) (*chat.Message, error)) error {
	id, err := strconv.ParseInt(strings.TrimPrefix(c.Args[1], "#"), 10, 64)
	if err != nil || id < 1 {
		return usagef("%q is not the number of a message; history --json shows it as id", c.Args[1])
	}
	room, err := c.Service.SeeRoom(ctx, c.User, c.Args[0])
	if err != nil {
		return err
	}
	ctx, cancel := settling(ctx)
	defer cancel()
	m, err := do(ctx, room, chat.MessageID(id))
	if err != nil || !c.Opt.JSON {
		return err
	}
	return c.Out.Message(room, m)
}
