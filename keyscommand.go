package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"teahouse/keys"
	"teahouse/storage"
)

const keysUsage = `usage: teahouse keys [HOST[:PORT]]        the host keys, as known_hosts and zone files have them
       teahouse keys next                 make the next one, announced from now on
       teahouse keys rotate               show the next one; the present one is retired
       teahouse keys drop FINGERPRINT     announce one no more`

// usageError is a command that cannot be understood.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

// keysCommand shows the host keys, or changes them beside running servers.
func keysCommand(config Config, args []string, stdout, stderr io.Writer) error {
	do, err := keysVerb(args)
	if err != nil {
		return err
	}
	config.level = max(config.level, slog.LevelWarn)
	ctx := context.Background()
	store, err := hostKeyStore(ctx, config, newLogger(config, stderr))
	if err != nil {
		return err
	}
	text, err := do(ctx, hostKeysOf(config, store))
	if store != nil {
		err = errors.Join(err, store.Close())
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(stdout, text)
	return err
}

// hostKeyStore opens the storage where the host keys are in there.
func hostKeyStore(ctx context.Context, config Config, log *slog.Logger) (*storage.Store, error) {
	if hostKeysOf(config, nil).where != inRedis {
		return nil, nil
	}
	return storage.Open(ctx, storeOptions(config, config.RedisURL, log))
}

// keysVerb reads what is to be done.
func keysVerb(args []string) (do func(context.Context, hostKeys) (text string, err error), err error) {
	switch {
	case len(args) == 2 && args[0] == "drop":
		fingerprint, err := keys.ParseFingerprint(args[1])
		if err != nil {
			return nil, usageError{err.Error()}
		}
		return dropKey(fingerprint), nil
	case len(args) > 1, len(args) == 1 && args[0] == "drop":
		return nil, usageError{"these words do not fit:\n" + keysUsage}
	case len(args) == 0:
		return showKeys(keys.Host{Name: "HOST", Port: 22}), nil
	case args[0] == "next":
		return nextKey, nil
	case args[0] == "rotate":
		return rotateKeys, nil
	}
	host, err := keys.ParseHost(args[0])
	if err != nil {
		return nil, usageError{err.Error() + "\n" + keysUsage}
	}
	return showKeys(host), nil
}

func nextKey(ctx context.Context, h hostKeys) (string, error) {
	ring, err := h.change(ctx, keys.Ring.WithNext)
	if err != nil {
		return "", err
	}
	return list(ring) + "\nWithin a minute all replicas announce it, and clients learn it as people come by.\n" +
		"Then show it: teahouse keys rotate\n", nil
}

func rotateKeys(ctx context.Context, h hostKeys) (string, error) {
	ring, err := h.change(ctx, func(r keys.Ring) (keys.Ring, error) { return r.Rotated(time.Now()) })
	if err != nil {
		return "", err
	}
	return list(ring) + "\nWithin a minute all replicas show it. From then on nobody needs the retired one:\n" +
		"teahouse keys drop " + keys.Fingerprint(ring[len(ring)-1].PublicKey()) + "\n", nil
}

func dropKey(fingerprint string) func(context.Context, hostKeys) (string, error) {
	return func(ctx context.Context, h hostKeys) (string, error) {
		ring, err := h.change(ctx, func(r keys.Ring) (keys.Ring, error) { return r.Without(fingerprint) })
		if err != nil {
			return "", err
		}
		return list(ring) + "\nWithin a minute no replica announces it, and clients forget it as people come by.\n", nil
	}
}

func showKeys(host keys.Host) func(context.Context, hostKeys) (string, error) {
	return func(ctx context.Context, h hostKeys) (string, error) {
		ring, err := h.open(ctx)
		if err != nil {
			return "", err
		}
		text := list(ring) + "\n# known_hosts\n"
		for _, key := range ring {
			text += host.KnownHosts(key.PublicKey()) + "\n"
		}
		return text + zone(host, ring), nil
	}
}

// zone is the keys' lines for a zone file. Only the shown key's record is to be
// there: ssh takes another one of the same algorithm for a mismatch.
func zone(host keys.Host, ring keys.Ring) string {
	text := "\n; zone file\n"
	for i, key := range ring {
		record, err := host.SSHFP(key.PublicKey())
		switch {
		case err != nil:
			record = "; " + err.Error()
		case i > 0:
			record = "; when it is shown: " + record
		}
		text += record + "\n"
	}
	return text
}

// list says of each key what becomes of it.
func list(ring keys.Ring) (text string) {
	for i, key := range ring {
		state, since := "announced", ""
		if i == 0 {
			state = "shown"
		} else if !key.Retired.IsZero() {
			since = ", retired " + key.Retired.UTC().Format("2006-01-02 15:04 MST")
		}
		text += fmt.Sprintf("%-10s %s (%s)%s\n", state, keys.Fingerprint(key.PublicKey()), key.PublicKey().Type(), since)
	}
	return text
}
