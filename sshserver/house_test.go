package sshserver_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/chat"
	"teahouse/app/ui"
	"teahouse/sshserver"
	"teahouse/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// door is a server on a chat of its own.
type door struct {
	*sshserver.Server
	t    *testing.T
	addr string
	log  *journal
	svc  *chat.Service
	stop func(context.Context) error // Shutdown, and Serve's end
}

// plan is what a test may change before the server starts.
type plan struct {
	sshserver.Options
	chat  chat.Options
	store func(chat.Store) chat.Store
	late  func(*sshserver.Server)
}

// open starts a server and stops it with the test.
func open(t *testing.T, change ...func(*plan)) *door {
	t.Helper()
	p := plan{
		Options: sshserver.Options{
			HostKeys: []gossh.Signer{newSigner(t)}, House: ui.House{Name: "testhouse"}, CloseSessions: 5 * time.Second,
		},
		chat:  chat.Options{Replica: "test"},
		store: func(s chat.Store) chat.Store { return s },
		late:  func(*sshserver.Server) {},
	}
	for _, c := range change {
		c(&p)
	}
	d := &door{t: t, log: &journal{}}
	log := slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	d.svc = chat.New(p.store(storagetest.Start(t).Open(t)), log, p.chat)
	t.Cleanup(d.svc.Close)
	var err error
	d.Server, err = sshserver.New(d.svc, log, p.Options)
	must(t, err)
	p.late(d.Server)
	d.serve()
	return d
}

func (d *door) serve() {
	d.t.Helper()
	ln, err := sshserver.Listen("127.0.0.1:0")
	must(d.t, err)
	d.addr = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- d.Serve(ln) }()
	d.stop = sync.OnceValue2(func() (error, error) { return nil, nil }).wrap()
}
