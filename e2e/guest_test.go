package e2e

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/e2e/house"
)

// guest is a session of the ssh client of Go's own, which shows each byte that
// the program sends.
type guest struct {
	*gossh.Session
	w        *town
	client   *gossh.Client
	in       io.WriteCloser
	out, err *house.Transcript
	ended    chan struct{} // closed when the session has ended, with
	how      error
}

// signer gives somebody's key.
func (w *town) signer(p *house.Person) gossh.Signer {
	w.Helper()
	text, err := os.ReadFile(p.Key())
	w.must(err)
	key, err := gossh.ParsePrivateKey(text)
	w.must(err)
	return key
}

// dial connects somebody to a replica.
func (w *town) dial(name string, replica int) (*gossh.Client, error) {
	w.Helper()
	return gossh.Dial("tcp", w.address(replica), &gossh.ClientConfig{
		User: name, Auth: []gossh.AuthMethod{gossh.PublicKeys(w.signer(w.person(name)))},
		HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: 10 * time.Second,
	})
}

func (w *town) address(replica int) string {
	return fmt.Sprint("127.0.0.1:", w.replicas[replica].SSHPort)
}

// visitAs has somebody begin a command, or with "" a screen.
func (w *town) visitAs(name string, replica int, command string) *guest {
	w.Helper()
	client, err := w.dial(name, replica)
	w.must(err)
	w.Cleanup(func() { _ = client.Close() })
	g, err := w.begin(client, command)
	w.must(err)
	return g
}

// begin begins a session on a connection.
func (w *town) begin(client *gossh.Client, command string) (*guest, error) {
	s, err := client.NewSession()
	if err != nil {
		return nil, err
	}
	g := &guest{Session: s, w: w, client: client, out: &house.Transcript{}, err: &house.Transcript{}, ended: make(chan struct{})}
	s.Stdout, s.Stderr = g.out, g.err
	if g.in, err = s.StdinPipe(); err != nil {
		return nil, err
	}
	if command == "" {
		err = errors.Join(s.RequestPty("xterm-256color", 24, 80, nil), s.Shell())
	} else {
		err = s.Start(command)
	}
	if err != nil {
		return nil, err
	}
	go func() {
		defer close(g.ended)
		g.how = s.Wait()
	}()
	return g, nil
}

// status waits for the session's end and gives its exit status; -1: it had none.
func (g *guest) status() int {
	g.w.Helper()
	g.await("the session ends", func() bool {
		select {
		case <-g.ended:
			return true
		default:
			return false
		}
	})
	var exit *gossh.ExitError
	switch {
	case g.how == nil:
		return 0
	case errors.As(g.how, &exit):
		return exit.ExitStatus()
	}
	return -1
}

func (g *guest) types(text string) {
	g.w.Helper()
	_, err := io.WriteString(g.in, text)
	g.w.must(err)
}

func (g *guest) await(what string, ok func() bool) {
	g.w.Helper()
	if err := house.Await(g.w.ctx, nil, 0, ok); err != nil {
		g.w.Fatalf("%s: %v\n%q\n%q", what, err, g.out, g.err)
	}
}
