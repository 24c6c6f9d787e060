// Package sshserver is the door: it listens, proves who comes by their key,
// and gives a terminal the screen and everything else the commands. One
// session's mistakes, panics and slowness stay its own.
package sshserver

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/ssh"
	"github.com/charmbracelet/wish"
	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/time/rate"

	"teahouse/app/chat"
	"teahouse/app/ui"
	"teahouse/internal/contain"
	"teahouse/internal/faults"
	"teahouse/internal/paper"
)

// Options are what an operator sets of the door.
type Options struct {
	HostKeys      []gossh.Signer // see SetHostKeys
	MaxSessions   int
	PerIP         int            // open connections an address; 0: no limit
	PerMinute     int            // new connections an address; 0: no limit
	Proxies       []netip.Prefix // when set, only they may connect, with PROXY headers
	House         ui.House       // what screens say of the place
	CloseSessions time.Duration  // how long a session's end may take
	// Panics is told of those that end a session and nothing else; nil: they
	// are told to the log.
	Panics *contain.Panics

	// Barred tells why nobody from an address may come in, in words for them;
	// nil: they may. It is asked for every connection that says anything, of the
	// client's address and never of a proxy's. Where it is nil, all may.
	Barred func(netip.Addr) error
}

// Server is the door. Make it with New.
type Server struct {
	svc    *chat.Service
	log    *slog.Logger
	panics *contain.Panics
	opts   Options
	ssh    *ssh.Server

	limits   limits
	shared   *ui.Shared
	paper    paper.Stack
	hostKeys atomic.Pointer[[]gossh.Signer]

	lobby    lobby
	pace     pace
	crowd    crowd
	metrics  metrics
	sessions atomic.Int64
	conns    sync.WaitGroup // Serve and what it accepted
	visits   sync.WaitGroup // channels and what runs in them; mu is held to add

	draining chan struct{} // closed when people are asked to leave
	drain    sync.Once

	mu       sync.Mutex
	listener net.Listener
	settled  bool // nothing may be added to visits any more
	open     map[*conn]pulse
	channels map[*channel]*vitals
	ward     ward
}

// New makes a server for the chat.
func New(svc *chat.Service, log *slog.Logger, opts Options) (*Server, error) {
	panics := opts.Panics.Or(log)
	s := &Server{
		svc: svc, log: log, panics: panics, opts: opts, limits: defaultLimits(), shared: ui.NewShared(panics),
		lobby:    lobby{limit: lobbySize, count: map[netip.Prefix]int{}},
		pace:     pace{limit: opts.PerMinute, of: map[netip.Prefix]*rate.Limiter{}},
		crowd:    crowd{limit: opts.PerIP, count: map[netip.Prefix]int{}},
		metrics:  newMetrics(),
		draining: make(chan struct{}),
		open:     map[*conn]pulse{},
		channels: map[*channel]*vitals{},
	}
	s.SetHostKeys(opts.HostKeys)
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
	srv.HostSigners = nil // config gives each connection those of its time
	s.ssh = srv
	return s, nil
}

// withoutForwarding leaves sessions as the only thing to open, and the proof
// of host keys as the only request to the server as a whole.
func withoutForwarding(s *Server) ssh.Option {
	return func(srv *ssh.Server) error {
		srv.ServerConfigCallback = s.config
		srv.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.channel}
		srv.RequestHandlers = map[string]ssh.RequestHandler{proveRequest: s.prove}
		srv.SubsystemHandlers = map[string]ssh.SubsystemHandler{}
		srv.ConnectionFailedCallback = s.failed
		srv.SessionRequestCallback = begins
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
		ln = behindProxy(ln, s.opts.Proxies, s.limits.ProxyHeader)
	}
	if !s.opens(ln) {
		return nil
	}
	defer s.conns.Done()
	stop := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() { s.watch(stop) })
	defer watch.Wait()
	defer close(stop)
	arrivals := newArrivals(s.limits)
	for {
		c, err := s.accept(ln)
		arrivals.pass()
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

// accept waits for the next connection. That a panic ended one of them is an
// error like others.
func (s *Server) accept(ln net.Listener) (c net.Conn, err error) {
	err = s.panics.Try("accepting a connection", func() error {
		c, err = ln.Accept()
		faults.At("accept", "")
		return err
	})
	if err != nil && c != nil {
		_ = c.Close() // nobody will serve it
	}
	return c, err
}

// welcome serves a connection from its first byte to its last.
func (s *Server) welcome(raw net.Conn) {
	c := s.newConn(raw)
	defer s.panics.Recover("a connection", nil, "address", &c.from)
	s.track(c, true)
	defer func() { _ = c.Close(); c.leave() }()
	if out := s.lobby.enter(c); out != nil {
		s.metrics.refused.WithLabelValues(reasonLobby).Inc()
		_ = out.Close() // it is closed either way
	}
	if err := raw.SetDeadline(time.Now().Add(s.limits.Handshake)); err != nil {
		return // the peer is gone
	}
	c.from = origin(raw) // behind a proxy, that waits for its header
	s.lobby.knows(c, chat.Household(c.from))
	faults.At("connection", "")
	s.ssh.HandleConn(c)
}

func (s *Server) track(c *conn, in bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in {
		s.open[c] = pulse{rested: time.Now()}
	} else {
		delete(s.open, c)
	}
}

// failed notes why a handshake came to nothing. Most are probes.
func (s *Server) failed(c net.Conn, err error) {
	s.log.Debug("no handshake", "address", c.RemoteAddr().String(), "error", err)
}

// channel lets the library serve a session channel through our guard.
func (s *Server) channel(srv *ssh.Server, sc *gossh.ServerConn, nc gossh.NewChannel, ctx ssh.Context) {
	guard := newGuard(ctx, s.panics)
	defer guard.gone()
	c, ok := ctx.Value(connKey{}).(*conn)
	if !ok || !s.admit(guard, c) {
		s.reject(c, nc)
		return
	}
	defer s.dismiss(guard)
	defer guard.work.Wait()
	defer c.strays.closes(guard)
	s.serves(c, sc)
	own := &channelContext{Context: ctx, values: map[any]any{channelKey{}: guard}}
	s.handle(srv, sc, newChannel{nc, guard, sc}, own)
	guard.heed()
	guard.gone()
}

// handle opens the channel and has the library begin its session. What a panic
// left unopened is refused, and what it left without a session closed.
func (s *Server) handle(srv *ssh.Server, sc *gossh.ServerConn, nc newChannel, ctx ssh.Context) {
	defer s.panics.Recover("a channel", func(cause error) {
		nc.ch.broke(cause)
		if nc.ch.requests != nil {
			_ = nc.ch.Close() // fails where the client is gone
			return
		}
		_ = nc.Reject(gossh.ConnectionFailed, chat.ErrorText(cause)) // fails where the client is gone
	}, "address", sc.RemoteAddr().String())
	faults.At("channel", sc.User())
	ssh.DefaultSessionHandler(srv, sc, nc, ctx)
}

// begins counts in the session that the library starts next, in a goroutine
// that nobody else waits for; serve counts it out.
func begins(session ssh.Session, _ string) bool {
	ch, ok := session.Context().Value(channelKey{}).(*channel)
	if ok {
		ch.work.Add(1)
	}
	return ok
}

// Sessions counts the screens and commands that are open.
func (s *Server) Sessions() int { return int(s.sessions.Load()) }

// Panics counts those that were contained.
func (s *Server) Panics() int { return int(s.panics.Count()) }

// Connections counts those that are open.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}
