package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"teahouse/keys"
	"teahouse/storage"
	"teahouse/storage/archive"
)

const exportUsage = `usage: teahouse export [--host-key] > FILE        all of the chat, as JSON lines (docs/export.md)
       teahouse export [--host-key] --to FILE     the same; where FILE stops halfway, it is gone on with
       --host-key adds the chat's private host keys, so that people notice no other server`

// exportCommand writes all of the chat, beside running servers.
func exportCommand(config Config, args []string, stdout, stderr io.Writer) error {
	var path string
	var hostKey bool
	flags := newFlags()
	flags.StringVar(&path, "to", "", "")
	flags.BoolVar(&hostKey, "host-key", false, "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return usageError{"these words do not fit:\n" + exportUsage}
	}
	return withStore(config, stderr, func(ctx context.Context, store *storage.Store) error {
		to, end, err := exportTo(path, stdout)
		if err != nil {
			return err
		}
		told, done := showProgress(stderr, "messages")
		err = exportChat(ctx, config, store, to, hostKey, told)
		done()
		if err = errors.Join(err, end()); err != nil || path == "" {
			return err
		}
		_, err = fmt.Fprintf(stdout, "%s is complete: %d messages in %d lines\n", path, to.Messages(), to.Lines())
		return err
	})
}

// newFlags are a command's options; what does not fit is told by the command.
func newFlags() *flag.FlagSet {
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// exportTo begins an export, or goes on with the one in the file.
func exportTo(path string, stdout io.Writer) (to *archive.Writer, end func() error, err error) {
	if path == "" {
		to, err = archive.NewWriter(stdout, version())
		return to, func() error { return nil }, err
	}
	// What people wrote to each other is in it: nobody else's to read.
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the file: %w", err)
	}
	to, err = archive.Resume(file, version())
	switch {
	case errors.Is(err, archive.ErrComplete):
		err = fmt.Errorf("%s: %w: name another file, or delete it", path, err)
	case err != nil:
		err = fmt.Errorf("%s: %w; it stays as it is: name another file", path, err)
	}
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return to, func() error { return errors.Join(file.Sync(), file.Close()) }, nil
}

func exportChat(ctx context.Context, config Config, store *storage.Store, to *archive.Writer, hostKey bool, told storage.Progress) error {
	var ring keys.Ring
	if hostKey {
		var err error
		if ring, err = ownHostKeys(ctx, hostKeysOf(config, store)); err != nil {
			return err
		}
	}
	if err := store.Export(ctx, to, told); err != nil {
		return errors.Join(err, to.Flush())
	}
	if hostKey {
		if err := to.Write(archive.Line{HostKey: &archive.HostKey{PEM: string(ring.PEM())}}); err != nil {
			return err
		}
	}
	return to.Close()
}

// ownHostKeys are those that the chat made itself.
func ownHostKeys(ctx context.Context, h hostKeys) (keys.Ring, error) {
	if h.byEnv != "" {
		return nil, fmt.Errorf("the host keys are those of %s, and not the chat's own: keep them where you keep that, and leave out --host-key", h.byEnv)
	}
	return h.read(ctx)
}
