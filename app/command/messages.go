package command

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"teahouse/app/chat"
)

const (
	// deliverFor is how long send tries while storage is away.
	deliverFor = 30 * time.Second
	// inputLimit bounds what one message is read from: four bytes a character
	// at the most, and as much again for what cleaning takes away.
	inputLimit = 8 * chat.LimitBody
)

func messageCommands() []Command {
	return []Command{
		{Name: "msg", Usage: "NAME [TEXT…]", Short: "write to one person", Faces: Screen, Min: 1, Max: 1, Text: true, Run: msg},
		{Name: "me", Usage: "TEXT…", Short: "say what you do", Faces: Screen, Text: true, Run: me},
		{Name: "reply", Usage: "ID TEXT…", Short: "answer a message", Faces: Screen, Min: 1, Max: 1, Text: true, Run: reply},
		{Name: "send", Usage: "ROOM|@NAME [--lines | --reply-to ID] [TEXT…]", Short: "post a text, or what comes on standard input", Faces: Exec, Min: 1, Max: 1, Text: true, Options: "--lines --reply-to", Run: send},
		{Name: "history", Usage: "ROOM|@NAME [-n N] [--before ID]", Short: "print past messages (N is 50 unless told)", Faces: Exec, Min: 1, Max: 1, Options: "-n --before", Run: history},
		{Name: "tail", Usage: "ROOM|@NAME… [-n N | --since ID]", Short: "print messages as they come; with --json, all that happens", Faces: Exec, Min: 1, Max: 100, Options: "-n --since", Run: tail},
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

func reply(_ context.Context, c *Call) error {
	id, err := messageID(c.Args[0])
	if err != nil {
		return err
	}
	return c.Session.Reply(c.Room, id, c.Text)
}

func send(ctx context.Context, c *Call) error {
	room, err := c.Service.FindRoom(ctx, c.User, c.Args[0])
	if err != nil {
		return err
	}
	switch {
	case c.Opt.Lines && c.Text != "":
		return usagef("--lines posts what comes on standard input; take it or the text away")
	case c.Opt.Lines && c.Opt.ReplyTo > 0:
		return usagef("--lines posts many messages, and --reply-to is for one; take one of them away")
	case c.Opt.Lines:
		return c.sendLines(ctx, room)
	case c.Text != "":
		return c.post(ctx, room, c.Text)
	}
	body, err := c.readAll(ctx)
	if err != nil {
		return err
	}
	return c.post(ctx, room, body)
}

// readAll reads the one message that comes on standard input.
func (c *Call) readAll(ctx context.Context) (string, error) {
	known := time.Now()
	// One byte more than fits, so that too much is told and not cut.
	body, err := io.ReadAll(io.LimitReader(c.In, inputLimit+1))
	if err != nil {
		return "", fmt.Errorf("reading standard input: %w", err)
	}
	if len(body) > inputLimit {
		return "", chat.Errorf(chat.CodeInvalid, "that is too long for one message: %d characters are allowed; --lines posts each line for itself", chat.LimitBody)
	}
	if err := c.stillMe(ctx, &known); chat.ErrorCode(err) == chat.CodeRefused {
		return "", err
	}
	// Input that broke off is not what was meant to be said.
	return string(body), ctx.Err()
}

// post returns when the message is posted, and prints its id where JSON is
// asked for.
func (c *Call) post(ctx context.Context, room chat.Room, body string) error {
	draft, err := c.Service.Compose(c.User, room.ID, chat.KindText, body)
	if err != nil {
		return err
	}
	draft.ReplyTo = c.Opt.ReplyTo
	if err := c.Service.Pace(ctx, c.User.ID); err != nil {
		return err
	}
	ctx, cancel := chat.Settle(ctx, deliverFor)
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
// for one message becomes several; one with nothing to see is passed over. Its
// error says how far it came.
func (c *Call) sendLines(ctx context.Context, room chat.Room) error {
	posted, err := c.postLines(ctx, room)
	if err == nil {
		return nil
	}
	if why := context.Cause(ctx); why != nil {
		err = why
	}
	if chat.ErrorCode(err) == chat.CodeInternal {
		return err
	}
	return &chat.Error{Code: chat.ErrorCode(err), Text: chat.ErrorText(err) + posted.words(), Err: err}
}

// progress is how far the posting of lines came.
type progress struct {
	lines int // that need not be sent again, those passed over among them
	part  int // of the next line, which is long, messages that are posted
}

func (p progress) words() string {
	text := fmt.Sprintf("; the first %d lines are done", p.lines)
	if p.lines == 1 {
		text = "; the first line is done"
	}
	if p.part > 0 {
		text += fmt.Sprintf(", and of the next %d messages", p.part)
	}
	return text + fmt.Sprintf(": go on with line %d", p.lines+1)
}

func (c *Call) postLines(ctx context.Context, room chat.Room) (done progress, err error) {
	in := bufio.NewScanner(c.In)
	in.Buffer(nil, 2*chat.LimitBody)
	in.Split(cutLine)
	known := time.Now()
	for in.Scan() {
		// Where storage does not tell, what is posted next waits for it.
		if err := c.stillMe(ctx, &known); chat.ErrorCode(err) == chat.CodeRefused {
			return done, err
		}
		line, whole := strings.CutSuffix(in.Text(), "\n")
		if body := lineBody(line); body != "" {
			if err := c.postInTurn(ctx, room, body); err != nil {
				return done, err
			}
			done.part++
		}
		if whole {
			done = progress{lines: done.lines + 1}
		}
	}
	if err := in.Err(); err != nil {
		return done, fmt.Errorf("reading standard input: %w", err)
	}
	return done, ctx.Err()
}

// knownFor is for how long who waits for input is taken to be who they were.
const knownFor = 5 * time.Second

// stillMe refuses somebody whose key has been removed, or opens somebody else, since
// it was known that it is theirs. Of a short time it takes none.
func (c *Call) stillMe(ctx context.Context, known *time.Time) error {
	if time.Since(*known) <= knownFor {
		return nil
	}
	user, err := c.Service.Known(ctx, c.Key)
	switch {
	case err != nil:
		return err
	case user.ID != c.User.ID:
		return chat.Errorf(chat.CodeRefused, "the key that you came by does not open %s any more; come again", c.User.Name)
	}
	*known = time.Now()
	return nil
}

// cutLine is a bufio.SplitFunc for lines with their ends, or for as many whole
// characters of a long one as fit into a message.
func cutLine(data []byte, atEOF bool) (advance int, line []byte, err error) {
	most := min(len(data), chat.LimitBody)
	if end := bytes.IndexByte(data[:most], '\n'); end >= 0 {
		return end + 1, data[:end+1], nil
	}
	if len(data) > chat.LimitBody {
		for back := 1; back < utf8.UTFMax && !utf8.RuneStart(data[most]); back++ {
			most--
		}
		return most, data[:most], nil
	}
	if atEOF && most > 0 {
		return most, data[:most], nil
	}
	return 0, nil, nil
}

// lineBody gives what of a line can be posted, which may be nothing. What
// draws over itself, such as a progress bar, is too many lines by the rules
// for bodies; then it is made one.
func lineBody(line string) string {
	for _, body := range []string{line, chat.Printable(line)} {
		if _, err := chat.CleanBody(body); err == nil {
			return body
		}
	}
	return ""
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
	prefs, err := c.Service.Preferences(ctx, c.User)
	if err != nil {
		return err
	}
	c.Out.Hidden = prefs.Ignores
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
