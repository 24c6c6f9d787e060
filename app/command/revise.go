package command

import (
	"context"

	"teahouse/app/chat"
)

func reviseCommands() []Command {
	const editing, deleting, reacting = "change a message of yours", "delete a message of yours", "put an emoji or :code: under a message, or take it back"
	return []Command{
		{Name: "edit", Usage: "ID TEXT…", Short: editing, Faces: Screen, Min: 1, Max: 1, Text: true, Run: edit},
		{Name: "edit", Usage: "ROOM|@NAME ID [TEXT…]", Short: editing + ", to a text or what comes on standard input", Faces: Exec, Min: 2, Max: 2, Text: true, Run: edit},
		{Name: "delete", Usage: "ID", Short: deleting, Faces: Screen, Min: 1, Max: 1, Run: remove},
		{Name: "delete", Usage: "ROOM|@NAME ID", Short: deleting, Faces: Exec, Min: 2, Max: 2, Run: remove},
		{Name: "react", Usage: "ID EMOJI [--off]", Short: reacting, Faces: Screen, Min: 2, Max: 2, Options: "--off", Run: react},
		{Name: "react", Usage: "ROOM|@NAME ID EMOJI [--off]", Short: reacting, Faces: Exec, Min: 3, Max: 3, Options: "--off", Run: react},
	}
}

func edit(ctx context.Context, c *Call) error {
	body := c.Text
	if body == "" && c.Face == Screen {
		return usagef("to what? usage: /edit ID TEXT…")
	}
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
		return c.Service.React(ctx, c.User, room, id, c.Args[len(c.Args)-1], !c.Opt.Off)
	})
}

// revise changes the message that the arguments name. It returns when that is
// done, and prints the message where JSON is asked for.
func (c *Call) revise(ctx context.Context, do func(context.Context, chat.Room, chat.MessageID) (*chat.Message, error)) error {
	room, id, err := c.message(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := chat.Settle(ctx, deliverFor)
	defer cancel()
	m, err := do(ctx, room, id)
	if err != nil || !c.Opt.JSON {
		return err
	}
	return c.Out.Message(room, m)
}

// message gives the message that the first arguments name: by ROOM and ID over
// ssh, by ID in a screen, which shows the room.
func (c *Call) message(ctx context.Context) (room chat.Room, id chat.MessageID, err error) {
	if c.Face == Screen {
		if id, err = messageID(c.Args[0]); err == nil {
			room, err = c.openRoom()
		}
		return room, id, err
	}
	if id, err = messageID(c.Args[1]); err == nil {
		room, err = c.Service.SeeRoom(ctx, c.User, c.Args[0])
	}
	return room, id, err
}
