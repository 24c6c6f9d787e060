// Package line is the chat as lines, for terminals that cannot move a cursor,
// for screen readers, and for clients without a terminal: what is said is
// printed as it comes, and what is typed is sent a line at a time. Nothing is
// ever drawn over.
package line

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"teahouse/app/chat"
	"teahouse/app/ui"
	"teahouse/internal/contain"
	"teahouse/internal/faults"
)

const (
	// typingRest is how long what happens waits for somebody who is typing, so
	// that it does not come into the middle of their words.
	typingRest = 3 * time.Second
	// patience is how long a message may be under way until its author is told
	// that it waits.
	patience = 2 * time.Second
	// lookAgain is how often it is tried again what waits for storage.
	lookAgain = time.Second
	// giveUp is how long somebody who leaves waits for storage to take what
	// they sent.
	giveUp = 30 * time.Second
	// commandTime is how long a command may take.
	commandTime = 15 * time.Second
)

// Suits tells whether a client is given lines and not the screen that moves a
// cursor: where it has no terminal, or one that can do no more.
func Suits(pty bool, term string) bool {
	return !pty || term == "" || term == "dumb" || term == "unknown"
}

// Options are what a session of lines needs. All are required but Key, New,
// Panics, Columns and Keep.
type Options struct {
	House    ui.House
	Service  *chat.Service
	Session  *chat.Session
	Key      chat.Key
	Log      *slog.Logger
	Panics   *contain.Panics // nil: they are told to the log
	New      bool            // the user was made just now
	Terminal bool            // somebody types, and sees what is echoed; else lines come
	Columns  func() int      // how wide their terminal is; 0 or nil: that is not known

	In       io.ReadCloser // closed by Run, which must make a Read under way return
	Out      io.Writer
	Draining <-chan struct{} // closed when people are asked to leave
	Keep     time.Duration   // how long it may take at the end to keep what was begun; 0: chat.SettleFor
}

// Run serves the chat until the person leaves, ctx ends or people are asked to
// leave, which is ui.ErrRestarts; goodbye, maybe several lines, is to be printed then. Without a terminal the end of the input
// is leaving, and what was sent is waited for. Nothing of what was started here
// runs on when it returns.
func Run(ctx context.Context, o Options) (goodbye string, err error) {
	o.Panics = o.Panics.Or(o.Log)
	t := newTypist(o.In, o.Panics)
	defer t.close()
	s := newTalk(ctx, o)
	s.greet()
	s.open(s.firstRoom())
	s.resume()
	s.pull()
	for !s.over() {
		s.serve(t)
	}
	s.paper.finish()
	return s.partWith().Words(), s.err
}

// talk is one session of lines. It belongs to the goroutine of Run.
type talk struct {
	Options
	ctx   context.Context
	edit  editor
	paper *paper
	sent  *sent
	room  place
	goal  chat.MessageID            // of the open room, to be shown
	told  map[chat.RoomID]tally     // of the other rooms
	late  bool                      // something of them is to be told in a moment
	asked map[chat.RoomID]time.Time // the invitations that were told
	prefs chat.Preferences
	style style
	began time.Time
	rung  time.Time // when the person was called last
	day   string    // of the line before
	down  bool      // it was said that storage does not answer

	input []byte    // what was read and not yet looked at
	held  string    // a message that has to wait until there is room for it
	typed time.Time // when something was typed last
	eof   bool      // nothing more comes

	taken   int   // lines that came through a pipe
	kept    draft // what storage has of the line that is typed
	leaving bool  // as soon as all is sent
	gone    bool  // at once
	err     error
}

func newTalk(ctx context.Context, o Options) *talk {
	s := &talk{
		Options: o, ctx: ctx, edit: editor{terminal: o.Terminal}, paper: newPaper(o.Out, o.Terminal, o.Columns),
		sent: newSent(o.Session), told: map[chat.RoomID]tally{}, began: time.Now(),
	}
	s.prefer()
	s.day = s.style.day(time.Now())
	return s
}

// greet says who one is, and how to begin.
func (s *talk) greet() {
	name := s.Session.User().Name
	s.note("%s: you are %s here", s.House.Name, name)
	if s.New {
		s.note("your SSH key is who you are; /nick NAME changes the name")
	}
	s.note("type and press Enter; /help lists the commands, /quit leaves")
	if motd := s.Service.MOTD(s.House.MOTD); motd != "" {
		s.note("%s", motd)
	}
	if s.House.Forgetful {
		s.note("this server keeps everything in memory: history ends when it stops")
	}
}

// note prints what the chat itself says.
func (s *talk) note(format string, args ...any) {
	s.print(aside + fmt.Sprintf(format, args...))
}

func (s *talk) print(text string) {
	if text == "" {
		return
	}
	s.paper.rows(strings.TrimRight(text, "\n"))
}

// over writes what there is to write and tells whether the session ends.
func (s *talk) over() bool {
	s.paper.flush(s.edit.shown())
	if s.paper.failed != nil {
		s.err = s.paper.failed
		return true
	}
	s.room.markRead(s.Session)
	return s.gone || s.err != nil || s.ctx.Err() != nil
}

// serve waits for the next thing to happen, and does what it asks for.
func (s *talk) serve(t *typist) {
	chunks := t.chunks
	if faults.On {
		faults.At("lines", s.Session.User().Name)
	}
	if s.eof || s.held != "" || s.leaving && !s.Terminal {
		chunks = nil
	}
	var alarm <-chan time.Time
	if wait := s.wait(); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		alarm = timer.C
	}
	select {
	case <-s.Session.Wake():
		s.pull()
	case <-alarm:
		s.pull()
	case p, ok := <-chunks:
		if !ok && t.failed != nil {
			s.err = t.failed
			return
		}
		s.read(p, ok)
		s.pull()
	case <-s.Draining:
		s.err = ui.ErrRestarts
	case <-s.ctx.Done():
	}
}

// wait tells when to look again though nothing has happened; 0 for never.
func (s *talk) wait() time.Duration {
	switch {
	case s.isTyping():
		return max(time.Millisecond, typingRest-time.Since(s.typed))
	case s.leaving || s.held != "" || s.room.missed || s.late:
		return lookAgain
	}
	return s.sent.due()
}

// isTyping tells whether to leave somebody alone with what they are writing.
func (s *talk) isTyping() bool {
	return s.Terminal && s.edit.text != "" && time.Since(s.typed) < typingRest
}

// pull goes on with what had to wait, and takes in what has happened.
func (s *talk) pull() {
	s.take()
	s.look()
}

// look takes in what has happened, unless somebody is typing.
func (s *talk) look() {
	if err := s.Session.Ended(); err != nil {
		s.err = err
	}
	if s.err != nil || s.isTyping() {
		return
	}
	s.prefer()
	s.health()
	s.fates() // before follow: what is settled is in the feed then
	s.follow()
	s.visit()
	s.elsewhere()
	s.invited()
	s.depart()
}

// health says when storage goes, and when it is back.
func (s *talk) health() {
	down := !s.Session.DownSince().IsZero()
	if down == s.down {
		return
	}
	s.down = down
	if down {
		s.note("the chat's storage does not answer; what you send waits")
	} else {
		s.note("the chat's storage answers again")
	}
}
