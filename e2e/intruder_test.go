package e2e

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	gossh "golang.org/x/crypto/ssh"
)

// intruder is somebody at a door, who says what they like of who they are.
type intruder struct {
	*wire
	user     string // the name in requests
	in       bool   // the server took one of them
	channels uint32 // that were opened
}

// intrude goes to the door of a replica and asks to be let prove who it is.
func intrude(address, user string) (*intruder, error) {
	w, err := dialWire(address)
	if err != nil {
		return nil, err
	}
	x := &intruder{wire: w, user: user}
	err = x.write(gossh.Marshal(struct {
		Service string `sshtype:"5"`
	}{"ssh-userauth"}))
	if err == nil {
		_, err = x.read()
	}
	return x, err
}

// request is RFC 4252, 5.
type request struct {
	User, Service, Method string `sshtype:"50"`
	Rest                  []byte `ssh:"rest"`
}

// ask sends a request and gives the number of the message that answers it; 0:
// the server ended the connection.
func (x *intruder) ask(method string, rest []byte) byte {
	return x.askAs(request{x.user, "ssh-connection", method, rest})
}

func (x *intruder) askAs(r request) byte {
	if x.write(gossh.Marshal(r)) != nil {
		return 0
	}
	return x.answer()
}

func (x *intruder) answer() byte {
	packet, err := x.read()
	switch {
	case err != nil || packet[0] == msgDisconnect:
		return 0
	case packet[0] == msgBanner:
		return x.answer()
	}
	x.in = x.in || packet[0] == msgSuccess
	return packet[0]
}

// offer asks whether a key would do.
func (x *intruder) offer(key gossh.PublicKey) byte {
	return x.ask("publickey", gossh.Marshal(struct {
		Signs     bool
		Algorithm string
		Key       []byte
	}{false, key.Type(), key.Marshal()}))
}

// proof is a request with a signature (RFC 4252, 7): what it says, and what was
// signed. What it ought to be is filled in, for attacks to change.
type proof struct {
	request
	algorithm string
	key       []byte
	session   []byte // of the connection it is for
	signer    gossh.Signer
}

func (x *intruder) proof(by gossh.Signer) proof {
	return proof{
		request: request{User: x.user, Service: "ssh-connection", Method: "publickey"}, algorithm: by.PublicKey().Type(),
		key: by.PublicKey().Marshal(), session: x.session, signer: by,
	}
}

// sign gives the signature over what the proof says.
func (p proof) sign() []byte {
	signature, err := p.signer.Sign(rand.Reader, gossh.Marshal(struct {
		Session               []byte
		Request               byte
		User, Service, Method string
		Signs                 bool
		Algorithm             string
		Key                   []byte
	}{p.session, msgUserauth, p.User, p.Service, p.Method, true, p.algorithm, p.key}))
	if err != nil {
		panic(err) // of a key in memory
	}
	return gossh.Marshal(signature)
}

// prove sends the proof with a signature.
func (x *intruder) prove(p proof, signature []byte) byte {
	p.Rest = gossh.Marshal(struct {
		Signs     bool
		Algorithm string
		Key, Sig  []byte
	}{true, p.algorithm, p.key, signature})
	return x.askAs(p.request)
}

// signIn proves one's own key, in order.
func (x *intruder) signIn(by gossh.Signer) byte {
	p := x.proof(by)
	return x.prove(p, p.sign())
}

// password and keyboard-interactive, with something to answer.
func (x *intruder) password(text string) byte {
	return x.ask("password", gossh.Marshal(struct {
		Change bool
		Text   string
	}{false, text}))
}

func (x *intruder) keyboard(text string) byte {
	answer := x.ask("keyboard-interactive", gossh.Marshal(struct{ Language, Submethods string }{}))
	for answer == msgKeyOk {
		if x.write(gossh.Marshal(struct {
			Number uint32 `sshtype:"61"`
			Text   string
		}{1, text})) != nil {
			return 0
		}
		answer = x.answer()
	}
	return answer
}

// hostbased is RFC 4252, 9, with the key as a host's.
func (x *intruder) hostbased(by gossh.Signer, as string) byte {
	p := x.proof(by)
	return x.ask("hostbased", gossh.Marshal(struct {
		Algorithm  string
		Key        []byte
		Host, User string
		Signature  []byte
	}{p.algorithm, p.key, "localhost", as, p.sign()}))
}

// channel is a session of an intruder, and what it has sent.
type channel struct {
	x            *intruder
	opened       bool
	ours, theirs uint32 // the channel's numbers
	text         strings.Builder
}

// open begins a session: a command, or with "" a screen.
func (x *intruder) open(command string) (*channel, error) {
	x.channels++
	s := &channel{x: x, ours: x.channels}
	if err := x.write(gossh.Marshal(struct {
		Kind                 string `sshtype:"90"`
		Ours, Window, Packet uint32
	}{"session", s.ours, 1 << 30, 1 << 15})); err != nil {
		return nil, err
	}
	if err := s.until(func() bool { return s.opened }); err != nil {
		return nil, err
	}
	if command != "" {
		return s, s.request("exec", gossh.Marshal(struct{ Command string }{command}))
	}
	pty := gossh.Marshal(struct {
		Term                         string
		Columns, Rows, Width, Height uint32
		Modes                        string
	}{Term: "xterm-256color", Columns: 80, Rows: 24})
	return s, errors.Join(s.request("pty-req", pty), s.request("shell", nil))
}

func (s *channel) request(kind string, rest []byte) error {
	return s.x.write(gossh.Marshal(struct {
		Channel uint32 `sshtype:"98"`
		Kind    string
		Reply   bool
		Rest    []byte `ssh:"rest"`
	}{s.theirs, kind, false, rest}))
}

func (s *channel) types(text string) error {
	return s.x.write(gossh.Marshal(struct {
		Channel uint32 `sshtype:"94"`
		Text    string
	}{s.theirs, text}))
}

// until takes in what the session sends, until ok.
func (s *channel) until(ok func() bool) error {
	for !ok() {
		packet, err := s.x.read()
		if err != nil {
			return fmt.Errorf("%w; before, it was shown %q", err, s.text.String())
		}
		if packet[0] >= msgOpen && binary.BigEndian.Uint32(packet[1:]) != s.ours {
			continue // it is another channel's
		}
		switch packet[0] {
		case msgOpenConfirmed:
			var m struct {
				Ours, Theirs, Window, Packet uint32 `sshtype:"91"`
			}
			if err := gossh.Unmarshal(packet, &m); err != nil {
				return err
			}
			s.opened, s.theirs = true, m.Theirs
		case msgData:
			s.text.Write(packet[9:])
		case msgExtendedData:
			s.text.Write(packet[13:])
		case msgChannelClose:
			return fmt.Errorf("it ended after %q", s.text.String())
		case msgDisconnect:
			return errors.New("the server ended the connection")
		}
	}
	return nil
}

// ends takes in what the session sends, to its end.
func (s *channel) ends() string {
	_ = s.until(func() bool { return false }) // that it ended
	return s.text.String()
}
