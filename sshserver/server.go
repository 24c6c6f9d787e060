// Package sshserver is the door: it listens, proves who comes by their key,
// and gives a terminal the screen and everything else the commands. One
// session's mistakes, panics and slowness stay its own.
package sshserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/ssh"
	"github.com/charmbracelet/wish"
	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/chat"
	"teahouse/app/ui"
)

// channelsPerConn is how many sessions may share one connection at a time, as
// OpenSSH's ControlMaster has them do.
const channelsPerConn = 12

// Options are what an operator sets of the door.
type Options struct {
	HostKeys      []gossh.Signer
	MaxSessions   int
	PerIP         int            // open connections an address; 0: no limit
	Proxies       []netip.Prefix // when set, only they may connect, with PROXY headers
	House         ui.House       // what screens say of the place
	CloseSessions time.Duration  // how long a session's end may take
}

// Server is the door. Make it with New.
type Server struct {
	svc  *chat.Service
	log  *slog.Logger
	opts Options
	ssh  *ssh.Server

	crowd    crowd
	sessions atomic.Int64
	conns    sync.WaitGroup

	draining chan struct{} // closed when people are asked to leave
	drain    sync.Once

	mu       sync.Mutex
	listener net.Listener
	open     map[*conn]struct{}
	channels map[*channel]*conn
}

// New makes a server for the chat.
func New(svc *chat.Service, log *slog.Logger, opts Options) (*Server, error) {
	s := &Server{
		svc: svc, log: log, opts: opts,
		crowd:    crowd{limit: opts.PerIP, count: map[netip.Prefix]int{}},
		draining: make(chan struct{}),
		open:     map[*conn]struct{}{},
		channels: map[*channel]*conn{},
	}
	srv, err := wish.NewServer(
		wish.WithVersion("Teahouse"),
		wish.WithPublicKeyAuth(acceptKey),
		wish.WithKeyboardInteractiveAuth(refuseKeyless),
		wish.WithMiddleware(s.serve),
		withoutForwarding(s),
	)
	if err != nil {
		return nil, fmt.Errorf("making the SSH server: %w", err)
	}
	s.ssh = srv
	return s, nil
}

// withoutForwarding leaves sessions as the only thing to open, and no
// requests to the server as a whole.
func withoutForwarding(s *Server) ssh.Option {
	return func(srv *ssh.Server) error {
		srv.ServerConfigCallback = s.config
		srv.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.channel}
		srv.RequestHandlers = map[string]ssh.RequestHandler{}
		srv.SubsystemHandlers = map[string]ssh.SubsystemHandler{}
		srv.ConnectionFailedCallback = s.failed
		srv.ConnCallback = func(ctx ssh.Context, c net.Conn) net.Conn {
			ctx.SetValue(connKey{}, c)
			return c
		}
		// wish would make a key of its own, in the working directory.
		for _, signer := range s.opts.HostKeys {
			srv.AddHostKey(signer)
		}
		return nil
	}
}

// Serve accepts connections until Shutdown, which makes it return nil.
func (s *Server) Serve(ln net.Listener) error {
	if len(s.opts.Proxies) > 0 {
		ln = behindProxy(ln, s.opts.Proxies)
	}
	s.mu.Lock()
	s.listener = ln
	s.mu.Unlock()
	stop := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() { s.watch(stop) })
	defer watch.Wait()
	defer close(stop)
	for {
		c, err := ln.Accept()
		switch {
		case err == nil:
			s.conns.Go(func() { s.welcome(c) })
		case s.isDraining():
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("accepting connections: %w", err)
		default:
			// Out of descriptors, most likely: those who are here stay, and
			// the next one may find a place.
			s.log.Warn("accepting a connection", "error", err)
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// welcome serves a connection from its first byte to its last.
func (s *Server) welcome(raw net.Conn) {
	defer s.contain("a connection", raw.RemoteAddr(), nil)
	if err := raw.SetDeadline(time.Now().Add(handshakeTime)); err != nil {
		_ = raw.Close()
		return
	}
	from, _ := address(raw.RemoteAddr())
	leave, ok := s.crowd.enter(from)
	if !ok {
		s.log.Info("too many connections of one address", "from", from)
		_ = raw.Close()
		return
	}
	c := &conn{Conn: raw, pulse: pulse{since: time.Now()}}
	c.done = func() { leave(); s.track(c, false) }
	s.track(c, true)
	defer func() { _ = c.Close() }()
	s.ssh.HandleConn(c)
}

func (s *Server) track(c *conn, in bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in {
		s.open[c] = struct{}{}
	} else {
		delete(s.open, c)
	}
}

// failed notes why a handshake came to nothing. Most are probes.
func (s *Server) failed(c net.Conn, err error) {
	s.log.Debug("no handshake", "from", c.RemoteAddr(), "error", err)
}

// contain, when deferred, keeps a panic to what it happened in; then it calls
// after, which may be nil.
func (s *Server) contain(what string, who any, after func()) {
	p := recover()
	if p == nil {
		return
	}
	s.log.Error("panic", "in", what, "who", who, "panic", p, "stack", string(debug.Stack()))
	if after != nil {
		after()
	}
}

// channel lets the library serve a session channel through our guard.
func (s *Server) channel(srv *ssh.Server, sc *gossh.ServerConn, nc gossh.NewChannel, ctx ssh.Context) {
	defer s.contain("a channel", sc.RemoteAddr(), nil)
	guard := newGuard(ctx)
	defer guard.gone()
	c, ok := ctx.Value(connKey{}).(*conn)
	if !ok || !s.admit(guard, c) {
		_ = nc.Reject(gossh.ResourceShortage, "too many sessions on one connection")
		return
	}
	defer s.dismiss(guard)
	c.serves(sc)
	own := &channelContext{Context: ctx, values: map[any]any{channelKey{}: guard}}
	ssh.DefaultSessionHandler(srv, sc, newChannel{nc, guard}, own)
}

func (s *Server) admit(ch *channel, c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.channels >= channelsPerConn {
		return false
	}
	c.channels++
	s.channels[ch] = c
	return true
}

func (s *Server) dismiss(ch *channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[ch]
	c.channels--
	c.rests()
	delete(s.channels, ch)
}

func (s *Server) isDraining() bool {
	select {
	case <-s.draining:
		return true
	default:
		return false
	}
}

// Shutdown closes the door, asks every session to end, and waits for them. What
// is still open when ctx ends is cut; then its error is returned.
func (s *Server) Shutdown(ctx context.Context) error {
	s.drain.Do(func() { close(s.draining) })
	s.mu.Lock()
	ln := s.listener
	s.mu.Unlock()
	if ln != nil {
		_ = ln.Close() // it is closed either way
	}
	done := make(chan struct{})
	go func() { s.conns.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	s.cutAll()
	<-done
	return ctx.Err()
}

func (s *Server) cutAll() {
	s.mu.Lock()
	left := make([]*conn, 0, len(s.open))
	for c := range s.open {
		left = append(left, c)
	}
	s.mu.Unlock()
	for _, c := range left {
		_ = c.Close()
	}
}

// Sessions counts the screens and commands that are open.
func (s *Server) Sessions() int { return int(s.sessions.Load()) }
