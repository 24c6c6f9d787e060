package sshserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/charmbracelet/ssh"

	"teahouse/app/chat"
	"teahouse/app/command"
	"teahouse/app/ui"
	"teahouse/app/ui/line"
	"teahouse/internal/faults"
	"teahouse/keys"
)

// Exit statuses of a session.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// lineMode, given as a command, asks for lines on any terminal, as screen readers
// want them.
const lineMode = "lines"

// maxVersion is how much of what a client calls itself is logged, in characters.
const maxVersion = 64

// sessionName is how long the name of a session is that the log has, in characters.
const sessionName = 8

// enterTime is how long it may take to find out who somebody is.
const enterTime = 10 * time.Second

// visit is one session of somebody who proved a key.
//
// What it calls on its way stays on the goroutine's stack for as long as the
// person does: what takes room there and is soon over has functions of its own.
type visit struct {
	*Server
	log    *slog.Logger // which names the session
	about  []any        // that, for others
	ssh    ssh.Session
	ch     *channel
	conn   *conn
	key    chat.Key
	guest  *chat.Guest
	user   chat.UserID // 0 until it is known
	status int
}

// serve is the end of wish's chain: every session comes here, and nothing
// comes after.
func (s *Server) serve(ssh.Handler) ssh.Handler {
	return func(session ssh.Session) {
		deepen()
		ch, ok := session.Context().Value(channelKey{}).(*channel)
		if !ok {
			s.log.Error("a session without a channel", "address", session.RemoteAddr().String())
			_ = session.Exit(exitFailed) // fails where the client is gone
			return
		}
		defer ch.work.Done()
		defer ch.spawn("dropping input", ch.dropInput)
		v := s.newVisit(session, ch)
		defer v.exit()
		defer s.panics.Recover("a session", ch.broke, v.about...)
		v.begin()
	}
}

func (s *Server) newVisit(session ssh.Session, ch *channel) *visit {
	about := []any{"session", rand.Text()[:sessionName], "address", session.RemoteAddr().String()}
	c, _ := session.Context().Value(connKey{}).(*conn)
	return &visit{Server: s, log: s.log.With(about...), about: about, ssh: session, ch: ch, conn: c, status: exitFailed}
}

// exit ends the session on the client's side, and says so where a panic did.
func (v *visit) exit() {
	if v.ch.broken.Load() {
		v.status = exitFailed
		_, _ = fmt.Fprintf(v.ssh.Stderr(), "teahouse: %s\n", chat.ErrorText(chat.Broken(nil)))
	}
	_ = v.ssh.Exit(v.status) // fails where the client is gone
}

// begin lets the session in where there is room.
func (v *visit) begin() {
	if v.ssh.PublicKey() == nil {
		v.log.Error("a session without a proved key")
		return
	}
	v.key = proved(v.ssh)
	n := v.sessions.Add(1)
	defer v.sessions.Add(-1)
	defer v.metrics.counts(v.kind())()
	leave, err := v.occupy(v.ch, v.stays())
	if err != nil {
		v.status = v.fail(err)
		return
	}
	defer leave()
	switch {
	case v.isDraining():
		v.status = v.fail(restarts())
	case v.opts.MaxSessions > 0 && int(n) > v.opts.MaxSessions:
		v.full(n - 1)
	default:
		v.status = v.receive()
	}
}

func (v *visit) full(open int64) {
	v.metrics.refused.WithLabelValues(reasonFull).Inc()
	v.say("the chat is full: %d sessions are open, which is the most that it takes; try again later", open)
}

// goPatience is how long somebody who is shown out may take to go.
const goPatience = time.Second

// receive runs the session for as long as the chat has its guest.
func (v *visit) receive() int {
	from, _ := address(v.ssh.RemoteAddr())
	guest, err := v.svc.Receive(v.ch.ctx, v.key, from)
	if err != nil {
		v.rebuff(reasonVisits, err)
		return v.fail(err)
	}
	defer guest.Leave()
	v.guest = guest
	defer v.escort()()
	err = v.run(guest.Context())
	if why := context.Cause(guest.Context()); chat.ErrorCode(why) == chat.CodeRefused {
		err = why
	}
	return v.fail(err)
}

// escort shows the guest out once they must leave. Until then it takes no
// goroutine; over ends it.
func (v *visit) escort() (over func()) {
	done, out := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(v.guest.Context(), func() {
		defer close(out)
		defer v.panics.Recover("showing a guest out", v.ch.broke)
		v.showOut(done)
	})
	return func() {
		close(done)
		if !stop() {
			<-out
		}
	}
}

// rebuff counts somebody who comes too fast, and lets them wait for the words:
// who asks on and on must not cost more by being refused.
func (v *visit) rebuff(reason string, err error) {
	if chat.ErrorCode(err) != chat.CodeTooFast {
		return
	}
	v.metrics.refused.WithLabelValues(reason).Inc()
	timer := time.NewTimer(v.limits.Rebuff)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-v.ch.ctx.Done():
	case <-v.draining:
	}
}

// showOut cuts the connection of a guest who must leave and does not read the
// words that say so.
func (v *visit) showOut(over <-chan struct{}) {
	timer := time.NewTimer(goPatience)
	defer timer.Stop()
	select {
	case <-over:
	case <-timer.C:
		if v.conn != nil && chat.ErrorCode(context.Cause(v.guest.Context())) == chat.CodeRefused {
			_ = v.conn.Close() // it is closed either way
		}
	}
}

// proved gives the key that the finished handshake authenticated.
func proved(session ssh.Session) chat.Key {
	public := keys.Public{Key: session.PublicKey()}
	return chat.Key{Fingerprint: public.Fingerprint(), Line: public.Line()}
}

// given is the command that the client gave, or "". Who comes by an invitation
// with a terminal is in then, and stays.
func (v *visit) given() string {
	given := strings.TrimSpace(v.ssh.RawCommand())
	_, _, isPty := v.ssh.Pty()
	if _, invited := command.Invitation(given); invited && isPty {
		return ""
	}
	return given
}

// stays tells whether the session is the chat itself, and no command.
func (v *visit) stays() bool { return v.given() == "" || v.given() == lineMode }

// run gives the session what it asks for.
func (v *visit) run(ctx context.Context) error {
	faults.At("session", v.ssh.User())
	switch v.kind() {
	case kindCommand:
		return v.order(ctx)
	case kindLines:
		return v.stay(ctx, v.lines)
	}
	return v.stay(ctx, v.screen)
}

// kind is what of the chat the session gets.
func (v *visit) kind() string {
	pty, _, isPty := v.ssh.Pty()
	switch {
	case !v.stays():
		return kindCommand
	case v.given() == lineMode, line.Suits(isPty, pty.Term):
		return kindLines
	}
	return kindScreen
}

// ended tells the log of the session, also where a panic ends it.
func (v *visit) ended(began time.Time) {
	v.log.Info("session", "user", v.user, "kind", v.kind(),
		"lasted", time.Since(began).Round(time.Millisecond).String(), "client", clientName(v.ssh.Context().ClientVersion()))
}

// clientName is what a client calls itself, as a log can hold it.
func clientName(version string) string {
	name := []rune(chat.Printable(version))
	return string(name[:min(len(name), maxVersion)])
}

// known notes who it is.
func (v *visit) known(user chat.UserID) {
	v.user = user
	v.log.Debug("session begins", "user", v.user, "kind", v.kind())
}

// order gives who it is the command that they came with.
func (v *visit) order(ctx context.Context) error {
	user, _, err := v.identify(ctx)
	if err != nil {
		v.rebuff(reasonNewcomers, err)
		return err
	}
	v.known(user.ID)
	defer v.ended(time.Now())
	v.svc.Came(user)
	return v.command(ctx, user, v.given())
}

// identify finds whose key it is, and whether they are new. Who comes with a code
// that joins the key to somebody is nobody yet, and not made anybody for that.
func (v *visit) identify(ctx context.Context) (user chat.User, isNew bool, err error) {
	ctx, done := context.WithTimeout(ctx, enterTime)
	defer done()
	given := v.ssh.RawCommand()
	switch code, invited := command.Invitation(given); {
	case command.Links(given):
		user, err = v.guest.Known(ctx)
		return user, false, err
	case invited:
		return v.guest.EnterByCode(ctx, v.ssh.User(), code)
	}
	return v.guest.Enter(ctx, v.ssh.User())
}

// face is the chat as somebody who stays sees it, until they leave.
type face func(ctx context.Context, session *chat.Session, isNew bool) (goodbye string, err error)

// stay gives the person a session of the chat, and says goodbye.
func (v *visit) stay(ctx context.Context, show face) error {
	session, isNew, err := v.connect(ctx)
	if err != nil {
		v.rebuff(reasonNewcomers, err)
		return err
	}
	v.known(session.User().ID)
	defer v.ended(time.Now())
	defer v.end(session)
	goodbye, err := show(ctx, session, isNew)
	v.tell(goodbye)
	return err
}

// connect finds whose key it is, and has them be here.
func (v *visit) connect(ctx context.Context) (*chat.Session, bool, error) {
	ctx, done := context.WithTimeout(ctx, enterTime)
	defer done()
	if _, invited := command.Invitation(v.ssh.RawCommand()); !invited {
		return v.guest.Stay(ctx, v.ssh.User())
	}
	user, isNew, err := v.identify(ctx)
	if err != nil {
		return nil, false, err
	}
	session, err := v.svc.Connect(ctx, user)
	return session, isNew, err
}

// tell writes lines to the client's standard output; nothing of them is a
// control of its terminal. That the client is gone is found by others.
func (v *visit) tell(text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		_, _ = fmt.Fprintf(v.ssh, "%s\n", chat.Printable(line))
	}
}

// screen is the chat as a screen.
func (v *visit) screen(ctx context.Context, session *chat.Session, isNew bool) (goodbye string, err error) {
	pty, _, _ := v.ssh.Pty()
	v.ch.onResize(session.Nudge)
	return ui.Run(ctx, &ui.Options{
		House: v.opts.House, Service: v.svc, Session: session, Key: v.key, New: isNew, Log: v.log, Panics: v.panics, Shared: v.shared,
		Terminal: ui.Terminal{Term: pty.Term, ColorTerm: v.ch.Getenv("COLORTERM"), NoColor: v.ch.Getenv("NO_COLOR") != ""},
		// The session's own Write would copy every frame to replace line ends
		// that a frame does not have.
		In: v.ch, Out: v.ch, Size: v.ch.Size, Resized: v.ch.resized, Draining: v.draining, Keep: v.opts.CloseSessions / 2,
	})
}

// lines is the chat as lines.
func (v *visit) lines(ctx context.Context, session *chat.Session, isNew bool) (goodbye string, err error) {
	_, _, isPty := v.ssh.Pty()
	return line.Run(ctx, line.Options{
		House: v.opts.House, Service: v.svc, Session: session, Key: v.key, Log: v.log, Panics: v.panics, New: isNew, Terminal: isPty, Columns: v.ch.Columns,
		In: &input{ctx: ctx, ch: v.ch}, Out: v.ch, Draining: v.draining, Keep: v.opts.CloseSessions / 2,
	})
}

// end closes a session of the chat though its client may be gone, and shows the
// person what could not be sent.
func (v *visit) end(session *chat.Session) {
	ctx, cancel := context.WithTimeout(context.Background(), v.opts.CloseSessions)
	defer cancel()
	unsent := session.Close(ctx)
	if len(unsent) == 0 {
		return
	}
	v.tell(v.opts.House.Name + ": not sent, as far as is known:")
	for _, p := range unsent {
		v.tell(p.Body)
	}
}

// fail tells the client what went wrong, if anything, and gives the status.
func (v *visit) fail(err error) int {
	if err == nil {
		return exitOK
	}
	var usage *command.UsageError
	switch {
	case errors.As(err, &usage):
		v.say("%s", usage.Text)
		return exitUsage
	case errors.Is(err, context.Canceled), errors.Is(err, ui.ErrRestarts): // nobody is to be told, or they were
		return exitFailed
	}
	if chat.ErrorCode(err) == chat.CodeInternal {
		v.log.Error("a session failed", "user", v.user, "error", err)
	}
	v.say("%s", chat.ErrorText(err))
	return exitFailed
}

// say writes a line to the client's standard error.
func (v *visit) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	_, _ = fmt.Fprintf(v.ssh.Stderr(), "teahouse: %s\n", chat.Printable(text))
}
