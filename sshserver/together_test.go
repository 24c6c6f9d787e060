package sshserver_test

import (
	"net"
	"sync/atomic"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/sshserver"
)

// counter counts the writes of all connections that it accepts.
type counter struct {
	net.Listener
	writes atomic.Int64
}

type counted struct {
	net.Conn
	writes *atomic.Int64
}

func (c *counter) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &counted{conn, &c.writes}, nil
}

func (c *counted) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// TestComingInIsFewWrites: packets that come right after each other are written
// at once. Each other write answers something: the version, KEXINIT, the key
// exchange, the service, no key, a key, its signature, and a session.
func TestComingInIsFewWrites(t *testing.T) {
	const answers = 8
	d := prepare(t)
	ln, err := sshserver.Listen("127.0.0.1:0")
	must(t, err)
	count := &counter{Listener: ln}
	d.serve(count)
	c := d.join("alice")
	_, requests, err := c.OpenChannel("session", nil)
	must(t, err)
	go gossh.DiscardRequests(requests)
	if n := count.writes.Load(); n != answers {
		t.Errorf("%d writes for %d answers", n, answers)
	}
}
