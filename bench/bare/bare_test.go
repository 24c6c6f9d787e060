package bare

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestCopy: a line goes to all others of its room, once, and to nobody else; and
// nothing is left when the server ends, with people still there.
func TestCopy(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, ln) }()
	alice, bob := enter(t, ln.Addr(), "ops"), enter(t, ln.Addr(), "ops")
	carol, dave := enter(t, ln.Addr(), "tea"), enter(t, ln.Addr(), "tea")

	alice.says(t, "one")
	carol.says(t, "two")
	bob.hears(t, "one")
	dave.hears(t, "two")
	bob.says(t, "three\nand a half") // read at once
	dave.says(t, "four")
	alice.hears(t, "three")
	alice.hears(t, "and a half")
	carol.hears(t, "four")

	must(t, alice.Close())
	bob.says(t, "to nobody")
	carol.says(t, "five")
	dave.hears(t, "five")
	stop()
	must(t, <-served)
	for _, m := range []*visitor{bob, carol, dave} {
		_ = m.Close() // the server was first
	}
}

// visitor is a client in a room.
type visitor struct {
	*ssh.Client
	in  io.Writer
	out *bufio.Reader
}

func enter(t *testing.T, addr net.Addr, room string) *visitor {
	t.Helper()
	key, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	must(t, err)
	client, err := ssh.Dial("tcp", addr.String(), &ssh.ClientConfig{
		User: "visitor", Auth: []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 10 * time.Second,
	})
	must(t, err)
	s, err := client.NewSession()
	must(t, err)
	v := &visitor{Client: client}
	v.in, err = s.StdinPipe()
	must(t, err)
	out, err := s.StdoutPipe()
	must(t, err)
	v.out = bufio.NewReader(out)
	must(t, s.Start(room))
	v.hears(t, "welcome")
	return v
}

func (v *visitor) says(t *testing.T, text string) {
	t.Helper()
	_, err := io.WriteString(v.in, text+"\n")
	must(t, err)
}

func (v *visitor) hears(t *testing.T, text string) {
	t.Helper()
	line, err := v.out.ReadString('\n')
	must(t, err)
	if line != text+"\r\n" {
		t.Errorf("%q was heard, want %q", line, text)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
