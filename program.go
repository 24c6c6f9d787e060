package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"teahouse/app/chat"
	"teahouse/app/ui"
	"teahouse/httpserver"
	"teahouse/httpserver/page"
	"teahouse/internal/contain"
	"teahouse/keys"
	"teahouse/sshserver"
	"teahouse/storage"
	"teahouse/storage/embedded"
)

// redisPatience is how long the start waits for Redis.
const redisPatience = 10 * time.Second

// lastWait is how long after DRAIN_TIMEOUT the program may still be there.
const lastWait = 1500 * time.Millisecond

// Program is the whole server. Make it with NewProgram, Run it once, Close it.
type Program struct {
	config Config
	log    *slog.Logger
	panics *contain.Panics // of all parts

	redis *embedded.Server // nil with REDIS_URL
	store *storage.Store
	chat  *chat.Service
	ssh   *sshserver.Server
	http  *httpserver.Server // nil with HTTP_ADDR=off

	hostKeys  hostKeys
	ring      keys.Ring // those in use
	keysEvery time.Duration

	sshListener  net.Listener
	httpListener net.Listener
	manager      manager
	draining     atomic.Bool
	letGo        *time.Timer // when DRAIN_TIMEOUT is over; nil before the drain
	leave        *time.Timer // a moment later
}

// NewProgram builds all parts and opens the ports. What it had built by then
// is closed when it fails; its errors are worded for the operator.
func NewProgram(ctx context.Context, config Config, log *slog.Logger) (*Program, error) {
	p := &Program{config: config, log: log, panics: contain.New(log), keysEvery: hostKeysEvery}
	if err := p.build(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Program) build(ctx context.Context) error {
	// The ports come first: whoever starts a second server is told at once.
	if err := p.listen(); err != nil {
		return err
	}
	if err := p.openStore(ctx); err != nil {
		return err
	}
	var err error
	p.hostKeys = hostKeysOf(p.config, p.store)
	if p.ring, err = p.hostKeys.open(ctx); err != nil {
		return err
	}
	p.chat = chat.New(p.store, p.log, chat.Options{
		Replica: p.config.ReplicaID, Region: p.config.Region, Access: p.config.Access, Admins: p.config.admins, Proxies: p.config.proxies,
		MessageRate: p.config.MessageRate, MessageBurst: p.config.MessageBurst,
		SessionsPerUser: p.config.MaxSessionsPerUser,
		HistoryLimit:    p.config.HistoryLimit, HistoryTTL: p.config.HistoryTTL,
		Panics: p.panics,
	})
	if p.config.Demo {
		if err := p.chat.Demo(ctx); err != nil {
			return fmt.Errorf("DEMO: %w", err)
		}
	}
	if err := p.buildSSH(); err != nil {
		return err
	}
	p.buildHTTP()
	return nil
}

// listen opens the ports, or takes those that a service manager has opened.
func (p *Program) listen() (err error) {
	if p.manager, err = newManager(); err != nil {
		return err
	}
	if p.sshListener = p.manager.listener("ssh"); p.sshListener == nil {
		p.sshListener, err = sshserver.Listen(p.config.SSHAddr)
	} else {
		p.sshListener, err = sshserver.KeepAlive(p.sshListener)
	}
	if err != nil {
		return listenError("SSH_ADDR", p.config.SSHAddr, err)
	}
	if p.httpListener = p.manager.listener("http"); p.httpListener != nil || p.config.HTTPAddr == "off" {
		return nil
	}
	if p.httpListener, err = net.Listen("tcp", p.config.HTTPAddr); err != nil {
		return listenError("HTTP_ADDR", p.config.HTTPAddr, err)
	}
	return nil
}

// listenError says what to do about a port that cannot be had.
func listenError(name, addr string, err error) error {
	hint := "set " + name + " to an address of this machine"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		hint = "another program listens there: stop it, or set " + name + " to another port"
	case errors.Is(err, syscall.EACCES):
		hint = "ports below 1024 need a privilege: use one above, or grant CAP_NET_BIND_SERVICE"
	}
	return fmt.Errorf("%s: cannot listen on %s: %w; %s", name, addr, err, hint)
}

// openStore connects to the operator's Redis, or starts one of our own.
func (p *Program) openStore(ctx context.Context) (err error) {
	url := p.config.RedisURL
	if url == "" {
		if p.redis, err = embedded.Start(ctx, p.config.DataDir, p.log); err != nil {
			return fmt.Errorf("starting a Redis in DATA_DIR: %w", err)
		}
		url = p.redis.URL()
		p.log.Info("storage", "embedded", p.redis.Name(), "directory", p.config.DataDir)
		if !p.redis.Durable() {
			p.log.Warn("there is no redis-server or valkey-server on the PATH: everything is kept in memory, and history ends with this process; install one, or set REDIS_URL")
		}
	}
	options := storeOptions(p.config, url, p.log)
	options.Panics = p.panics
	p.store, err = storage.Open(ctx, options)
	return err
}

func storeOptions(config Config, url string, log *slog.Logger) storage.Options {
	return storage.Options{
		URL: url, ReadURL: config.RedisReadURL, HistoryLimit: config.HistoryLimit, HistoryTTL: config.HistoryTTL,
		Patience: redisPatience, Log: log,
	}
}

func (p *Program) buildSSH() (err error) {
	p.ssh, err = sshserver.New(p.chat, p.log, sshserver.Options{
		HostKeys:    p.ring.Signers(),
		MaxSessions: p.config.MaxSessions, Proxies: p.config.proxies,
		PerIP: p.config.MaxSessionsPerIP, PerMinute: p.config.MaxConnectionsPerMinute, Barred: p.chat.BarsAddress,
		CloseSessions: (p.config.DrainTimeout - p.config.DrainDelay) / 2,
		Panics:        p.panics,
		House: ui.House{
			Name: p.config.ServerName, MOTD: p.config.MOTD, Region: p.config.Region,
			Forgetful: p.redis != nil && !p.redis.Durable(),
		},
	})
	p.logHostKeys()
	return err
}

func (p *Program) buildHTTP() {
	if p.httpListener == nil {
		return
	}
	p.http = httpserver.New(httpserver.Options{
		Ready: p.ready, Metrics: p.metrics(), Profiles: p.config.PProf,
		Region: p.config.Region, Replica: p.config.ReplicaID, Page: p.page(), Log: p.log,
	})
}

func (p *Program) page() http.Handler {
	var port uint16
	if addr, ok := p.sshListener.Addr().(*net.TCPAddr); ok {
		port = uint16(addr.Port)
	}
	return page.New(page.Options{
		Name: p.config.ServerName, MOTD: func() string { return p.chat.MOTD(p.config.MOTD) }, Access: p.config.Access,
		Region: p.config.Region, Replica: p.config.ReplicaID,
		Host: p.config.public, Port: port,
		Keys: p.ssh.HostKeys, Ready: p.ready, Census: p.chat.Census, Log: p.log,
	})
}

// ready tells why nobody should be sent to this replica.
func (p *Program) ready(ctx context.Context) error {
	if p.draining.Load() {
		return errors.New("this replica is stopping")
	}
	// What hangs is known to, soon, and need not be waited for.
	if !p.chat.Hears() {
		return errors.New("no news comes from Redis")
	}
	return p.store.Ping(ctx)
}

// Run serves until ctx ends or a part fails, then lets people leave: it
// returns when the last session has ended or DRAIN_TIMEOUT is over.
func (p *Program) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var work sync.WaitGroup
	part := func(run func() error) {
		work.Go(func() {
			if err := run(); err != nil {
				cancel(err)
			}
		})
	}
	part(func() error { return p.ssh.Serve(p.sshListener) })
	if p.http != nil {
		part(func() error { return p.http.Serve(p.httpListener) })
	}
	work.Go(func() { p.followHostKeys(ctx) })
	work.Go(func() { giveBack(ctx) })
	watched, drained := context.WithCancel(context.WithoutCancel(ctx))
	work.Go(func() { p.manager.watch(watched, p.log, p.ssh.Connections) })
	p.log.Info("open", "address", p.sshListener.Addr().String(), "replica", p.config.ReplicaID)
	p.manager.tell(p.log, daemon.SdNotifyReady)
	p.wait(ctx, cancel)
	p.manager.tell(p.log, daemon.SdNotifyStopping)
	err := p.drain()
	drained()
	work.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(cause, err)
	}
	return err
}

// wait returns when the server should stop: also when its own Redis is gone.
func (p *Program) wait(ctx context.Context, cancel context.CancelCauseFunc) {
	var exited <-chan struct{}
	if p.redis != nil {
		exited = p.redis.Exited()
	}
	select {
	case <-ctx.Done():
	case <-exited:
		cancel(fmt.Errorf("the Redis in DATA_DIR ended by itself: %w", p.redis.Err()))
	}
}

// drain says that nobody should be sent here any more, gives balancers time to
// see that, closes the door, sees everybody out, and stops answering HTTP.
func (p *Program) drain() error {
	p.draining.Store(true)
	p.log.Info("stopping", "sessions", p.ssh.Sessions(), "within", p.config.DrainTimeout.String())
	ctx, cancel := context.WithTimeout(context.Background(), p.config.DrainTimeout)
	defer cancel()
	p.letGo = time.AfterFunc(p.config.DrainTimeout, p.leaveRedis)
	p.leave = time.AfterFunc(p.config.DrainTimeout+lastWait, p.abandon)
	if delay := p.config.DrainDelay; delay > 0 {
		time.Sleep(delay)
	}
	if err := p.ssh.Shutdown(ctx); err != nil {
		p.log.Warn("some sessions had to be cut", "error", err)
	}
	if p.http == nil {
		return nil
	}
	return p.http.Close()
}

// leaveRedis has whatever waits for an answer of Redis wait no longer.
func (p *Program) leaveRedis() {
	if err := p.store.Close(); err != nil {
		p.log.Debug("closing the connections to Redis", "error", err)
	}
}

// abandon ends the program though something in it does not: a connection to a
// Redis that hangs may not be closed while it is being made.
func (p *Program) abandon() {
	p.log.Error("something does not end, and is left behind")
	os.Exit(exitFailed)
}

// Close ends what is left, storage last. It may be called after a NewProgram
// that got halfway.
func (p *Program) Close() error {
	var errs []error
	for _, ln := range []net.Listener{p.sshListener, p.httpListener} {
		if ln != nil {
			_ = ln.Close() // mostly closed already
		}
	}
	if p.chat != nil {
		p.chat.Close()
	}
	if p.store != nil && (p.letGo == nil || p.letGo.Stop()) {
		errs = append(errs, p.store.Close())
	}
	if p.redis != nil {
		errs = append(errs, p.redis.Close())
	}
	if p.leave != nil {
		p.leave.Stop()
	}
	p.log.Debug("stopped")
	return errors.Join(errs...)
}
