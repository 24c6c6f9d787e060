package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"teahouse/app/chat"
)

// foundOnScreen is how many hits a screen shows unless told.
const foundOnScreen = 20

func searchCommands() []Command {
	return []Command{
		{Name: "search", Usage: "WORDS… [from:NAME] [in:ROOM] [-n N]", Short: "find messages that have all the words, newest first", Faces: Both, Min: 1, Max: chat.LimitQuery, Options: "-n", Run: search},
		{Name: "goto", Usage: "LINK", Short: "go to a message, as in #ops/41", Faces: Screen, Min: 1, Max: 1, Run: goTo},
	}
}

func search(ctx context.Context, c *Call) error {
	q, err := chat.ParseQuery(strings.Join(c.Args, " "))
	if err != nil {
		return err
	}
	most := c.Opt.N
	if c.Face == Screen && !c.Opt.NSet {
		most = foundOnScreen
	}
	found, searched := 0, 0
	for step, err := range c.Service.Search(ctx, c.User, q) {
		if c.Face == Screen && errors.Is(err, context.DeadlineExceeded) {
			return c.sum("the search took too long, and ended after %d messages", searched)
		}
		if err != nil {
			return err
		}
		searched = step.Searched
		if step.Message == nil {
			continue
		}
		if err := c.Out.Found(step.Room, step.Message); err != nil {
			return err
		}
		if found++; found == most {
			return nil
		}
	}
	if found == 0 && c.Face == Screen {
		return c.sum("nothing is found among %d messages", searched)
	}
	return nil
}

// goTo asks the screen to show a message of a room that the caller is in.
func goTo(ctx context.Context, c *Call) error {
	ref, id, ok := chat.ParseLink(c.Args[0])
	if !ok {
		return usagef("%q is no link to a message; one looks as #ops/41, &board/41 or @bob/41", c.Args[0])
	}
	room, err := c.Service.SeeRoom(ctx, c.User, ref)
	if err != nil {
		return err
	}
	if _, in := c.Session.Room(room.ID); !in {
		return chat.Errorf(chat.CodeRefused, "you are not in %s; join it first", room.Title())
	}
	c.Open, c.At = room.ID, id
	return nil
}

func (c *Call) sum(format string, n int) error {
	_, err := fmt.Fprintf(c.Out.W, format+"\n", n)
	return err
}

// Found prints a message behind the link that leads to it.
func (p Printer) Found(room chat.Room, m *chat.Message) error {
	if p.JSON {
		return p.encode(messageJSON(room, m))
	}
	_, err := fmt.Fprintln(p.W, p.rows(chat.Printable(room.Link(m.ID))+"  "+stamped(m)))
	return err
}
