package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// File is a Vault: the file of that path, which only its owner can read. A
// crash leaves the text before or the text after a change, and never a part.
type File string

// HostKey implements Vault.
func (f File) HostKey(context.Context) ([]byte, error) {
	text, err := os.ReadFile(string(f))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, explain(string(f), err)
	case text == nil:
		text = []byte{} // an empty file is there
	}
	return text, nil
}

// OfferHostKey implements Vault.
func (f File) OfferHostKey(ctx context.Context, text []byte) ([]byte, error) {
	// A link appears whole or not at all, and, unlike a rename, never takes
	// the place of a key that came first.
	err := f.put(text, os.Link)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("making %s: %w", f, err)
	}
	return f.HostKey(ctx)
}

// SwapHostKey implements Vault. The folder is locked meanwhile: the file
// itself is another one after a change.
func (f File) SwapHostKey(ctx context.Context, from, to []byte) (swapped bool, err error) {
	dir, err := os.Open(filepath.Dir(string(f)))
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, dir.Close()) }() // and with it the lock
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); err != nil {
		return false, fmt.Errorf("locking %s: %w", dir.Name(), err)
	}
	now, err := f.HostKey(ctx)
	if err != nil || bytes.Equal(now, to) {
		return err == nil, err
	}
	if !bytes.Equal(now, from) {
		return false, nil
	}
	return true, f.put(to, os.Rename)
}

// put writes text to a new file beside this one and has place bring it here.
func (f File) put(text []byte, place func(from, to string) error) error {
	dir := filepath.Dir(string(f))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp, err := writeTemp(dir, text)
	if err != nil {
		return err
	}
	err = place(temp, string(f))
	if gone := os.Remove(temp); !errors.Is(gone, fs.ErrNotExist) { // a rename leaves nothing
		err = errors.Join(err, gone)
	}
	return errors.Join(err, syncDir(dir))
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
