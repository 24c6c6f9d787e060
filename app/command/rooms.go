package command

import (
	"context"
	"slices"
	"strings"
	"time"

	"teahouse/app/chat"
)

func roomCommands() []Command {
	return slices.Concat([]Command{
		{Name: "join", Usage: "ROOM [PASSWORD]", Short: "enter a room; a new name makes one", Faces: Both, Min: 1, Max: 1, Text: true, Run: join},
		{Name: "leave", Usage: "[ROOM]", Short: "leave a room", Faces: Both, Max: 1, Run: leave},
		{Name: "rooms", Short: "list the rooms", Faces: Both, Run: rooms},
		{Name: "create", Usage: "ROOM [--private]", Short: "make a room, for all or for those you invite", Faces: Both, Min: 1, Max: 1, Options: "--private", Run: create},
	}, inRoom(Command{Name: "topic", Usage: "[TEXT…]", Short: "show or set the room's topic", Text: true}, topic))
}

// inRoom gives the two entries of a command about one room: over ssh its name
// comes first, on a screen it is the open one. Run gets the other arguments.
func inRoom(cmd Command, run func(context.Context, *Call, chat.Room) error) []Command {
	screen, exec := cmd, cmd
	screen.Faces, exec.Faces = Screen, Exec
	screen.Run = func(ctx context.Context, c *Call) error {
		room, err := c.openRoom()
		if err != nil {
			return err
		}
		return run(ctx, c, room)
	}
	exec.Usage = strings.TrimSpace("ROOM " + cmd.Usage)
	exec.Min, exec.Max = cmd.Min+1, cmd.Max+1
	exec.Run = func(ctx context.Context, c *Call) error {
		room, err := c.takeRoom(ctx)
		if err != nil {
			return err
		}
		return run(ctx, c, room)
	}
	return []Command{screen, exec}
}

// takeRoom takes the room off the front of the arguments. It makes none.
func (c *Call) takeRoom(ctx context.Context) (chat.Room, error) {
	room, err := c.Service.SeeRoom(ctx, c.User, c.Args[0])
	c.Args = c.Args[1:]
	return room, err
}

func join(ctx context.Context, c *Call) error {
	var room chat.Room
	var err error
	if password := strings.TrimSpace(c.Text); password != "" {
		room, err = c.Service.JoinWithPassword(ctx, c.User, c.Args[0], password)
	} else {
		room, err = c.Service.Join(ctx, c.User, c.Args[0])
	}
	if err != nil {
		return err
	}
	return c.entered(room)
}

func create(ctx context.Context, c *Call) error {
	room, err := c.Service.MakeRoom(ctx, c.User, c.Args[0], c.Opt.Private)
	if err != nil {
		return err
	}
	return c.entered(room)
}

// entered shows the room that the caller is in now.
func (c *Call) entered(room chat.Room) error {
	c.Open = room.ID
	if c.Face == Screen {
		return nil
	}
	return c.printMine(room, "you are in %s now", room.Title())
}

func leave(ctx context.Context, c *Call) error {
	if c.Face == Exec && len(c.Args) == 0 {
		return usagef("which room? usage: leave ROOM")
	}
	room, err := c.room(ctx)
	if err != nil {
		return err
	}
	if err := c.Service.Leave(ctx, c.User, room); err != nil {
		return err
	}
	if room.ID == c.Room {
		c.Open = chat.General
	}
	return c.Out.Print(newRoomJSON(room), "you have left %s", room.Title())
}

type roomJSON struct {
	Room     string         `json:"room"` // ops, &board or @bob
	Topic    string         `json:"topic"`
	Members  int            `json:"members,omitempty"`
	Messages chat.MessageID `json:"messages,omitempty"`
	Joined   bool           `json:"joined"`
	Unread   int            `json:"unread,omitempty"`
	Private  bool           `json:"private,omitempty"`
	Archived bool           `json:"archived,omitempty"`
	Slow     int            `json:"slow,omitempty"`   // seconds
	Locked   bool           `json:"locked,omitempty"` // has a password
	Last     *MessageJSON   `json:"last,omitempty"`
}

func newRoomJSON(r chat.Room) roomJSON {
	return roomJSON{
		Room: roomName(r), Topic: r.Topic, Private: r.Private, Archived: r.Archived,
		Slow: int(r.Slow / time.Second), Locked: r.Locked,
	}
}

// rooms lists all rooms that the caller may know of.
func rooms(ctx context.Context, c *Call) error {
	all, err := c.Service.Directory(ctx, c.User)
	if err != nil {
		return err
	}
	for _, r := range all {
		if err := c.printRoom(r); err != nil {
			return err
		}
	}
	return nil
}

func (c *Call) printRoom(r chat.Listed) error {
	object := newRoomJSON(r.Room)
	object.Members, object.Messages, object.Joined, object.Unread = r.Members, r.Head.ID, r.In, r.Unread
	mark := " "
	if r.In {
		mark = "*"
	}
	format := "%s %-16s %4d people %6d messages  %s"
	args := []any{mark, r.Title(), r.Members, r.Head.ID, remark(r.Room)}
	if r.Last != nil {
		m := messageJSON(r.Room, r.Last)
		object.Last = &m
		format += "\n    %s, %s"
		args = append(args, ago(time.Since(r.Last.At)), inBrief(r.Last))
	}
	return c.Out.Print(object, format, args...)
}

// remark is what a list says of a room beside its name.
func remark(r chat.Room) string {
	if r.Archived {
		return strings.TrimSpace("(archived) " + r.Topic)
	}
	return r.Topic
}

// inBrief is the first line of a message, cut where it is long.
func inBrief(m *chat.Message) string {
	const most = 60
	brief, _, _ := strings.Cut(said(m), "\n")
	if line := []rune(chat.Printable(brief)); len(line) > most {
		return string(line[:most]) + "…"
	}
	return chat.Printable(brief)
}

func topic(ctx context.Context, c *Call, room chat.Room) error {
	text := strings.TrimSpace(c.Text)
	if text == "" {
		return c.showTopic(room)
	}
	if text == "-" {
		text = ""
	}
	return c.Service.SetTopic(ctx, c.User, room, text)
}

func (c *Call) showTopic(room chat.Room) error {
	if room.Topic == "" {
		return c.printMine(room, "%s has no topic yet", room.Title())
	}
	return c.printMine(room, "%s", room.Topic)
}
