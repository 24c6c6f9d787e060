// Package bare is the yardstick: an SSH server on golang.org/x/crypto/ssh alone
// that copies lines. What a session writes, all others of its room read; nothing
// is kept, drawn or looked at. Figures of the chat are stated as ratios to it.
package bare

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net"
	"sync"

	"golang.org/x/crypto/ssh"
)

// Welcome is what a session reads first.
const Welcome = "welcome\r\n"

type server struct {
	config *ssh.ServerConfig

	mu    sync.RWMutex
	rooms map[string]map[*member]struct{}
}

// Serve serves until ctx ends, and returns when every session has ended.
func Serve(ctx context.Context, ln net.Listener) error {
	config, err := config()
	if err != nil {
		return err
	}
	s := &server{config: config, rooms: map[string]map[*member]struct{}{}}
	defer context.AfterFunc(ctx, func() { _ = ln.Close() })()
	var conns sync.WaitGroup
	defer conns.Wait()
	for {
		c, err := ln.Accept()
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("accepting connections: %w", err)
		}
		conns.Go(func() { s.serve(ctx, c) })
	}
}

// config offers what the chat's door offers; the load driver tells what was
// agreed on, and the bench compares that.
func config() (*ssh.ServerConfig, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a host key: %w", err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		return nil, fmt.Errorf("using the host key: %w", err)
	}
	c := &ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
		return &ssh.Permissions{}, nil
	}}
	c.KeyExchanges = []string{ssh.KeyExchangeMLKEM768X25519, ssh.KeyExchangeCurve25519}
	c.Ciphers = []string{ssh.CipherChaCha20Poly1305, ssh.CipherAES128GCM, ssh.CipherAES256GCM, ssh.CipherAES256CTR}
	c.MACs = []string{ssh.HMACSHA256ETM, ssh.HMACSHA512ETM}
	c.AddHostKey(signer)
	return c, nil
}

// serve serves the one session of a connection. Whatever fails here has the
// client gone, and the driver counts those.
func (s *server) serve(ctx context.Context, raw net.Conn) {
	defer func() { _ = raw.Close() }()
	defer context.AfterFunc(ctx, func() { _ = raw.Close() })()
	conn, chans, reqs, err := ssh.NewServerConn(raw, s.config)
	if err != nil {
		return
	}
	var work sync.WaitGroup
	defer work.Wait()
	defer func() { _ = conn.Close() }()
	work.Go(func() { ssh.DiscardRequests(reqs) })
	asked, ok := <-chans
	if !ok {
		return
	}
	ch, chReqs, err := asked.Accept()
	if err != nil {
		return
	}
	room, ok := begin(chReqs)
	if !ok {
		return
	}
	work.Go(func() { ssh.DiscardRequests(chReqs) })
	s.copyLines(ch, room, &work)
}

// begin grants what is asked up to a shell, or to a command, whose words are
// the room's name.
func begin(reqs <-chan *ssh.Request) (room string, ok bool) {
	for req := range reqs {
		if req.WantReply && req.Reply(true, nil) != nil {
			return "", false
		}
		switch req.Type {
		case "shell":
			return "", true
		case "exec":
			return string(req.Payload), true
		}
	}
	return "", false
}
