package sshserver_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"net"
	"slices"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/keys"
)

const proveRequest = "hostkeys-prove-00@openssh.com"

// witness is a client that listens to what the server says of its keys.
type witness struct {
	gossh.Conn
	t         *testing.T
	shown     gossh.PublicKey
	announced [][]byte
}

// witness comes in, asks for a session, and reads the announcement. It takes
// host keys of the given algorithms, or of all.
func (d *door) witness(algorithms ...string) *witness {
	d.t.Helper()
	w := &witness{t: d.t}
	config := &gossh.ClientConfig{
		User: "wendy", Auth: []gossh.AuthMethod{gossh.PublicKeys(newSigner(d.t))}, HostKeyAlgorithms: algorithms,
	}
	config.HostKeyCallback = func(_ string, _ net.Addr, key gossh.PublicKey) error {
		w.shown = key
		return nil
	}
	c, chans, reqs, err := gossh.NewClientConn(d.connect(), d.addr, config)
	must(d.t, err)
	w.Conn = c
	d.t.Cleanup(func() { _ = c.Close() })
	go func() {
		for range chans { //revive:disable-line:empty-block nothing is opened from there
		}
	}()
	_, requests, err := c.OpenChannel("session", nil)
	must(d.t, err)
	go gossh.DiscardRequests(requests)
	w.announced = split(d.t, wait(d.t, "the announcement", reqs).Payload)
	go gossh.DiscardRequests(reqs)
	return w
}

func split(t *testing.T, packet []byte) (all [][]byte) {
	t.Helper()
	for len(packet) > 0 {
		var s struct {
			Text []byte
			Rest []byte `ssh:"rest"`
		}
		must(t, gossh.Unmarshal(packet, &s))
		all, packet = append(all, s.Text), s.Rest
	}
	return all
}

func joined(parts ...[]byte) (packet []byte) {
	for _, part := range parts {
		packet = append(packet, gossh.Marshal(struct{ Text []byte }{part})...)
	}
	return packet
}

// prove asks for proofs of the keys.
func (w *witness) prove(packet []byte) (proofs [][]byte, ok bool) {
	w.t.Helper()
	ok, answer, err := w.SendRequest(proveRequest, true, packet)
	must(w.t, err)
	return split(w.t, answer), ok
}

// checks holds a proof against the key, as ssh does.
func (w *witness) checks(blob, proof []byte) (algorithm string) {
	w.t.Helper()
	key, err := gossh.ParsePublicKey(blob)
	must(w.t, err)
	var signature gossh.Signature
	must(w.t, gossh.Unmarshal(proof, &signature))
	must(w.t, key.Verify(joined([]byte(proveRequest), w.SessionID(), blob), &signature))
	return signature.Format
}

func TestAllHostKeysAreAnnouncedAndProved(t *testing.T) {
	signers := []gossh.Signer{newSigner(t), newSigner(t), ecdsaSigner(t), rsaSigner(t)}
	d := open(t, showing(signers...))
	w := d.witness()
	if want := blobs(signers); !slices.EqualFunc(w.announced, want, bytes.Equal) {
		t.Fatalf("%d keys are announced, and not the %d in their order", len(w.announced), len(want))
	}
	// As OpenSSH asks: for those it does not know yet, in one request.
	proofs, ok := w.prove(joined(w.announced[1:]...))
	if !ok || len(proofs) != 3 {
		t.Fatalf("%d proofs, %v", len(proofs), ok)
	}
	for i, proof := range proofs {
		w.checks(w.announced[i+1], proof)
	}
	if got := w.checks(w.announced[3], proofs[2]); got != gossh.KeyAlgoRSASHA512 {
		t.Errorf("the RSA key is proved with %s", got)
	}
}

// OpenSSH refuses a proof by RSA that is signed in another way than the key
// exchange was, where that was RSA too.
func TestRSAIsProvedAsItIsShown(t *testing.T) {
	d := open(t, showing(rsaSigner(t), rsaSigner(t)))
	for _, algorithm := range []string{gossh.KeyAlgoRSASHA256, gossh.KeyAlgoRSASHA512} {
		w := d.witness(algorithm)
		proofs, ok := w.prove(joined(w.announced[1]))
		if !ok {
			t.Fatalf("%s: no proof", algorithm)
		}
		if got := w.checks(w.announced[1], proofs[0]); got != algorithm {
			t.Errorf("shown with %s and proved with %s", algorithm, got)
		}
	}
}

// TestProofsAreBounded: of the server's keys alone, each once, and nothing
// where one part of the request is wrong.
func TestProofsAreBounded(t *testing.T) {
	d := open(t, showing(newSigner(t), newSigner(t)))
	foreign := newSigner(t).PublicKey().Marshal()
	for name, packet := range map[string]func(known [][]byte) []byte{
		"nothing":       func([][]byte) []byte { return nil },
		"empty key":     func([][]byte) []byte { return joined(nil) },
		"foreign":       func([][]byte) []byte { return joined(foreign) },
		"one foreign":   func(known [][]byte) []byte { return joined(known[1], foreign) },
		"twice":         func(known [][]byte) []byte { return joined(known[1], known[1]) },
		"cut off":       func(known [][]byte) []byte { return joined(known[1])[:20] },
		"a length lies": func([][]byte) []byte { return []byte{0xff, 0xff, 0xff, 0xff, 1} },
		"many":          func([][]byte) []byte { return bytes.Repeat(joined(foreign), 3000) },
	} {
		t.Run(name, func(t *testing.T) {
			w := d.witness()
			if proofs, ok := w.prove(packet(w.announced)); ok || len(proofs) > 0 {
				t.Errorf("%d proofs, %v", len(proofs), ok)
			}
		})
	}
	w := d.witness()
	if _, ok := w.prove(joined(w.announced...)); !ok {
		t.Error("the control got no proof")
	}
	if proofs, ok := w.prove(joined(w.announced[0])); ok {
		t.Errorf("%d proofs more on the same connection", len(proofs))
	}
}

func TestNoOtherGlobalRequestIsServed(t *testing.T) {
	w := open(t).witness()
	for _, name := range []string{"tcpip-forward", "cancel-tcpip-forward", "streamlocal-forward@openssh.com", "hostkeys-00@openssh.com", "no-more-sessions@openssh.com", ""} {
		if ok, _, err := w.SendRequest(name, true, nil); ok || err != nil {
			t.Errorf("%q is answered %v, %v", name, ok, err)
		}
	}
}

// TestOnlyTheFirstHostKeyIsShown: a key of another algorithm that is only
// announced does not sign a key exchange, however much a client wants it to.
func TestOnlyTheFirstHostKeyIsShown(t *testing.T) {
	first := newSigner(t)
	d := open(t, showing(first, ecdsaSigner(t), rsaSigner(t)))
	if w := d.witness(); !bytes.Equal(w.shown.Marshal(), first.PublicKey().Marshal()) {
		t.Errorf("a key of type %s is shown", w.shown.Type())
	}
	for _, algorithm := range []string{gossh.KeyAlgoECDSA256, gossh.KeyAlgoRSASHA512, gossh.KeyAlgoRSA} {
		_, _, _, err := gossh.NewClientConn(d.connect(), d.addr, &gossh.ClientConfig{
			HostKeyAlgorithms: []string{algorithm}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
		})
		if err == nil {
			t.Fatalf("%s was negotiated", algorithm)
		}
		wantText(t, "the error", err.Error(), "no common algorithm for host key")
	}
}

// TestHostKeysChangeForThoseWhoComeNext: who is in goes on with the keys that
// they were told of, and can have them proved.
func TestHostKeysChangeForThoseWhoComeNext(t *testing.T) {
	d := open(t, showing(newSigner(t), newSigner(t)))
	before := d.witness()
	now := newSigner(t)
	d.SetHostKeys([]gossh.Signer{now})
	after := d.witness()
	if !bytes.Equal(after.shown.Marshal(), now.PublicKey().Marshal()) || len(after.announced) != 1 {
		t.Errorf("the next one is shown another key, and told of %d", len(after.announced))
	}
	proofs, ok := before.prove(joined(before.announced[0]))
	if !ok {
		t.Fatal("who was in before gets no proof")
	}
	before.checks(before.announced[0], proofs[0])
}

func showing(signers ...gossh.Signer) func(*plan) {
	return func(p *plan) { p.HostKeys = signers }
}

func blobs(signers []gossh.Signer) (all [][]byte) {
	for _, signer := range signers {
		all = append(all, signer.PublicKey().Marshal())
	}
	return all
}

func ecdsaSigner(t *testing.T) gossh.Signer {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return hostSigner(t, private)
}

func rsaSigner(t *testing.T) gossh.Signer {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	return hostSigner(t, private)
}

// hostSigner is the key as the server reads it from PEM.
func hostSigner(t *testing.T, private any) gossh.Signer {
	t.Helper()
	block, err := gossh.MarshalPrivateKey(private, "")
	must(t, err)
	ring, err := keys.ParseHostKeys(pem.EncodeToMemory(block))
	must(t, err)
	return ring[0].Signer
}
