package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"teahouse/app/chat"
)

// leaveFor is how long the end of a tail may take.
const leaveFor = 5 * time.Second

// tail follows rooms until ctx ends, and returns its error then.
func tail(ctx context.Context, c *Call) error {
	if c.Opt.N > chat.LimitHistory {
		return chat.Errorf(chat.CodeInvalid, "-n %d is too many; %d is the most", c.Opt.N, chat.LimitHistory)
	}
	all, err := c.roomsToFollow(ctx)
	if err != nil {
		return err
	}
	sess, err := c.Service.Connect(ctx, c.User)
	if err != nil {
		return err
	}
	defer leaveSession(ctx, sess)
	c.Out.Hidden = func(m *chat.Message) bool { return sess.Preferences().Ignores(m) }
	for _, f := range all {
		if err := f.begin(ctx, sess); err != nil {
			return err
		}
	}
	for {
		for _, f := range all {
			if err := f.step(ctx); err != nil {
				return cmp.Or(ctx.Err(), err)
			}
		}
		if err := sess.Ended(); err != nil {
			return err
		}
		select {
		case <-sess.Wake():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// leaveSession closes the session though its client is gone.
func leaveSession(ctx context.Context, sess *chat.Session) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveFor)
	defer cancel()
	sess.Close(ctx)
}

// followed is a room that tail prints.
type followed struct {
	call   *Call
	room   chat.Room
	cursor *chat.Cursor
	last   chat.MessageID // printed, or passed over at the start
}

// roomsToFollow finds the rooms, which makes a room between two people, before
// the session begins that takes its seats there. A room named twice is followed
// once.
func (c *Call) roomsToFollow(ctx context.Context) (all []*followed, err error) {
	for _, ref := range c.Args {
		room, err := c.Service.FindRoom(ctx, c.User, ref)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(f *followed) bool { return f.room.ID == room.ID }) {
			all = append(all, &followed{call: c, room: room})
		}
	}
	return all, nil
}

// begin prints the last -n messages of the room and starts behind them.
func (f *followed) begin(ctx context.Context, sess *chat.Session) error {
	c := f.call
	page, err := c.Service.History(ctx, c.User, f.room, 0, max(1, c.Opt.N))
	if err != nil {
		return err
	}
	cursor, ok := sess.Follow(f.room.ID)
	if !ok {
		return chat.Errorf(chat.CodeRefused, "you are not in %s any more", f.room.Title())
	}
	cursor.Seek(page.Head)
	f.cursor, f.last = cursor, page.Head.ID
	if c.Opt.N == 0 {
		return nil
	}
	return c.printAll(f.room, page.Messages)
}

// step prints what is new. What is no longer in the tail is read from storage,
// so that a slow reader skips nothing either.
func (f *followed) step(ctx context.Context) error {
	step, ready := f.cursor.Next()
	if !ready {
		return nil
	}
	if step.Rewound && step.To < f.last {
		if err := f.warn("the chat's storage has lost messages of %s: all after number %d, also those printed here, are no longer in its history", step.To); err != nil {
			return err
		}
		f.last = step.To
	}
	for step.Missed {
		page, err := f.call.Service.Since(ctx, f.call.User, f.room, f.last)
		if err != nil {
			return err
		}
		if err := f.print(page.Messages); err != nil {
			return err
		}
		if len(page.Messages) == 0 || f.last >= page.Head.ID {
			break
		}
	}
	return f.print(step.Messages)
}

// print prints the messages that were not yet, and tells of those that storage
// no longer keeps.
func (f *followed) print(ms []*chat.Message) error {
	for _, m := range ms {
		if m.ID <= f.last {
			continue
		}
		if gone := m.ID - f.last - 1; gone > 0 && f.last > 0 {
			if err := f.warn("messages of %s that were not read in time are no longer kept: %d", gone); err != nil {
				return err
			}
		}
		if err := f.call.Out.Message(f.room, m); err != nil {
			return err
		}
		f.last = m.ID
	}
	return nil
}

// warn tells something about the room on the caller's standard error, where
// programs that read the messages do not take it for one.
func (f *followed) warn(format string, n chat.MessageID) error {
	stream, ok := f.call.Out.W.(interface{ Stderr() io.ReadWriter })
	if !ok {
		return nil
	}
	text := chat.Printable(fmt.Sprintf(format, f.room.Title(), n))
	_, err := fmt.Fprintf(stream.Stderr(), "teahouse: %s\n", text)
	return err
}
