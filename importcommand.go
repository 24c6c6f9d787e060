package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"teahouse/keys"
	"teahouse/storage"
	"teahouse/storage/archive"
)

const importUsage = `usage: teahouse import FILE     makes the chat that teahouse export wrote, in a Redis that holds none`

// importCommand reads the whole file before it writes anything.
func importCommand(config Config, args []string, stdout, stderr io.Writer) error {
	flags := newFlags()
	if err := flags.Parse(args); err != nil || flags.NArg() != 1 {
		return usageError{"these words do not fit:\n" + importUsage}
	}
	path := flags.Arg(0)
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening the file: %w", err)
	}
	defer func() { _ = file.Close() }()
	_, total, err := archive.Verify(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return withStore(config, stderr, func(ctx context.Context, store *storage.Store) error {
		from, err := rewound(file)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		told, done := showProgress(stderr, "lines")
		err = store.Import(ctx, from, keepHostKey(ctx, hostKeysOf(config, store), stderr), told, total)
		done()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(stdout, "the chat is there: %d lines of %s\n", total, path)
		return err
	})
}

func rewound(file *os.File) (*archive.Reader, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return archive.NewReader(file)
}

// keepHostKey puts the chat's own host keys where the chat has them.
func keepHostKey(ctx context.Context, h hostKeys, stderr io.Writer) func(pem string) error {
	return func(pem string) error {
		if h.byEnv != "" {
			_, err := fmt.Fprintf(stderr, "teahouse: the host keys in the file are left out: those of %s are shown\n", h.byEnv)
			return err
		}
		if _, err := keys.ParseHostKeys([]byte(pem)); err != nil {
			return fmt.Errorf("the host keys in the file: %w", err)
		}
		there, err := h.vault.OfferHostKey(ctx, []byte(pem))
		if err == nil && string(there) != pem {
			err = errors.New("there are others already: move them away, or take the line host_key out of the file and of its end")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", h.where, err)
		}
		return nil
	}
}
