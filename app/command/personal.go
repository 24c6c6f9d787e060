package command

import (
	"context"
	"maps"
	"slices"
	"strings"
)

func personalCommands() []Command {
	return []Command{
		{Name: "quiet", Usage: "[ROOM] [--off]", Short: "do not count what is unread in a room", Faces: Both, Max: 1, Options: "--off", Run: quiet},
		{Name: "ignore", Usage: "[NAME] [--off]", Short: "hide what somebody says; without a name, list whom", Faces: Both, Max: 1, Options: "--off", Run: ignore},
		{Name: "drafts", Short: "list what you have begun to write", Faces: Both, Run: drafts},
	}
}

type quietJSON struct {
	Room  string `json:"room"`
	Quiet bool   `json:"quiet"`
}

func quiet(ctx context.Context, c *Call) error {
	if c.Face == Exec && len(c.Args) == 0 {
		return usagef("which room? usage: quiet ROOM [--off]")
	}
	room, err := c.room(ctx)
	if err != nil {
		return err
	}
	if err := c.Service.Mute(ctx, c.User, room, !c.Opt.Off); err != nil {
		return err
	}
	state := "quiet"
	if c.Opt.Off {
		state = "as loud as others"
	}
	return c.Out.Print(quietJSON{Room: roomName(room), Quiet: !c.Opt.Off}, "%s is %s for you now", room.Title(), state)
}

type ignoreJSON struct {
	Name    string `json:"name"`
	Ignored bool   `json:"ignored"`
}

func ignore(ctx context.Context, c *Call) error {
	if len(c.Args) == 0 {
		return c.listIgnored(ctx)
	}
	if err := c.Service.Ignore(ctx, c.User, c.Args[0], !c.Opt.Off); err != nil {
		return err
	}
	name := strings.TrimPrefix(c.Args[0], "@")
	object := ignoreJSON{Name: name, Ignored: !c.Opt.Off}
	if c.Opt.Off {
		return c.Out.Print(object, "you hear %s again", name)
	}
	return c.Out.Print(object, "you ignore %s now, who is not told; %s ends it", name, c.typed("ignore "+name+" --off"))
}

func (c *Call) listIgnored(ctx context.Context) error {
	prefs, err := c.Service.Preferences(ctx, c.User)
	if err != nil {
		return err
	}
	if len(prefs.Ignored) == 0 && !c.Opt.JSON {
		return c.Out.Print(nil, "you ignore nobody")
	}
	for _, name := range slices.Sorted(maps.Values(prefs.Ignored)) {
		if err := c.Out.Print(ignoreJSON{Name: name, Ignored: true}, "%s", name); err != nil {
			return err
		}
	}
	return nil
}

type draftJSON struct {
	Room string `json:"room"`
	Text string `json:"text"`
}

func drafts(ctx context.Context, c *Call) error {
	kept, err := c.Service.Drafts(ctx, c.User)
	if err != nil {
		return err
	}
	rooms, err := c.Service.Seats(ctx, c.User)
	if err != nil {
		return err
	}
	for _, in := range rooms {
		if kept[in.Room.ID] == "" {
			continue
		}
		first, _, _ := strings.Cut(kept[in.Room.ID], "\n")
		err := c.Out.Print(draftJSON{Room: roomName(in.Room), Text: kept[in.Room.ID]}, "%-16s %s", in.Room.Title(), first)
		if err != nil {
			return err
		}
	}
	if len(kept) == 0 && !c.Opt.JSON {
		return c.Out.Print(nil, "you have begun nothing that is not sent")
	}
	return nil
}
