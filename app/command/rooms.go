package command

import (
	"context"
	"strings"

	"teahouse/app/chat"
)

func roomCommands() []Command {
	return []Command{
		{Name: "join", Usage: "ROOM", Short: "enter a room; a new name makes one", Faces: Both, Min: 1, Max: 1, Run: join},
		{Name: "leave", Usage: "[ROOM]", Short: "leave a room", Faces: Both, Max: 1, Run: leave},
		{Name: "rooms", Short: "list the rooms", Faces: Both, Run: rooms},
		{Name: "topic", Usage: "[TEXT…]", Short: "show or set the room's topic", Faces: Screen, Text: true, Run: topic},
		{Name: "topic", Usage: "ROOM [TEXT…]", Short: "show or set a room's topic", Faces: Exec, Min: 1, Max: 1, Text: true, Run: topic},
	}
}

func join(ctx context.Context, c *Call) error {
	room, err := c.Service.Join(ctx, c.User, c.Args[0])
	if err != nil {
		return err
	}
	c.Open = room.ID
	if c.Face == Screen {
		return nil
	}
	return c.Out.Print(roomJSON{Room: roomName(room), Topic: room.Topic, Joined: true}, "you are in %s now", room.Title())
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
	return c.Out.Print(roomJSON{Room: roomName(room), Topic: room.Topic}, "you have left %s", room.Title())
}

type roomJSON struct {
	Room     string         `json:"room"`
	Topic    string         `json:"topic"`
	Members  int            `json:"members,omitempty"`
	Messages chat.MessageID `json:"messages,omitempty"`
	Joined   bool           `json:"joined"`
	Unread   int            `json:"unread,omitempty"`
}

// rooms lists the public rooms, then the caller's rooms between two people.
func rooms(ctx context.Context, c *Call) error {
	all, err := c.Service.PublicRooms(ctx)
	if err != nil {
		return err
	}
	mine, err := c.Service.Rooms(ctx, c.User)
	if err != nil {
		return err
	}
	seats := map[chat.RoomID]chat.RoomView{}
	for _, v := range mine {
		seats[v.ID] = v
	}
	for _, info := range all {
		if err := c.printRoom(info, seats); err != nil {
			return err
		}
	}
	for _, v := range mine {
		if v.IsDirect() {
			if err := c.printRoom(chat.RoomInfo{Room: v.Room, Members: 2, Head: chat.Head{ID: v.Head}}, seats); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Call) printRoom(info chat.RoomInfo, seats map[chat.RoomID]chat.RoomView) error {
	view, joined := seats[info.ID]
	mark := " "
	if joined {
		mark = "*"
	}
	return c.Out.Print(
		roomJSON{
			Room: roomName(info.Room), Topic: info.Topic, Members: info.Members,
			Messages: info.Head.ID, Joined: joined, Unread: view.Unread,
		},
		"%s %-16s %4d people %6d messages  %s",
		mark, info.Title(), info.Members, info.Head.ID, info.Topic)
}

func topic(ctx context.Context, c *Call) error {
	room, err := c.room(ctx)
	if err != nil {
		return err
	}
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
	object := roomJSON{Room: roomName(room), Topic: room.Topic, Joined: true}
	if room.Topic == "" {
		return c.Out.Print(object, "%s has no topic yet", room.Title())
	}
	return c.Out.Print(object, "%s", room.Topic)
}
