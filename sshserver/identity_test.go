package sshserver_test

import (
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"
)

// offer is a key that its client shows without being able to sign. The ssh
// package goes on to the next one where what it showed looks different in the
// server's answer.
type offer struct {
	gossh.Signer
	shown gossh.PublicKey
	times int
}

type offeredKey struct {
	gossh.PublicKey
	offer *offer
}

func (o *offer) PublicKey() gossh.PublicKey { return offeredKey{o.shown, o} }

func (k offeredKey) Marshal() []byte {
	if k.offer.times++; k.offer.times == 1 {
		return k.PublicKey.Marshal()
	}
	return []byte("another")
}

func offering(of gossh.Signer) *offer { return &offer{Signer: of, shown: of.PublicKey()} }

func TestAnOfferedKeyIsNobody(t *testing.T) {
	d := open(t)
	alices, mallorys := newSigner(t), newSigner(t)
	alice, err := d.try("alice", gossh.PublicKeys(alices))
	must(t, err)
	if got := alice.whoami(); got != "alice" {
		t.Fatalf("alice is %q", got)
	}
	stolen := offering(alices)
	// Mallory's own key is offered first: a server that asks about a key only
	// once would hear of alice's last.
	mallory, err := d.try("alice", gossh.PublicKeys(offering(mallorys), stolen, mallorys))
	must(t, err)
	if stolen.times < 2 {
		t.Fatal("alice's key was not offered")
	}
	r := mallory.run("whoami")
	wantText(t, "mallory's key", r.out, gossh.FingerprintSHA256(mallorys.PublicKey()))
	if strings.HasPrefix(r.out, "alice,") {
		t.Errorf("mallory is %q", r.out)
	}
}

func TestAnOfferedKeyOpensNoOtherWay(t *testing.T) {
	d := open(t)
	for name, after := range map[string][]gossh.AuthMethod{
		"nothing":  nil,
		"password": {gossh.Password("tea")},
		"keyboard": {gossh.KeyboardInteractive(answerNothing)},
		"all":      {gossh.KeyboardInteractive(answerNothing), gossh.Password("tea")},
	} {
		t.Run(name, func(t *testing.T) {
			o := offering(newSigner(t))
			if _, err := d.try("alice", append([]gossh.AuthMethod{gossh.PublicKeys(o)}, after...)...); err == nil {
				t.Error("somebody came in who signed nothing")
			}
			if o.times < 2 {
				t.Error("the key was not offered")
			}
		})
	}
}

func answerNothing(_, _ string, questions []string, _ []bool) ([]string, error) {
	return make([]string, len(questions)), nil
}

// What the user name changes to between two attempts cannot be tried with this
// client; that the name means nothing anyway can.
func TestTheUserNameMeansNothing(t *testing.T) {
	d := open(t)
	key := newSigner(t)
	for _, user := range []string{"alice", "root", "", strings.Repeat("x", 5000), "alice\x1b[2J"} {
		c, err := d.try(user, gossh.PublicKeys(key))
		must(t, err)
		if got := c.whoami(); got != "alice" {
			t.Errorf("with the user name %.20q alice is %q", user, got)
		}
	}
}

func TestKeylessClientsAreToldOnce(t *testing.T) {
	d := open(t)
	var read []string
	ask := gossh.KeyboardInteractive(func(name, words string, q []string, e []bool) ([]string, error) {
		if words != "" {
			read = append(read, words)
		}
		return answerNothing(name, words, q, e)
	})
	if _, err := d.try("newcomer", gossh.RetryableAuthMethod(ask, 3)); err == nil {
		t.Fatal("somebody came in without a key")
	}
	if len(read) != 1 {
		t.Fatalf("the client read %q", read)
	}
	wantText(t, "what the client read", read[0], "ssh-keygen -t ed25519")
	d.rests()
}

func TestWeakKeysAreRefused(t *testing.T) {
	d := open(t)
	for bits, in := range map[int]bool{1024: false, 2048: true} {
		private, err := rsa.GenerateKey(rand.Reader, bits)
		must(t, err)
		signer, err := gossh.NewSignerFromKey(private)
		must(t, err)
		if _, err := d.try("old", gossh.PublicKeys(signer)); (err == nil) != in {
			t.Errorf("RSA of %d bits: %v", bits, err)
		}
	}
}
