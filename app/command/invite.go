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
		[]Command{
			{Name: "invite", Usage: "[NAME]", Short: "ask somebody into the room; without a name, get a code that lets somebody new into the chat", Faces: Screen, Max: 1, Run: inviteHere},
			{Name: "invite", Usage: "[ROOM NAME]", Short: "ask somebody into a room; alone, get a code that lets somebody new into the chat", Faces: Exec, Max: 2, Run: inviteThere},
			{Name: "join-code", Usage: "CODE", Short: "come into a chat that takes new people by invitation: ssh -t host join-code CODE", Faces: Exec, Min: 1, Max: 1, Run: joinCode},
		},
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

func inviteHere(ctx context.Context, c *Call) error {
	if len(c.Args) == 0 {
		return placeCode(ctx, c)
	}
	room, err := c.openRoom()
	if err != nil {
		return err
	}
	return invite(ctx, c, room)
}

func inviteThere(ctx context.Context, c *Call) error {
	switch len(c.Args) {
	case 0:
		return placeCode(ctx, c)
	case 1:
		return usagef("whom? usage: invite ROOM NAME, or invite alone")
	}
	room, err := c.takeRoom(ctx)
	if err != nil {
		return err
	}
	return invite(ctx, c, room)
}

// placeCode prints a code that lets somebody new into the chat.
func placeCode(ctx context.Context, c *Call) error {
	code, until, err := c.Service.PlaceCode(ctx, c.User)
	if err != nil {
		return err
	}
	return c.Out.Print(linkJSON{Code: code, Until: stamp(until)},
		"%s\nIt lets one new person in, until %s UTC:\n    ssh -t HOST join-code %s", code, until.UTC().Format(textTime), code)
}

// Invitation gives the code of a line that takes an invitation into the chat,
// which a key that is not known yet may do.
func Invitation(line string) (code string, ok bool) {
	words := strings.Fields(line)
	if len(words) < 2 || words[0] != "join-code" || strings.HasPrefix(words[1], "-") {
		return "", false
	}
	return words[1], true
}

// joinCode comes last: who gets so far has been let in.
func joinCode(_ context.Context, c *Call) error {
	return c.Out.Print(userJSON{ID: int64(c.User.ID), Name: c.User.Name, Key: c.Key.Fingerprint},
		"you are in, as %s; ssh HOST opens the chat", c.User.Name)
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
