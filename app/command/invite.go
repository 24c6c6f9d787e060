package command

import (
	"context"
	"slices"
	"strings"
	"time"

	"teahouse/app/chat"
)

func inviteCommands() []Command {
	return slices.Concat(
		inRoom(Command{Name: "invite", Usage: "NAME", Short: "ask somebody into the room", Min: 1, Max: 1}, invite),
		inRoom(Command{Name: "uninvite", Usage: "NAME", Short: "take an invitation back", Min: 1, Max: 1}, uninvite),
		[]Command{
			{Name: "invites", Usage: "[ROOM --off]", Short: "list your invitations, or decline one", Faces: Both, Max: 1, Options: "--off", Run: invites},
		})
}

// outcomeJSON says what became of somebody in a room.
type outcomeJSON struct {
	Room string `json:"room"`
	Name string `json:"name"`
	Done string `json:"done"`
}

func (c *Call) outcome(room chat.Room, name, done, format string) error {
	name = strings.TrimPrefix(name, "@")
	return c.Out.Print(outcomeJSON{Room: roomName(room), Name: name, Done: done}, format, name, room.Title())
}

func invite(ctx context.Context, c *Call, room chat.Room) error {
	if err := c.Service.Invite(ctx, c.User, room, c.Args[0]); err != nil {
		return err
	}
	return c.outcome(room, c.Args[0], "invited", "%s is invited to %s")
}

func uninvite(ctx context.Context, c *Call, room chat.Room) error {
	if err := c.Service.Uninvite(ctx, c.User, room, c.Args[0]); err != nil {
		return err
	}
	return c.outcome(room, c.Args[0], "uninvited", "%s is not invited to %s any more")
}

type invitationJSON struct {
	Room string `json:"room"`
	By   string `json:"by"`
	At   string `json:"at"`
}

func invites(ctx context.Context, c *Call) error {
	if c.Opt.Off && len(c.Args) == 1 {
		return c.Service.Decline(ctx, c.User, c.Args[0])
	}
	if c.Opt.Off || len(c.Args) == 1 {
		return usagef("it is %s, or %s", c.typed("invites"), c.typed("invites ROOM --off"))
	}
	all, err := c.Service.Invitations(ctx, c.User)
	if err != nil {
		return err
	}
	if len(all) == 0 && c.Face == Screen {
		return c.Out.Print(nil, "no invitations wait for you")
	}
	for _, i := range all {
		err := c.Out.Print(invitationJSON{Room: roomName(i.Room), By: i.By, At: stamp(i.At)},
			"%s invites you to %s, %s; %s enters it", i.By, i.Room.Title(), ago(time.Since(i.At)), c.typed("join "+i.Room.Title()))
		if err != nil {
			return err
		}
	}
	return nil
}
