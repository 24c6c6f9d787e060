package sshserver

import (
	"crypto/rand"
	"errors"
	"slices"
	"sync"

	"github.com/charmbracelet/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// The two requests by which OpenSSH's clients learn of a server's other keys
// (UpdateHostKeys; section 2.5 of its PROTOCOL).
const (
	announceRequest = "hostkeys-00@openssh.com"
	proveRequest    = "hostkeys-prove-00@openssh.com"
)

// hostKeys are those of one connection, from its first byte to its last: the
// first is shown, and all are announced. Only the shown one takes part in the
// key exchange, also where another is of another algorithm: what is announced
// is not in use yet, or not any more.
type hostKeys struct {
	signers []gossh.Signer
	told    sync.Once
	proved  []bool // those that the client has had proved
}

// SetHostKeys has connections from now on show the first key and announce all.
// Those that are open keep theirs.
func (s *Server) SetHostKeys(signers []gossh.Signer) {
	s.hostKeys.Store(new(slices.Clone(signers)))
}

// HostKeys gives the keys that new connections get, the shown one first.
func (s *Server) HostKeys() (all []gossh.PublicKey) {
	for _, signer := range *s.hostKeys.Load() {
		all = append(all, signer.PublicKey())
	}
	return all
}

// keysNow gives a new connection its keys.
func (s *Server) keysNow() *hostKeys {
	signers := *s.hostKeys.Load()
	return &hostKeys{signers: signers, proved: make([]bool, len(signers))}
}

// announce tells a client that is in of all keys, once. It deletes those that
// it knows and is not told of, so the one that is shown is among them.
func (k *hostKeys) announce(client gossh.Conn) {
	k.told.Do(func() {
		var all []byte
		for _, signer := range k.signers {
			all = append(all, gossh.Marshal(wireString{signer.PublicKey().Marshal()})...)
		}
		// It fails only where the client is gone, which its session finds.
		_, _, _ = client.SendRequest(announceRequest, false, all)
	})
}

// wireString is a string as SSH writes it: its length, and then itself.
type wireString struct{ Bytes []byte }

// readString takes a string off the front.
func readString(packet []byte) (text, rest []byte, err error) {
	var s struct {
		Bytes []byte
		Rest  []byte `ssh:"rest"`
	}
	err = gossh.Unmarshal(packet, &s)
	return s.Bytes, s.Rest, err
}

// prove answers a client that wants to see that the keys it was told of are
// the server's. Each is proved once on a connection, so that nobody has the
// server sign for ever.
func (s *Server) prove(ctx ssh.Context, _ *ssh.Server, req *gossh.Request) (ok bool, proofs []byte) {
	defer s.panics.Recover("a proof of host keys", nil, "address", ctx.RemoteAddr().String())
	c, isOurs := ctx.Value(connKey{}).(*conn)
	sc, isIn := ctx.Value(ssh.ContextKeyConn).(*gossh.ServerConn)
	if !isOurs || !isIn {
		return false, nil
	}
	proofs, err := c.hostKeys.prove(req.Payload, sc.SessionID(), shownAlgorithm(sc))
	if err != nil {
		s.log.Debug("no proof of host keys", "address", ctx.RemoteAddr().String(), "error", err)
	}
	return err == nil, proofs
}

// shownAlgorithm is how the key exchange was signed.
func shownAlgorithm(sc *gossh.ServerConn) string {
	if meta, ok := sc.Conn.(gossh.AlgorithmsConnMetadata); ok {
		return meta.Algorithms().HostKey
	}
	return ""
}

// prove signs for each of the keys in the packet, or for none.
func (k *hostKeys) prove(packet, session []byte, shown string) (proofs []byte, err error) {
	if len(packet) == 0 {
		return nil, errors.New("no key is named")
	}
	for len(packet) > 0 {
		var blob []byte
		if blob, packet, err = readString(packet); err != nil {
			return nil, err
		}
		proof, err := k.proveOne(blob, session, shown)
		if err != nil {
			return nil, err
		}
		proofs = append(proofs, gossh.Marshal(wireString{gossh.Marshal(proof)})...)
	}
	return proofs, nil
}

func (k *hostKeys) proveOne(blob, session []byte, shown string) (*gossh.Signature, error) {
	i := slices.IndexFunc(k.signers, func(s gossh.Signer) bool { return slices.Equal(s.PublicKey().Marshal(), blob) })
	switch {
	case i < 0:
		return nil, errors.New("it is no key of the server")
	case k.proved[i]:
		return nil, errors.New("it has been proved")
	}
	k.proved[i] = true
	signed := gossh.Marshal(struct {
		Request string
		Session []byte
		Key     []byte
	}{proveRequest, session, blob})
	return signAs(k.signers[i], signed, shown)
}

// signAs signs as the key's kind does, and with an RSA key as the key exchange
// was signed where that was RSA too: clients insist on it.
func signAs(signer gossh.Signer, data []byte, shown string) (*gossh.Signature, error) {
	if signer.PublicKey().Type() != gossh.KeyAlgoRSA {
		return signer.Sign(rand.Reader, data)
	}
	algorithm := gossh.KeyAlgoRSASHA512
	if shown == gossh.KeyAlgoRSASHA256 {
		algorithm = shown
	}
	rsa, ok := signer.(gossh.AlgorithmSigner)
	if !ok {
		return nil, errors.New("the RSA key cannot sign with SHA-2")
	}
	return rsa.SignWithAlgorithm(rand.Reader, data, algorithm)
}
