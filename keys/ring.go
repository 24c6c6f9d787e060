package keys

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/ssh"
)

// maxHostKeys bounds what every client is told of when it comes in.
const maxHostKeys = 8

// retiredHeader is where a key's PEM says since when another one is shown in
// its place. OpenSSH reads only the first key of a file, which never has it.
const retiredHeader = "Retired"

// HostKey is a private key of the server.
type HostKey struct {
	ssh.Signer
	Retired time.Time // when another key took its place; zero: it did not

	kind string // of its PEM
	der  []byte
}

// Ring is the keys by which a server is known, never empty and none twice. The
// first is shown, which is to say that it signs the key exchange; all are
// announced to those who are in, so that they know them when they are shown.
type Ring []HostKey

// ParseHostKeys reads private keys in PEM, one behind the other: the first is
// the one to be shown. Nothing that looks like a key is passed over: a damaged
// one is an error and does not have the next one take its place.
func ParseHostKeys(text []byte) (Ring, error) {
	blocks, err := splitPEM(text)
	if err != nil {
		return nil, err
	}
	var ring Ring
	for i, block := range blocks {
		key, err := parseBlock(block)
		if err == nil && ring.find(Fingerprint(key.PublicKey())) >= 0 {
			err = errors.New("it stands there twice: take it out once")
		}
		if err != nil && len(blocks) > 1 {
			err = fmt.Errorf("key %d of %d: %w", i+1, len(blocks), err)
		}
		if err != nil {
			return nil, err
		}
		ring = append(ring, key)
	}
	return ring, nil
}

func splitPEM(text []byte) (blocks []*pem.Block, err error) {
	if err := checkPEM(text); err != nil {
		return nil, err
	}
	begun := bytes.Count(text, []byte("-----BEGIN "))
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		blocks = append(blocks, block)
	}
	switch {
	case begun != len(blocks):
		return nil, fmt.Errorf("%d keys begin here, and %d can be read: each must be whole and have kept its line breaks",
			begun, len(blocks))
	case begun > maxHostKeys:
		return nil, fmt.Errorf("these are %d keys, and %d are the most: take out those that nobody needs any more",
			begun, maxHostKeys)
	}
	return blocks, nil
}

func parseBlock(block *pem.Block) (HostKey, error) {
	signer, err := parseHostKey(pem.EncodeToMemory(block))
	if err != nil {
		return HostKey{}, err
	}
	key := HostKey{Signer: signer, kind: block.Type, der: block.Bytes}
	if since, ok := block.Headers[retiredHeader]; ok {
		if key.Retired, err = time.Parse(time.RFC3339, since); err != nil {
			return HostKey{}, fmt.Errorf("since when it is retired cannot be read: %w", err)
		}
	}
	return key, nil
}

// PEM is what ParseHostKeys reads the ring from.
func (r Ring) PEM() []byte {
	var text []byte
	for _, key := range r {
		block := pem.Block{Type: key.kind, Bytes: key.der}
		if !key.Retired.IsZero() {
			block.Headers = map[string]string{retiredHeader: key.Retired.UTC().Format(time.RFC3339)}
		}
		text = append(text, pem.EncodeToMemory(&block)...)
	}
	return text
}

// Signers gives the keys, the one to be shown first.
func (r Ring) Signers() []ssh.Signer {
	all := make([]ssh.Signer, len(r))
	for i, key := range r {
		all[i] = key.Signer
	}
	return all
}

// find gives the place of a key, -1 where the ring does not have it.
func (r Ring) find(fingerprint string) int {
	for i, key := range r {
		if Fingerprint(key.PublicKey()) == fingerprint {
			return i
		}
	}
	return -1
}

// hasNext tells whether a key waits to be shown: it would be the second.
func (r Ring) hasNext() bool { return len(r) > 1 && r[1].Retired.IsZero() }

// WithNext gives the ring with a new ed25519 key in it, the next to be shown.
func (r Ring) WithNext() (Ring, error) {
	if r.hasNext() {
		next := Fingerprint(r[1].PublicKey())
		return nil, fmt.Errorf("there is a next key, %s: “teahouse keys rotate” shows it, “teahouse keys drop %s” takes it out",
			next, next)
	}
	if len(r) == maxHostKeys {
		return nil, fmt.Errorf("there are %d keys, which is the most: take out a retired one with “teahouse keys drop %s”",
			len(r), Fingerprint(r[len(r)-1].PublicKey()))
	}
	text, err := newHostKey()
	if err != nil {
		return nil, err
	}
	next, err := ParseHostKeys(text)
	if err != nil {
		return nil, err
	}
	return joined(r[:1], next, r[1:]), nil
}

// Rotated gives the ring with the next key shown, and the one that was shown
// retired from now: the last.
func (r Ring) Rotated(now time.Time) (Ring, error) {
	if !r.hasNext() {
		return nil, errors.New("there is no next key: make it with “teahouse keys next”, " +
			"and show it when people have been here in the meantime")
	}
	old := r[0]
	old.Retired = now
	return joined(r[1:], Ring{old}), nil
}

// Without gives the ring without an announced key.
func (r Ring) Without(fingerprint string) (Ring, error) {
	switch i := r.find(fingerprint); i {
	case -1:
		return nil, fmt.Errorf("there is no host key %s: “teahouse keys” shows those that there are", fingerprint)
	case 0:
		return nil, fmt.Errorf("%s is the key that is shown: “teahouse keys next” and “teahouse keys rotate” put another in its place",
			fingerprint)
	default:
		return joined(r[:i], r[i+1:]), nil
	}
}

// joined makes one ring of parts, which stay as they are.
func joined(parts ...Ring) (whole Ring) {
	for _, part := range parts {
		whole = append(whole, part...)
	}
	return whole
}
