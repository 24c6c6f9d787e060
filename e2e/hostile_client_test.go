package e2e

import (
	"crypto/ed25519"
	"fmt"
	"net"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/e2e/house"
)

// TestHostileClients comes with the texts as SSH user names, as what the client
// calls itself, and as TERM, LANG and COLORTERM: what others see of such people,
// what they see themselves, and what the log says of them does nothing.
func TestHostileClients(t *testing.T) {
	w := newTown(t, 2, "MESSAGE_RATE=0", "LOG_LEVEL=debug")
	s := w.watch()
	n := 0
	for _, f := range hostileTexts(t) {
		for _, h := range f.texts[:min(len(f.texts), 4)] {
			n++
			w.must(w.comeAs(h.text, fmt.Sprintf("by client %d", n), s.grammar))
			w.must(w.babble("SSH-2.0-" + h.text + "\r\n"))
			s.see(fmt.Sprintf("by client %d", n))
		}
	}
	s.check()
	ctx, cancel := w.soon()
	defer cancel()
	if err := house.Await(ctx, w.replicas[0].Done(), 0, func() bool {
		log := w.replicas[0].Log.String()
		return strings.Count(log, "client=") >= n && strings.Contains(log, "client=SSH-2.0-")
	}); err != nil {
		t.Errorf("not all of %d sessions are in the log with what the client calls itself: %v", n, err)
	}
	w.logs()
}

// comeAs comes with a text for everything that a client says of itself, looks
// at the screen, which may hold what the grammar allows, and posts a line.
func (w *town) comeAs(text, line string, grammar house.Wire) error {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		return err
	}
	// The library does not send controls of ASCII as a version; babble does.
	version := strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, text)
	c, err := gossh.Dial("tcp", fmt.Sprint("127.0.0.1:", w.replicas[0].SSHPort), &gossh.ClientConfig{
		User: text, ClientVersion: "SSH-2.0-" + version[:min(len(version), 200)],
		Auth: []gossh.AuthMethod{gossh.PublicKeys(signer)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		return fmt.Errorf("coming as %.40q: %w", text, err)
	}
	defer func() { _ = c.Close() }() // whatever is open ends with it
	if err := w.look(c, text, grammar); err != nil {
		return fmt.Errorf("looking as %.40q: %w", text, err)
	}
	session, err := c.NewSession()
	if err != nil {
		return err
	}
	return session.Run("send general " + line)
}

// look opens a screen and reads what is drawn there.
func (w *town) look(c *gossh.Client, text string, grammar house.Wire) error {
	session, err := c.NewSession()
	if err != nil {
		return err
	}
	var own house.Transcript
	session.Stdout = &own
	short := text[:min(len(text), 60)]
	for _, name := range []string{"LANG", "COLORTERM"} {
		if err := session.Setenv(name, short); err != nil {
			return err
		}
	}
	if err := session.RequestPty("x"+short, 24, 80, nil); err != nil {
		return err
	}
	if _, err := session.StdinPipe(); err != nil { // an end of the input would be a client that goes
		return err
	}
	if err := session.Shell(); err != nil {
		return err
	}
	drawn := ""
	err = house.Await(w.ctx, nil, 0, func() bool {
		drawn = wholeFrames(own.String())
		return strings.Contains(drawn, "message #general")
	})
	if err != nil {
		return err
	}
	return grammar.Check(drawn)
}

// wholeFrames is what was sent up to the end of a frame that is large enough to
// be marked.
func wholeFrames(sent string) string {
	const end = "\x1b[?2026l"
	if i := strings.LastIndex(sent, end); i >= 0 {
		return sent[:i+len(end)]
	}
	return ""
}

// babble says something to the first replica that is no handshake.
func (w *town) babble(text string) error {
	c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", w.replicas[0].SSHPort))
	if err != nil {
		return err
	}
	if _, err := c.Write([]byte(text)); err != nil {
		return err
	}
	return c.Close()
}
