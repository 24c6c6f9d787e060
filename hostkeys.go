package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"teahouse/keys"
	"teahouse/storage"
)

// hostKeysEvery is how long it takes at most until a running server shows and
// announces what has become of its keys.
const hostKeysEvery = time.Minute

// inRedis is the place that all replicas share.
const inRedis = "the host keys in Redis"

// hostKeys is where the keys are by which people know this server again.
type hostKeys struct {
	where string // for the operator
	byEnv string // the setting that gives them, or "": the vault has the chat's own
	text  string // of HOST_KEY
	path  string // of HOST_KEY_FILE
	vault keys.Vault
}

// hostKeysOf finds the place. The store is only asked where it is that.
func hostKeysOf(c Config, store *storage.Store) hostKeys {
	path := filepath.Join(c.DataDir, "host_ed25519")
	switch {
	case c.HostKey != "":
		return hostKeys{where: "HOST_KEY", byEnv: "HOST_KEY", text: c.HostKey}
	case c.HostKeyFile != "":
		return hostKeys{where: "HOST_KEY_FILE", byEnv: "HOST_KEY_FILE", path: c.HostKeyFile}
	case c.RedisURL == "":
		return hostKeys{where: "the host keys in DATA_DIR: " + path, vault: keys.File(path)}
	}
	return hostKeys{where: inRedis, vault: store}
}

// open gives the keys. The chat's own are made where there are none.
func (h hostKeys) open(ctx context.Context) (keys.Ring, error) { return h.get(ctx, keys.Open) }

// read gives the keys, and makes none.
func (h hostKeys) read(ctx context.Context) (keys.Ring, error) { return h.get(ctx, keys.Read) }

func (h hostKeys) get(ctx context.Context, own func(context.Context, keys.Vault) (keys.Ring, error)) (ring keys.Ring, err error) {
	switch {
	case h.text != "":
		ring, err = keys.ParseHostKeys([]byte(h.text))
	case h.path != "":
		ring, err = keys.ReadHostKeys(h.path)
	default:
		ring, err = own(ctx, h.vault)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.where, err)
	}
	return ring, nil
}

// change changes the chat's own keys. An operator's are the operator's to change.
func (h hostKeys) change(ctx context.Context, change func(keys.Ring) (keys.Ring, error)) (keys.Ring, error) {
	if h.byEnv != "" {
		return nil, fmt.Errorf("the host keys are those of %s, and not the chat's own to change: "+
			"make the next one with ssh-keygen -t ed25519 -N '' -f FILE, put its text behind the present one, and later before it; "+
			"the first is shown and all are announced (docs/security.md)", h.byEnv)
	}
	ring, err := keys.Change(ctx, h.vault, change)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.where, err)
	}
	return ring, nil
}

// followHostKeys has the door show and announce what the keys have become,
// looking again and again until ctx ends. Where they cannot be read, those in
// use stay.
func (p *Program) followHostKeys(ctx context.Context) {
	tick := time.NewTicker(p.keysEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		ring, err := p.hostKeys.read(ctx)
		switch {
		case errors.Is(err, context.Canceled):
			return
		case err != nil:
			p.log.Warn("the host keys cannot be read again; those in use stay", "error", err)
		case string(ring.PEM()) != string(p.ring.PEM()):
			p.ring = ring
			p.ssh.SetHostKeys(ring.Signers())
			p.logHostKeys()
		}
	}
}

func (p *Program) logHostKeys() {
	var announced []string
	for _, key := range p.ring[1:] {
		announced = append(announced, keys.Fingerprint(key.PublicKey()))
	}
	p.log.Info("host key", "fingerprint", keys.Fingerprint(p.ring[0].PublicKey()), "announced", announced)
}
