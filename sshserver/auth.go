package sshserver

import (
	"cmp"

	"github.com/charmbracelet/ssh"
	gossh "golang.org/x/crypto/ssh"

	"teahouse/keys"
)

// keyless is what a client reads that has no key to show.
const keyless = `
You have no SSH key that this chat could know you by. Make one, once:

    ssh-keygen -t ed25519

(Enter answers every question) and connect again. There is no password to
remember: the key is who you are.
`

// maxKeys is how many keys a client may offer on one connection.
const maxKeys = 6

// config is the handshake's: modern algorithms, the post-quantum exchange
// first, and keys only.
func (s *Server) config(ctx ssh.Context) *gossh.ServerConfig {
	c := &gossh.ServerConfig{MaxAuthTries: maxKeys}
	c.KeyExchanges = []string{gossh.KeyExchangeMLKEM768X25519, gossh.KeyExchangeCurve25519}
	c.Ciphers = []string{gossh.CipherChaCha20Poly1305, gossh.CipherAES128GCM, gossh.CipherAES256GCM, gossh.CipherAES256CTR}
	c.MACs = []string{gossh.HMACSHA256ETM, gossh.HMACSHA512ETM}
	c.PublicKeyAuthAlgorithms = []string{
		gossh.KeyAlgoED25519, gossh.KeyAlgoSKED25519,
		gossh.KeyAlgoECDSA256, gossh.KeyAlgoECDSA384, gossh.KeyAlgoECDSA521, gossh.KeyAlgoSKECDSA256,
		gossh.KeyAlgoRSASHA256, gossh.KeyAlgoRSASHA512,
	}
	conn, ok := ctx.Value(connKey{}).(*conn)
	if !ok {
		return c // without a host key nobody gets in
	}
	c.AddHostKey(conn.hostKeys.signers[0])
	c.AuthLogCallback = func(_ gossh.ConnMetadata, _ string, err error) {
		if err == nil {
			conn.authenticated()
		}
	}
	return c
}

// acceptKey says which keys may sign at all, and notes why one may not. It is
// asked for keys that a client only offers, so it must not note who the client
// is: that is taken from the handshake when it has been finished.
func acceptKey(ctx ssh.Context, key ssh.PublicKey) bool {
	err := keys.Check(key)
	if c, ok := ctx.Value(connKey{}).(*conn); ok && err != nil {
		c.weak = "\nYour SSH key cannot be used here: " + err.Error() + "\n"
	}
	return err == nil
}

// refuseKeyless tells clients that have no key left to try what was wrong with
// the last one, or how to make one. Nobody gets in this way.
func refuseKeyless(ctx ssh.Context, ask gossh.KeyboardInteractiveChallenge) bool {
	c, ok := ctx.Value(connKey{}).(*conn)
	if !ok || c.told {
		return false
	}
	c.told = true
	_, _ = ask("", cmp.Or(c.weak, keyless), nil, nil) // what they answer changes nothing
	return false
}
