package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"teahouse/app/chat"
)

// deliverFor is how long send tries while storage is away.
const deliverFor = 30 * time.Second

func messageCommands() []Command {
	return []Command{
		{Name: "msg", Usage: "NAME [TEXT…]", Short: "write to one person", Faces: Screen, Min: 1, Max: 1, Text: true, Run: msg},
		{Name: "me", Usage: "TEXT…", Short: "say what you do", Faces: Screen, Text: true, Run: me},
		{Name: "send", Usage: "ROOM|@NAME [--lines] [TEXT…]", Short: "post a text, or what comes on standard input", Faces: Exec, Min: 1, Max: 1, Text: true, Options: "--lines", Run: send},
		{Name: "history", Usage: "ROOM|@NAME [-n N] [--before ID]", Short: "print past messages (N is 50 unless told)", Faces: Exec, Min: 1, Max: 1, Options: "-n --before", Run: history},
		{Name: "tail", Usage: "ROOM|@NAME… [-n N]", Short: "print messages as they come", Faces: Exec, Min: 1, Max: 100, Options: "-n", Run: tail},
	}
}

func msg(ctx context.Context, c *Call) error {
	room, err := c.Service.FindRoom(ctx, c.User, "@"+strings.TrimPrefix(c.Args[0], "@"))
	if err != nil {
		return err
	}
	if strings.TrimSpace(c.Text) != "" {
		if err := c.Session.Send(room.ID, chat.KindText, c.Text); err != nil {
			return err
		}
	}
	c.Open = room.ID
	return nil
}

func me(_ context.Context, c *Call) error {
	if strings.TrimSpace(c.Text) == "" {
		return usagef("what do you do? usage: /me waves")
	}
	return c.Session.Send(c.Room, chat.KindAction, c.Text)
}

func send(ctx context.Context, c *Call) error {
	room, err := c.Service.FindRoom(ctx, c.User, c.Args[0])
	if err != nil {
		return err
	}
	switch {
	case c.Opt.Lines && c.Text != "":
		return usagef("--lines posts what comes on standard input; take it or the text away")
	case c.Opt.Lines:
		return c.sendLines(ctx, room)
	case c.Text != "":
		return c.post(ctx, room, c.Text)
	}
	// One byte more than fits, so that too much is told and not cut.
	body, err := io.ReadAll(io.LimitReader(c.In, 4*chat.LimitBody+1))
	if err != nil {
		return fmt.Errorf("reading standard input: %w", err)
	}
	// Input that broke off is not what was meant to be said.
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.post(ctx, room, string(body))
}

// post returns when the message is posted, and prints its id where JSON is
// asked for.
func (c *Call) post(ctx context.Context, room chat.Room, body string) error {
	draft, err := c.Service.Compose(c.User, room.ID, chat.KindText, body)
	if err != nil {
		return err
	}
	if err := c.Service.Pace(ctx, c.User.ID); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, deliverFor)
	defer cancel()
	m, err := c.Service.Deliver(ctx, draft)
	if err != nil {
		return err
	}
	if !c.Opt.JSON {
		return nil
	}
	return c.Out.Message(room, m)
}

// sendLines posts each line as it comes, in order. A line that is too long
// for one message becomes several.
func (c *Call) sendLines(ctx context.Context, room chat.Room) error {
	in := bufio.NewReaderSize(c.In, chat.LimitBody)
	for {
		line, _, err := in.ReadLine()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading standard input: %w", err)
		}
		if strings.TrimSpace(chat.Printable(string(line))) == "" {
			continue
		}
		if err := c.post(ctx, room, string(line)); err != nil {
			return err
		}
	}
}

func history(ctx context.Context, c *Call) error {
	room, err := c.room(ctx)
	if err != nil {
		return err
	}
	n := 50
	if c.Opt.NSet {
		n = c.Opt.N
	}
	page, err := c.Service.History(ctx, c.User, room, c.Opt.Before, n)
	if err != nil {
		return err
	}
	return c.printAll(room, page.Messages)
}

func (c *Call) printAll(room chat.Room, ms []*chat.Message) error {
	for _, m := range ms {
		if err := c.Out.Message(room, m); err != nil {
			return err
		}
	}
	return nil
}
