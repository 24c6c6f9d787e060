package load

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// joinPatience is how long a session may take until something is drawn.
const joinPatience = time.Minute

// Visit says how sessions come in.
type Visit struct {
	Addrs         []string // taken in turn, session by session
	Width, Height int      // of the terminal; 0: no terminal, lines
	Rooms         int      // more than one: sessions are spread over so many
	Cipher        string   // instead of what the library prefers
}

// name is of the same length for all, so that columns are where they were.
func name(id int) string { return fmt.Sprintf("guest%05d", id) }

func roomName(n int) string { return fmt.Sprintf("room%03d", n) }

// place gives a session its address and its room: every room has sessions at
// every address.
func (v Visit) place(id int) (addr string, room int) {
	return v.Addrs[id%len(v.Addrs)], id / len(v.Addrs) % max(1, v.Rooms)
}

// signer is a session's key: the same in every driver, so that a chat knows
// who comes again.
func signer(id int) (ssh.Signer, error) {
	seed := sha256.Sum256([]byte(name(id)))
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return s, nil
}

// open connects a session and waits for its first screen.
func open(v Visit, id int, rooms []*room) (*session, error) {
	key, err := signer(id)
	if err != nil {
		return nil, err
	}
	addr, at := v.place(id)
	client, err := ssh.Dial("tcp", addr, v.config(id, key))
	if err != nil {
		return nil, fmt.Errorf("session %d: connecting: %w", id, err)
	}
	s := &session{
		id: id, client: client, screen: v.Width > 0, room: rooms[at],
		drawn: make(chan struct{}), done: make(chan struct{}),
	}
	out, err := s.begin(v, at)
	if err != nil {
		_ = client.Close() // the first error tells more
		return nil, fmt.Errorf("session %d: %w", id, err)
	}
	go s.read(out) // until close, which waits for it
	if err := s.await(joinPatience); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (v Visit) config(id int, key ssh.Signer) *ssh.ClientConfig {
	c := &ssh.ClientConfig{
		User: name(id), Auth: []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), // a server of our own, on this machine
		Timeout:         joinPatience,
	}
	if v.Cipher != "" {
		c.Ciphers = []string{v.Cipher}
	}
	return c
}

// begin asks for a screen, or for lines in a room.
func (s *session) begin(v Visit, room int) (out io.Reader, err error) {
	ch, err := s.client.NewSession()
	if err != nil {
		return nil, fmt.Errorf("opening a channel: %w", err)
	}
	if s.in, err = ch.StdinPipe(); err != nil {
		return nil, fmt.Errorf("taking its input: %w", err)
	}
	if out, err = ch.StdoutPipe(); err != nil {
		return nil, fmt.Errorf("taking its output: %w", err)
	}
	if !s.screen {
		return out, wrap("asking for lines", ch.Start(roomName(room)))
	}
	if err := ch.RequestPty("xterm-256color", v.Height, v.Width, ssh.TerminalModes{}); err != nil {
		return nil, fmt.Errorf("asking for a terminal: %w", err)
	}
	return out, wrap("asking for a shell", ch.Shell())
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// algorithms says what was agreed on with the server.
func (s *session) algorithms() string {
	c, ok := s.client.Conn.(ssh.AlgorithmsConnMetadata)
	if !ok {
		return "unknown"
	}
	a := c.Algorithms()
	words := []string{a.KeyExchange, a.HostKey, a.Read.Cipher, a.Read.MAC} // the last is empty where the cipher has its own
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}
