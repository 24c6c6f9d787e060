package ui

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"time"

	"teahouse/app/chat"
)

// What a person was writing, and where, is kept in storage, so that it is there
// again on any replica.

// draftRest is how long a text rests before it is kept: a replica that dies
// takes no more than that with it.
const draftRest = 2 * time.Second

// draft is what is being written in a room.
type draft struct {
	text  string
	reply *chat.Message
}

// firstRoom is the one that was open last, where the person is still in it.
func (m *model) firstRoom() chat.RoomID {
	if _, in := m.Session.Room(m.prefs.Room); in {
		return m.prefs.Room
	}
	return chat.General
}

// takeDrafts brings back what was being written when the person left last.
func (m *model) takeDrafts() {
	for room, text := range m.Session.TakeDrafts() {
		m.stored[room] = text
		m.drafts[room] = draft{text: text}
	}
}

// stash puts away what is being written in the open room.
func (m *model) stash() {
	if m.aim.edit != nil {
		m.dropAim()
	}
	m.drafts[m.room] = draft{m.composer.Value(), m.aim.reply}
	m.aim = aim{}
}

// unstash brings back what was being written in the open room.
func (m *model) unstash() {
	d := m.drafts[m.room]
	m.composer.SetValue(d.text)
	m.aim = aim{reply: d.reply}
}

// restDrafts has what is being written kept when it has rested a little.
func (m *model) restDrafts() {
	differs := false
	for range m.unkept() {
		differs = true
	}
	switch {
	case differs && m.resting == nil:
		m.resting = time.AfterFunc(draftRest, m.draftsRested)
	case !differs && m.resting != nil:
		m.resting.Stop()
		m.resting = nil
	}
}

func (m *model) draftsRested() {
	if !m.crew.join() {
		return
	}
	defer m.crew.work.Done()
	defer m.Panics.Recover("keeping drafts", func(cause error) { m.loop(panicMsg{chat.Broken(cause)}) })
	m.keepDrafts()
}

// keepDrafts stores what differs from what is stored. Nothing is drawn for it.
func (m *model) keepDrafts() {
	for room, text := range m.rested() {
		ctx, cancel := chat.Settle(m.ctx, commandTime)
		err := m.Service.KeepDraft(ctx, m.Session.User(), room, text)
		cancel()
		m.draftKept(room, text, err)
	}
}

// rested takes the drafts that are to be kept now.
func (m *model) rested() map[chat.RoomID]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.resting = nil
	if m.over {
		return nil // close has seen to them
	}
	changed := m.changedDrafts()
	maps.Copy(m.keeping, changed)
	return changed
}

// draftKept has what could not be kept tried again at the next change.
func (m *model) draftKept(room chat.RoomID, text string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.keeping[room] == text {
		delete(m.keeping, room)
	}
	if err != nil {
		m.Log.Debug("keeping a draft", "user", m.Session.User().ID, "error", err)
		delete(m.stored, room)
	}
}

// changedDrafts takes the drafts that differ from what is stored.
func (m *model) changedDrafts() map[chat.RoomID]string {
	changed := maps.Collect(m.unkept())
	maps.Copy(m.stored, changed)
	return changed
}

// unkept gives the drafts that differ from what is stored.
func (m *model) unkept() iter.Seq2[chat.RoomID, string] {
	return func(yield func(chat.RoomID, string) bool) {
		for room, d := range m.drafts {
			if text := draftOf(d.text); room != m.room && m.stored[room] != text && !yield(room, text) {
				return
			}
		}
		if text := draftOf(m.composer.Value()); m.aim.edit == nil && m.stored[m.room] != text {
			yield(m.room, text)
		}
	}
}

// draftOf is what is kept of a text: nothing of a command, which may hold a
// password.
func draftOf(text string) string {
	if isCommand(text) {
		return ""
	}
	return text
}

// close keeps what should be there when the person comes back, and tells what
// came of that.
func (m *model) close() Farewell {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.over = true
	m.markRead()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(m.ctx), cmp.Or(m.Keep, chat.SettleFor))
	defer cancel()
	f := m.closeDrafts(ctx)
	if len(f.Lost) > 0 {
		return f
	}
	if err := m.Service.KeepPlace(ctx, m.Session.User(), m.room); err != nil {
		m.Log.Warn("keeping the open room", "user", m.Session.User().ID, "error", err)
	}
	return f
}

// closeDrafts keeps the drafts. Where one cannot be, the rest is not tried: the
// time is better spent on saying so.
func (m *model) closeDrafts(ctx context.Context) Farewell {
	f := Farewell{
		House: m.House.Name, Goodbye: m.goodbye, Restarts: errors.Is(m.failed, ErrRestarts),
		Kept: !m.composer.Empty() && m.aim.edit == nil && !isCommand(m.composer.Value()),
	}
	if f.Restarts && m.aim.edit != nil {
		f.Lost = append(f.Lost, m.composer.Value())
	}
	changed := m.changedDrafts()
	for room, text := range m.keeping {
		if _, newer := changed[room]; !newer {
			changed[room] = text
		}
	}
	var failed error
	for room, text := range changed {
		if failed == nil {
			failed = m.Service.KeepDraft(ctx, m.Session.User(), room, text)
		}
		if failed != nil && text != "" {
			f.Lost = append(f.Lost, text)
		}
	}
	if failed != nil {
		m.Log.Warn("keeping a draft", "user", m.Session.User().ID, "error", failed)
		f.Kept = false
	}
	return f
}
