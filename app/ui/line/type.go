package line

import (
	"context"
	"strings"
	"time"

	"teahouse/app/chat"
	"teahouse/app/command"
)

// read takes in what the client sent, or that it will send no more.
func (s *talk) read(p []byte, more bool) {
	s.input, s.typed = p, time.Now()
	s.Session.Touch()
	switch {
	case more:
		s.take()
	case s.Terminal:
		s.eof, s.gone = true, true // nobody is there any more
	default:
		s.eof = true
		s.act(s.edit.end())
		s.leave()
	}
}

// take goes through the input, until something in it has to wait.
func (s *talk) take() {
	if s.held != "" {
		s.post(s.held)
	}
	for len(s.input) > 0 && s.held == "" && !s.gone {
		rest, a := s.edit.take(s.input)
		s.input = rest
		s.paper.echo(s.edit.echoed(), s.edit.shown())
		s.act(a)
		s.paper.echo(s.edit.echoed(), s.edit.shown())
		if !s.Terminal {
			s.look() // each line finds the chat as the one before left it
		}
	}
}

func (s *talk) act(a act) {
	switch a {
	case actEnter:
		s.enter(s.edit.line)
	case actTooLong:
		s.tooLong(s.edit.line)
	case actInterrupt:
		s.interrupt()
	case actLeave:
		s.leave()
	}
}

// enter sends a line, or runs it where it is a command.
func (s *talk) enter(text string) {
	if s.leaving {
		return
	}
	s.taken++
	if strings.TrimSpace(text) == "" {
		if s.Terminal {
			s.note("this is %s", s.room.title)
		}
		return
	}
	line, isCommand := strings.CutPrefix(text, "/")
	switch {
	case !isCommand:
		s.post(text)
	case strings.HasPrefix(line, "/"):
		s.post(line) // "//" begins a message that begins with a slash
	default:
		s.run(line)
	}
}

// post puts a message on its way. Where too many wait already, one that was
// typed is given back, and one that came otherwise waits with all behind it.
func (s *talk) post(body string) {
	s.held = ""
	err := s.refusal()
	if err == nil {
		err = s.Session.Send(s.room.id, chat.KindText, body)
	}
	switch {
	case err == nil:
		s.sent.to(s.room.id)
	case chat.ErrorCode(err) == chat.CodeTooFast && !s.Terminal:
		s.held = body
	default:
		s.note("not sent: %s", chat.ErrorText(err))
		s.giveBack(body)
	}
}

func (s *talk) refusal() error {
	if _, in := s.Session.Room(s.room.id); !in {
		return chat.Errorf(chat.CodeRefused, "you are not in %s any more", s.room.title)
	}
	return nil
}

// giveBack lets a text that was typed be corrected.
func (s *talk) giveBack(body string) {
	if !s.Terminal {
		return
	}
	if strings.HasPrefix(body, "/") {
		body = "/" + body
	}
	s.edit.put(body)
}

// tooLong is for a line of which only the beginning was taken.
func (s *talk) tooLong(text string) {
	if !s.Terminal {
		s.note("not sent: a line of more than %d characters, which is the most", chat.LimitBody)
		return
	}
	s.note("only the first %d characters were taken, which is the most; Enter sends those, Ctrl+U takes them away", chat.LimitBody)
	s.edit.put(text)
}

// interrupt takes away what is being typed; where nothing is, leaving is
// another key's, unless somebody is leaving already.
func (s *talk) interrupt() {
	switch {
	case s.leaving:
		s.gone = true
	case s.edit.text == "":
		s.note("Ctrl+D or /quit leaves the chat")
	default:
		s.edit.clear()
	}
}

// leave ends the session when all is sent, and at once when asked again.
func (s *talk) leave() {
	if s.leaving {
		s.gone = true
		return
	}
	s.leaving, s.input = true, nil
	s.sent.settle()
	if s.sent.waiting > 0 && s.Terminal {
		s.note("%s to be sent; Ctrl+D leaves without waiting", count(s.sent.waiting, "message", "waits", "wait"))
		s.sent.told = true
	}
}

// run gives a command to the one table of commands, or does one of the few that
// only lines have.
func (s *talk) run(line string) {
	name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch name {
	case "history":
		s.history(strings.TrimSpace(rest))
		return
	case "numbers":
		s.numbers()
		return
	}
	call := s.call(command.Screen)
	if err := s.do(line, call); err != nil {
		s.note("%s", errorText(err))
		return
	}
	if call.Help {
		s.help()
	}
	if call.Open != "" {
		s.sent.to(call.Open) // something may have been sent there
		s.open(call.Open)
		s.goal = call.At
	}
	if call.Quit {
		s.leave()
	}
}

func (s *talk) call(face command.Face) *command.Call {
	return &command.Call{
		Service: s.Service, Session: s.Session, User: s.Session.User(), Key: s.Key, Room: s.room.id, Face: face,
	}
}

// do runs a command and prints its answer.
func (s *talk) do(line string, call *command.Call) error {
	ctx, cancel := context.WithTimeout(s.ctx, commandTime)
	defer cancel()
	var out strings.Builder
	call.Out = command.Printer{W: &out}
	s.sent.to(s.room.id) // a command may send something
	err := command.Run(ctx, line, call)
	if err == nil && call.Open != "" {
		err = s.Session.Await(ctx, call.Open)
	}
	for row := range strings.Lines(out.String()) {
		s.paper.rows(strings.TrimRight(row, "\n"))
	}
	return err
}

func errorText(err error) string {
	if usage, ok := err.(*command.UsageError); ok {
		return usage.Text
	}
	return chat.ErrorText(err)
}

// numbers has messages shown with the numbers by which commands name them, or
// without.
func (s *talk) numbers() {
	s.style.numbered = !s.style.numbered
	if s.style.numbered {
		s.note("messages are shown with their numbers from now on")
	} else {
		s.note("messages are shown without their numbers from now on")
	}
}

// help lists keys and commands, each in a line that makes sense when it is
// read out.
func (s *talk) help() {
	if s.Terminal {
		s.note("Enter sends; Ctrl+J begins another line of the same message; Backspace, Ctrl+W and Ctrl+U take away a character, a word, all; Ctrl+L shows again what is typed; Ctrl+D leaves")
	}
	for _, c := range command.Table() {
		if c.Faces&command.Screen != 0 && (s.Session.User().Admin || !c.Admin) {
			s.note("%s: %s", strings.TrimSpace("/"+c.Name+" "+c.Usage), c.Short)
		}
	}
	s.note("/history [N]: past messages of this room")
	s.note("/numbers: show messages with their numbers, or without")
}
