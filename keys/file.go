package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"
)

// FileHostKey reads the host key at path, and makes an ed25519 one there first
// when there is no file. However many processes call it at once, all return
// the same key, and a crash leaves a whole key or none. A file that cannot be
// used is an error and is never overwritten.
func FileHostKey(path string) (ssh.Signer, error) {
	signer, err := ReadHostKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return signer, err
	}
	if err := makeHostKey(path); err != nil {
		return nil, fmt.Errorf("making the host key %s: %w", path, err)
	}
	// Read it back even when it was made here: the key that counts is the one
	// that other processes and the next start find.
	return ReadHostKey(path)
}

// makeHostKey puts a new key at path, unless another process was faster.
func makeHostKey(path string) error {
	text, err := newHostKey()
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp, err := writeTemp(dir, text)
	if err != nil {
		return err
	}
	// A link appears whole or not at all, and, unlike a rename, never takes
	// the place of a key that came first.
	err = os.Link(temp, path)
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	return errors.Join(err, os.Remove(temp), syncDir(dir))
}

// writeTemp writes text to a new file in dir that only its owner can read,
// safe on the disk by the time it returns.
func writeTemp(dir string, text []byte) (path string, err error) {
	f, err := os.CreateTemp(dir, ".host-key-*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// syncDir makes a new name in dir survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
