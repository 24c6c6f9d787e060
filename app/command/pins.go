package command

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"teahouse/app/chat"
)

func pinCommands() []Command {
	return slices.Concat(
		inRoom(Command{Name: "pin", Usage: "ID", Short: "keep a message at hand for everybody", Min: 1, Max: 1}, pin),
		inRoom(Command{Name: "unpin", Usage: "ID", Short: "take a pin out", Min: 1, Max: 1}, unpin),
		inRoom(Command{Name: "pins", Short: "list the pinned messages"}, pins),
	)
}

func pin(ctx context.Context, c *Call, room chat.Room) error {
	return c.pin(ctx, room, true, "pinned")
}

func unpin(ctx context.Context, c *Call, room chat.Room) error {
	return c.pin(ctx, room, false, "unpinned")
}

type pinJSON struct {
	Room string         `json:"room"`
	ID   chat.MessageID `json:"id"`
	Done string         `json:"done"`
}

func (c *Call) pin(ctx context.Context, room chat.Room, yes bool, done string) error {
	id, err := messageID(c.Args[0])
	if err != nil {
		return err
	}
	if err := c.Service.Pin(ctx, c.User, room, id, yes); err != nil {
		return err
	}
	return c.Out.Print(pinJSON{Room: roomName(room), ID: id, Done: done}, "%s is %s", room.Link(id), done)
}

// messageID reads 41 or #41.
func messageID(s string) (chat.MessageID, error) {
	id, err := strconv.ParseInt(strings.TrimPrefix(s, "#"), 10, 64)
	if err != nil || id < 1 {
		return 0, usagef("%q is not the number of a message; history --json shows it as id", s)
	}
	return chat.MessageID(id), nil
}

func pins(ctx context.Context, c *Call, room chat.Room) error {
	all, err := c.Service.Pins(ctx, c.User, room)
	if err != nil {
		return err
	}
	if len(all) == 0 && c.Face == Screen {
		return c.Out.Print(nil, "nothing is pinned in %s", room.Title())
	}
	for _, m := range all {
		err := c.Out.Print(messageJSON(room, m), "%s  %sZ %s", room.Link(m.ID), m.At.UTC().Format(textTime), inBrief(m))
		if err != nil {
			return err
		}
	}
	return nil
}
