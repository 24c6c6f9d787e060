package keys

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
)

// parseHostKey reads a private key in PEM, as ssh-keygen writes it: ed25519,
// ECDSA, or RSA of at least 2048 bits, without a passphrase.
func parseHostKey(text []byte) (ssh.Signer, error) {
	if err := checkPEM(text); err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		return nil, errPassphrase()
	}
	if err != nil {
		return nil, fmt.Errorf("this private key cannot be used: %w: make one with ssh-keygen -t ed25519", err)
	}
	if err := Check(signer.PublicKey()); err != nil {
		return nil, err
	}
	return withoutSHA1(signer)
}

// withoutSHA1 has an RSA key sign with SHA-2 alone. Left to itself it would
// also sign as ssh-rsa, which can be forged.
func withoutSHA1(signer ssh.Signer) (ssh.Signer, error) {
	multi, ok := signer.(ssh.AlgorithmSigner)
	if !ok || signer.PublicKey().Type() != ssh.KeyAlgoRSA {
		return signer, nil
	}
	return ssh.NewSignerWithAlgorithms(multi, []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256})
}

// checkPEM refuses, each in its own words, what is no private key in PEM.
func checkPEM(text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return errors.New("it is empty: give a private key in PEM, as ssh-keygen -t ed25519 makes it")
	}
	block, _ := pem.Decode(text)
	switch {
	case looksPublic(text, block):
		return errors.New("this is a public key: give the private one, from the file without .pub")
	case block == nil:
		return errors.New("this is not PEM: it must begin with a line “-----BEGIN OPENSSH PRIVATE KEY-----” " +
			"and have kept its line breaks")
	case strings.HasPrefix(block.Type, "ENCRYPTED"):
		return errPassphrase()
	}
	return nil
}

// looksPublic recognises a public key in the forms that ssh-keygen writes;
// block is text decoded as PEM, nil when it is none.
func looksPublic(text []byte, block *pem.Block) bool {
	if block != nil {
		return strings.HasSuffix(block.Type, "PUBLIC KEY")
	}
	if bytes.Contains(text, []byte("BEGIN SSH2 PUBLIC KEY")) {
		return true
	}
	_, _, _, _, err := ssh.ParseAuthorizedKey(text)
	return err == nil
}

func errPassphrase() error {
	return errors.New("this key is protected by a passphrase, which nobody is there to type: " +
		"remove it with ssh-keygen -p -N '' -f FILE")
}

// ReadHostKeys reads the file at path as ParseHostKeys does. Its errors begin
// with the path; a missing file is fs.ErrNotExist to errors.Is.
func ReadHostKeys(path string) (Ring, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, explain(path, err)
	}
	ring, err := ParseHostKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return ring, nil
}

// explain adds what to do to the commonest errors of the file system.
func explain(path string, err error) error {
	var located *fs.PathError
	if errors.As(err, &located) {
		err = located.Err
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: %w: make it readable for the user that the server runs as", path, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: %w: make it with ssh-keygen -t ed25519 -N '' -f FILE", path, err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// newHostKey makes an ed25519 key, as PEM in OpenSSH's form.
func newHostKey() ([]byte, error) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("making a host key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(private, "teahouse")
	if err != nil {
		return nil, fmt.Errorf("writing a host key as PEM: %w", err)
	}
	return pem.EncodeToMemory(block), nil
}
