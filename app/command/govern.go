package command

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"teahouse/app/chat"
)

func governCommands() []Command {
	return slices.Concat(
		inRoom(Command{Name: "op", Usage: "NAME", Short: "make somebody a moderator of your room", Min: 1, Max: 1}, op),
		inRoom(Command{Name: "deop", Usage: "NAME", Short: "make a moderator a plain member again", Min: 1, Max: 1}, deop),
		inRoom(Command{Name: "rename", Usage: "NAME", Short: "give your room another name", Min: 1, Max: 1}, rename),
		inRoom(Command{Name: "archive", Usage: "[--off]", Short: "close your room for writing, or open it again", Options: "--off"}, archive),
		inRoom(Command{Name: "slow", Usage: "DURATION|off", Short: "let people wait between two messages", Min: 1, Max: 1}, slow),
		inRoom(Command{Name: "password", Usage: "[--off] [TEXT…]", Short: "let in who knows a password, in a private room of yours", Text: true, Options: "--off"}, password),
	)
}

func op(ctx context.Context, c *Call, room chat.Room) error {
	if err := c.Service.SetModerator(ctx, c.User, room, c.Args[0], true); err != nil {
		return err
	}
	return c.outcome(room, c.Args[0], "moderator", "%s is a moderator of %s now")
}

func deop(ctx context.Context, c *Call, room chat.Room) error {
	if err := c.Service.SetModerator(ctx, c.User, room, c.Args[0], false); err != nil {
		return err
	}
	return c.outcome(room, c.Args[0], "member", "%s is a plain member of %s now")
}

func rename(ctx context.Context, c *Call, room chat.Room) error {
	renamed, err := c.Service.RenameRoom(ctx, c.User, room, c.Args[0])
	if err != nil {
		return err
	}
	format := "%s is called %s now"
	if room.Locked {
		format += "; its password is gone: set another one"
	}
	return c.printMine(renamed, format, room.Title(), renamed.Title())
}

func archive(ctx context.Context, c *Call, room chat.Room) error {
	if err := c.Service.Archive(ctx, c.User, room, !c.Opt.Off); err != nil {
		return err
	}
	room.Archived = !c.Opt.Off
	if c.Opt.Off {
		return c.printMine(room, "%s is open again", room.Title())
	}
	return c.printMine(room, "%s is archived: it can be read, and nobody writes there", room.Title())
}

func slow(ctx context.Context, c *Call, room chat.Room) error {
	every, ok := parseSlow(c.Args[0])
	if !ok {
		return usagef("%q is no time; it is something like 30s, 5m or 1h, or off", c.Args[0])
	}
	if err := c.Service.SetSlow(ctx, c.User, room, every); err != nil {
		return err
	}
	room.Slow = every
	if every == 0 {
		return c.printMine(room, "%s is not in slow mode any more", room.Title())
	}
	return c.printMine(room, "%s is in slow mode: one message in %s", room.Title(), every)
}

// printMine prints a word about a room that the caller is in.
func (c *Call) printMine(room chat.Room, format string, args ...any) error {
	object := newRoomJSON(room)
	object.Joined = true
	return c.Out.Print(object, format, args...)
}

// parseSlow reads 30s, 5m, 1h30m, a number of seconds, or off.
func parseSlow(s string) (time.Duration, bool) {
	if s == "off" {
		return 0, true
	}
	if n, err := strconv.ParseUint(s, 10, 16); err == nil {
		return time.Duration(n) * time.Second, true
	}
	d, err := time.ParseDuration(s)
	return d.Truncate(time.Second), err == nil && d >= 0
}

// postInTurn posts as post does, and waits where slow mode says so.
func (c *Call) postInTurn(ctx context.Context, room chat.Room, body string) error {
	for {
		err := c.post(ctx, room, body)
		wait := chat.WaitOf(err)
		if wait == 0 {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// password takes the text from the line or, so that nobody reads it in a list
// of processes, from standard input.
func password(ctx context.Context, c *Call, room chat.Room) error {
	text := strings.TrimSpace(c.Text)
	switch {
	case c.Opt.Off && text != "":
		return usagef("--off takes the password away; it needs no text")
	case !c.Opt.Off && text == "" && c.In == nil:
		return usagef("which password? /password TEXT sets one, /password --off takes it away")
	case !c.Opt.Off && text == "":
		body, err := c.readAll(ctx)
		if err != nil {
			return err
		}
		if text = strings.TrimSpace(body); text == "" {
			return usagef("which password? it comes after the room's name, or on standard input; --off takes it away")
		}
	}
	if err := c.Service.SetPassword(ctx, c.User, room, text); err != nil {
		return err
	}
	if room.Locked = text != ""; !room.Locked {
		return c.printMine(room, "%s has no password any more", room.Title())
	}
	return c.printMine(room, "who knows the password enters %s by: join %s PASSWORD", room.Title(), room.Name)
}
