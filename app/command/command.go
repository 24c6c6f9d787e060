// Package command holds the one table of commands. Each is there as /name in a
// screen, as `ssh host name`, or as both, and does the same in either.
package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"teahouse/app/chat"
)

// Face is from where a command may be given.
type Face int

// The faces.
const (
	Screen Face = 1 << iota // typed as /name
	Exec                    // given as `ssh host name`
	Both   = Screen | Exec
)

// Command is an entry of the table. What it declares is checked before Run.
type Command struct {
	Name    string
	Usage   string // the arguments, as in ROOM [TEXT…]
	Short   string // what it does, in a few words
	Faces   Face
	Min     int    // arguments it needs at least
	Max     int    // arguments it takes at most, text not counted
	Text    bool   // what follows Max arguments is one text, taken as it stands
	Options string // names of the options it knows, separated by blanks
	Admin   bool   // for administrators alone
	Run     func(ctx context.Context, c *Call) error
}

// Call is one use of a command: who calls, with what, and where answers go.
type Call struct {
	Service *chat.Service
	User    chat.User
	Key     chat.Key      // what the caller came in with
	Session *chat.Session // the screen's; nil for Exec
	Room    chat.RoomID   // where it was typed; "" for Exec
	Face    Face

	Args []string
	Text string
	Opt  Options
	In   io.Reader // what comes on standard input; nil for Screen
	Out  Printer

	// What the screen is asked to do when the command has run.
	Open chat.RoomID    // show this room
	At   chat.MessageID // and this message of it, unless 0
	Help bool           // show the help
	Quit bool           // end the session
}

// Options are what the options of all commands set.
type Options struct {
	N      int            // -n
	NSet   bool           // whether -n was given
	Before chat.MessageID // --before
	JSON   bool           // --json
	Lines  bool           // --lines
	Off    bool           // --off

	Private  bool           // --private
	Yes      bool           // --yes
	Since    chat.MessageID // --since
	SinceSet bool           // whether it was given
	ReplyTo  chat.MessageID // --reply-to; 0 for none
}

// UsageError is a command used in a wrong way: exit status 2.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

func usagef(format string, args ...any) error {
	return &UsageError{Text: fmt.Sprintf(format, args...)}
}

// Table gives all commands, in the order in which help lists them.
func Table() []Command {
	return slices.Concat(
		roomCommands(), inviteCommands(), governCommands(), orderCommands(), pinCommands(), peopleCommands(), messageCommands(),
		reviseCommands(), searchCommands(), settingsCommands(), personalCommands(), deviceCommands(), selfCommands(), adminCommands(),
	)
}

// Find gives the command of a name, where the face has it.
func Find(name string, face Face) (Command, bool) {
	for _, c := range Table() {
		if c.Name == name && c.Faces&face != 0 {
			return c, true
		}
	}
	return Command{}, false
}

// Run parses the line, without a leading slash, and runs its command. Wrong
// usage is a *UsageError, and too many commands in a short time are CodeTooFast.
func Run(ctx context.Context, line string, c *Call) error {
	if err := c.Service.MayCommand(c.User); err != nil {
		return err
	}
	return run(ctx, line, c, "", func(name string) (Command, bool) { return Find(name, c.Face) })
}

// run runs the command that find knows, behind a word that leads to it.
func run(ctx context.Context, line string, c *Call, behind string, find func(name string) (Command, bool)) error {
	name, rest := cutWord(strings.TrimSpace(line))
	cmd, ok := find(name)
	if !ok {
		return usagef("there is no command %s; %s lists them", c.typed(behind+name), c.typed(cmp.Or(strings.TrimSpace(behind), "help")))
	}
	if cmd.Admin && !c.User.Admin {
		return chat.Errorf(chat.CodeRefused, "%s is for administrators, who come by a key that the operator named in ADMIN_KEYS", c.typed(behind+name))
	}
	if err := cmd.parse(rest, c); err != nil {
		return usagef("%s; usage: %s", err, c.typed(behind+strings.TrimSpace(cmd.Name+" "+cmd.Usage)))
	}
	c.Out.JSON = c.Opt.JSON
	return cmd.Run(ctx, c)
}

// typed is how a command is written at the caller's face.
func (c *Call) typed(command string) string {
	if c.Face == Screen {
		return "/" + command
	}
	return command
}

// room gives the room of the first argument, or else where it was typed.
func (c *Call) room(ctx context.Context) (chat.Room, error) {
	if len(c.Args) > 0 {
		return c.Service.SeeRoom(ctx, c.User, c.Args[0])
	}
	if c.Session == nil {
		return c.Service.FindRoom(ctx, c.User, chat.GeneralName)
	}
	return c.openRoom()
}

// openRoom gives the room where the command was typed.
func (c *Call) openRoom() (chat.Room, error) {
	view, ok := c.Session.Room(c.Room)
	if !ok {
		return chat.Room{}, chat.Errorf(chat.CodeNotFound, "you are not in this room any more")
	}
	return view.Room, nil
}
