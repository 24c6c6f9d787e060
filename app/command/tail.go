package command

import (
	"context"
	"fmt"
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
	if c.Opt.SinceSet && (len(c.Args) > 1 || c.Opt.NSet) {
		return usagef("--since goes on in one room, from one message; -n and other rooms go without it")
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
	c.Out.Hidden = func(m *chat.Message) bool {
		prefs := sess.Preferences()
		return prefs.Ignores(m)
	}
	for _, f := range all {
		if err := f.begin(ctx, sess); err != nil {
			return err
		}
	}
	for {
		for _, f := range all {
			if err := f.step(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		}
		if err := sess.Ended(); err != nil {
			return err
		}
		select {
		case <-sess.Wake():
		case <-ctx.Done():
			return stopped(ctx, all)
		}
	}
}

// stopped says why a tail was told to end, and how it is gone on with.
func stopped(ctx context.Context, all []*followed) error {
	why := context.Cause(ctx)
	if chat.ErrorCode(why) != chat.CodeUnavailable {
		return why
	}
	text := chat.ErrorText(why)
	for _, f := range all {
		text += fmt.Sprintf("; tail %s --since %d goes on", f.ref, f.last)
	}
	return &chat.Error{Code: chat.CodeUnavailable, Text: text, Err: why}
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
	sess   *chat.Session
	ref    string // by which the room was named
	room   chat.Room
	cursor *chat.Cursor
	last   chat.MessageID // printed, or passed over at the start
	at     chat.Head      // the same as a place in the log, where all changes are told
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
			all = append(all, &followed{call: c, ref: ref, room: room})
		}
	}
	return all, nil
}

// begin prints the last -n messages of the room, or those after --since, and
// starts behind them.
func (f *followed) begin(ctx context.Context, sess *chat.Session) error {
	cursor, ok := sess.Follow(f.room.ID)
	if !ok {
		return chat.Errorf(chat.CodeRefused, "you are not in %s; join it first", f.room.Title())
	}
	f.cursor, f.sess = cursor, sess
	if f.call.Opt.SinceSet {
		return f.resume(ctx)
	}
	page, err := f.call.Service.History(ctx, f.call.User, f.room, 0, max(1, f.call.Opt.N))
	if err != nil {
		return err
	}
	cursor.Seek(page.Head)
	f.last, f.at = page.Head.ID, page.Head
	if f.call.Opt.N == 0 {
		return nil
	}
	for _, m := range page.Messages {
		if err := f.post(m); err != nil {
			return err
		}
	}
	return nil
}

// resume goes on behind --since.
func (f *followed) resume(ctx context.Context) error {
	f.last = f.call.Opt.Since
	head, err := f.head(ctx)
	if err == nil && head < f.last {
		err = f.rewound(head)
	}
	if err == nil {
		err = f.call.Service.MayRead(f.call.User, int(head-f.last))
	}
	if err != nil {
		return err
	}
	err = f.catchUp(ctx)
	f.cursor.Seek(f.at)
	return err
}

// head is the room's newest message. It is asked of the primary: a read replica
// that is a moment behind would look as if messages had been lost.
func (f *followed) head(ctx context.Context) (chat.MessageID, error) {
	rooms, err := f.call.Service.Rooms(ctx, f.call.User)
	i := slices.IndexFunc(rooms, func(v chat.RoomView) bool { return v.ID == f.room.ID })
	if err != nil || i < 0 { // between two people, and nothing was said yet
		return 0, err
	}
	return rooms[i].Head, nil
}

// catchUp prints the messages that storage has behind the last one.
func (f *followed) catchUp(ctx context.Context) error {
	for {
		page, err := f.call.Service.Since(ctx, f.call.User, f.room, f.last)
		if err == nil {
			err = f.print(page.Messages)
		}
		if err == nil && len(page.Messages) == 0 && f.last < page.Head.ID {
			err = f.gap(page.Head.ID + 1) // all of them are too old
		}
		if err != nil {
			return err
		}
		if f.at = page.Head; f.last >= page.Head.ID {
			return nil
		}
	}
}

// step prints what is new.
func (f *followed) step(ctx context.Context) error {
	step, ready := f.cursor.Next()
	if !ready {
		return nil
	}
	fresh := step.NewerThan(f.last)
	err := f.tell(ctx, step)
	if err == nil {
		f.sess.Showed(fresh)
	}
	return err
}

// tell prints a step. What is no longer in the tail is read from storage, so that
// a slow reader skips nothing either.
func (f *followed) tell(ctx context.Context, step chat.Step) error {
	if f.call.Out.JSON && !step.Missed {
		return f.events(step)
	}
	if step.Missed {
		if err := f.missed(ctx, step); err != nil {
			return err
		}
	}
	if err := f.print(step.Messages); err != nil || !f.call.Out.JSON {
		return err
	}
	return f.notices(step.Notices)
}

// missed makes up for what is no longer in the tail, or never happened. Where
// changes that were no posts are no longer known one by one, a gap says so.
func (f *followed) missed(ctx context.Context, step chat.Step) error {
	if step.Rewound && step.To < f.last {
		if err := f.rewound(step.To); err != nil {
			return err
		}
	}
	if f.call.Out.JSON && !step.Rewound {
		done, err := f.replay(ctx)
		if err == nil && !done {
			err = f.gap(f.last + 1)
		}
		if err != nil || done {
			return err
		}
	}
	return f.catchUp(ctx)
}

// replay tells the changes that storage has behind the last one that was told.
// done is false where they do not go on from there.
func (f *followed) replay(ctx context.Context) (done bool, err error) {
	for {
		span, err := f.call.Service.Changes(ctx, f.call.User, f.room, f.at)
		switch {
		case err != nil || f.at.Position == span.Head.Position:
			return true, err
		case len(span.Entries) == 0 || span.Entries[0].Prev != f.at.Key:
			return false, nil
		}
		for _, e := range span.Entries {
			if err := f.entry(e); err != nil {
				return false, err
			}
		}
	}
}

// events prints all that a step brought, as it happened.
func (f *followed) events(step chat.Step) error {
	notices := step.Notices
	for _, e := range step.Changes {
		n := 0
		for n < len(notices) && notices[n].After < e.ID && e.Act == "" {
			n++
		}
		if err := f.notices(notices[:n]); err != nil {
			return err
		}
		notices = notices[n:]
		if err := f.entry(e); err != nil {
			return err
		}
	}
	return f.notices(notices)
}

// entry tells of a change that was not told yet.
func (f *followed) entry(e chat.Entry) error {
	if e.Rev <= f.at.Rev {
		return nil
	}
	f.at = chat.Head{Position: e.Position, ID: max(f.at.ID, e.ID)}
	switch {
	case e.Act != "":
		return f.change(e)
	case e.Message == nil:
		return nil // the next one tells the gap
	}
	return f.print([]*chat.Message{e.Message})
}

func (f *followed) notices(ns []chat.Notice) error {
	for _, n := range ns {
		if err := f.notice(n); err != nil {
			return err
		}
	}
	return nil
}

// print prints the messages that were not yet, and tells of those that storage
// no longer keeps.
func (f *followed) print(ms []*chat.Message) error {
	for _, m := range ms {
		if m.ID <= f.last {
			continue
		}
		if m.ID > f.last+1 {
			if err := f.gap(m.ID); err != nil {
				return err
			}
		}
		if err := f.post(m); err != nil {
			return err
		}
		f.last = m.ID
	}
	return nil
}
