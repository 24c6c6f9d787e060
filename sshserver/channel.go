package sshserver

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/charmbracelet/ssh"
	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/ui"
	"teahouse/internal/contain"
	"teahouse/internal/faults"
)

// The most that a client may say of itself before its session starts.
const (
	maxEnvValue = 64
	maxTerm     = 64
)

// channel is a session's SSH channel with only those requests let through
// that the chat knows. It notes the window's size, unchecked numbers clamped,
// and since when writes have been waiting for the client to read.
type channel struct {
	gossh.Channel
	requests <-chan *gossh.Request // nil until it is open
	ctx      context.Context       // ends with the channel
	gone     context.CancelFunc
	resized  chan struct{} // of size one

	mu    sync.Mutex
	size  ui.Size
	nudge func() // told of another size; nil while nobody wants to know
	wide  int    // its columns, as the client has them; 0: unknown, or without a terminal
	env   map[string]string
	pty   bool // it has a terminal

	overfull func() // ends the reading of input; nil while nobody reads

	reading sync.Mutex
	*vitals                // from admit on
	work    sync.WaitGroup // what runs in the channel
	panics  *contain.Panics
	broken  atomic.Bool // something that ran in it panicked
}

// newChannel wraps what a client asks to open.
type newChannel struct {
	gossh.NewChannel
	ch     *channel
	client gossh.Conn
}

func newGuard(ctx context.Context, panics *contain.Panics) *channel {
	ctx, gone := context.WithCancel(ctx)
	return &channel{
		ctx: ctx, gone: gone, resized: make(chan struct{}, 1), env: map[string]string{}, panics: panics,
	}
}

// spawn runs do beside the channel's session. A panic in it ends the session,
// whose last words tell.
func (c *channel) spawn(in string, do func()) {
	c.work.Go(func() {
		defer c.panics.Recover(in, c.broke)
		do()
	})
}

// broke ends the channel's session after a panic.
func (c *channel) broke(error) {
	c.broken.Store(true)
	c.gone()
}

// Accept opens the channel, and waits until its client has asked for all that
// the library is to see: at most a terminal, and something to run.
func (n newChannel) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	ch, reqs, err := n.open()
	if err != nil {
		return nil, nil, err
	}
	n.ch.Channel, n.ch.requests = ch, reqs
	n.ch.of.strays.opens(n.ch)
	return n.ch, n.ch.begin(), nil
}

// open opens the channel. With the first of a connection, its client is told of
// the server's keys.
func (n newChannel) open() (ch gossh.Channel, reqs <-chan *gossh.Request, err error) {
	c := n.ch.of
	c.out.hold()
	defer func() { err = errors.Join(err, c.out.release(c.Conn)) }()
	c.hostKeys.announce(n.client)
	return n.NewChannel.Accept()
}

// begin answers requests until one has the session begin, or the channel ends,
// and gives those that the library is to see. One goroutine does that, then what
// the library does, and then heeds the others.
func (c *channel) begin() <-chan *gossh.Request {
	passed := make(chan *gossh.Request, 2) // a terminal, and something to run
	defer close(passed)
	for req := range c.requests {
		if c.pass(req) {
			passed <- req
		}
		if c.hasBegun() {
			break
		}
	}
	return passed
}

// heed answers, until the channel ends, what is asked of a session that has begun.
func (c *channel) heed() {
	if c.requests == nil {
		return // it was not opened
	}
	defer gossh.DiscardRequests(c.requests) // left by a panic, they would hold up the connection
	defer c.panics.Recover("a channel's requests", c.broke)
	for req := range c.requests {
		c.pass(req)
	}
}

// user is the name by which the client came, which proves nothing.
func (c *channel) user() string {
	name, _ := c.ctx.Value(ssh.ContextKeyUser).(string)
	return name
}

// dropInput takes, until the channel ends, what nobody reads any more.
func (c *channel) dropInput() { _, _ = io.Copy(io.Discard, c) }

// pass tells whether the library may see the request. Others are answered
// here: the library would grant agent forwarding, keep any number of
// variables, and wait for ever on windows that nobody watches.
func (c *channel) pass(req *gossh.Request) bool {
	if faults.On {
		faults.At("request "+req.Type, c.user())
	}
	switch req.Type {
	case "shell", "exec":
		if c.asked() {
			return true
		}
		c.answer(req, false)
	case "pty-req":
		return c.openPty(req)
	case "window-change":
		c.answer(req, c.resize(req.Payload))
	case "env":
		c.answer(req, c.setenv(req.Payload))
	default:
		c.answer(req, false)
	}
	return false
}

// asked notes that the session has something to do. It is told of one thing.
func (c *channel) asked() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.silent.end()
	return c.silent.runs()
}

func (c *channel) hasBegun() bool { return !c.silent.runs() }

// answer replies where the client wants to know; that it is gone already is
// found by whoever reads from it.
func (c *channel) answer(req *gossh.Request, ok bool) {
	if req.WantReply {
		_ = req.Reply(ok, nil)
	}
}

// ptyRequest is RFC 4254, section 6.2.
type ptyRequest struct {
	Term          string
	Columns, Rows uint32
	Width, Height uint32
	Modes         string
}

// windowChange is RFC 4254, section 6.7.
type windowChange struct {
	Columns, Rows uint32
	Width, Height uint32
}

// openPty clamps what a client says of its terminal and has the library go on
// with that. It answers for the library, which sees it only with what is asked
// next: some clients wait for the answer first.
func (c *channel) openPty(req *gossh.Request) bool {
	var p ptyRequest
	ok := gossh.Unmarshal(req.Payload, &p) == nil && len(p.Term) <= maxTerm && c.takesPty()
	c.answer(req, ok)
	if !ok {
		return false
	}
	req.WantReply = false
	size := c.setSize(p.Columns, p.Rows)
	req.Payload = gossh.Marshal(ptyRequest{Term: p.Term, Columns: uint32(size.Width), Rows: uint32(size.Height)})
	return true
}

// takesPty tells whether the session may have a terminal, which is once and
// before it begins, and notes that it has.
func (c *channel) takesPty() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	ok := !c.pty && c.silent.runs()
	c.pty = c.pty || ok
	return ok
}

func (c *channel) resize(payload []byte) bool {
	var w windowChange
	if gossh.Unmarshal(payload, &w) != nil {
		return false
	}
	c.setSize(w.Columns, w.Rows)
	select {
	case c.resized <- struct{}{}:
	default:
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.nudge != nil {
		c.nudge()
	}
	return true
}

// onResize has nudge called when the window has another size.
func (c *channel) onResize(nudge func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nudge = nudge
}

func (c *channel) setSize(columns, rows uint32) ui.Size {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.size, c.wide = ui.Clamp(columns, rows), 0
	if columns > 0 {
		c.wide = c.size.Width
	}
	return c.size
}

// Columns tells how wide the client's terminal is; 0: that is not known, or it
// has none.
func (c *channel) Columns() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wide
}

// Size gives the window's present size.
func (c *channel) Size() ui.Size {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.size
}

// setenv keeps the few variables that tell what a terminal can show.
func (c *channel) setenv(payload []byte) bool {
	var kv struct{ Name, Value string }
	if gossh.Unmarshal(payload, &kv) != nil || len(kv.Value) > maxEnvValue {
		return false
	}
	switch kv.Name {
	case "COLORTERM", "LANG", "NO_COLOR":
		c.mu.Lock()
		defer c.mu.Unlock()
		c.env[kv.Name] = kv.Value
		return true
	}
	return false
}

// Getenv gives a variable that the client sent, or "".
func (c *channel) Getenv(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.env[name]
}

// Read reads the client's standard input. One reads at a time: of several that
// wait, the library would tell only one that the channel has ended.
func (c *channel) Read(p []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	return c.Channel.Read(p)
}

// Write writes to the client's standard output. It may wait for as long as the
// client does not read; stuck tells.
func (c *channel) Write(p []byte) (int, error) { return metered{c.Channel, &c.out}.Write(p) }

// Stderr gives the client's standard error, with what Write says.
func (c *channel) Stderr() io.ReadWriter {
	stream := c.Channel.Stderr()
	return struct {
		io.Reader
		io.Writer
	}{stream, metered{stream, &c.err}}
}

// channelKey is where a session's context holds its channel.
type channelKey struct{}

// channelContext gives each channel of a connection values of its own: the
// library keeps a session's state in the connection's.
type channelContext struct {
	ssh.Context
	mu     sync.Mutex
	values map[any]any
}

func (c *channelContext) Value(key any) any {
	c.mu.Lock()
	v, ok := c.values[key]
	c.mu.Unlock()
	if ok {
		return v
	}
	return c.Context.Value(key)
}

// SetValue sets the value for this channel only.
func (c *channelContext) SetValue(key, value any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values[key] = value
}
