package keys

import (
	"context"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// Vault keeps one host key for all replicas of a chat.
type Vault interface {
	// HostKey returns the key as PEM, or nil and no error when there is none.
	HostKey(ctx context.Context) ([]byte, error)

	// OfferHostKey stores text unless a key is there, and returns the key that
	// is there afterwards. It is one atomic step: of any number of offers at
	// once, all return the same key.
	OfferHostKey(ctx context.Context, text []byte) ([]byte, error)
}

// SharedHostKey returns the key in vault, and puts an ed25519 one there first
// when it is empty: all replicas that share a vault show people the same key.
// A key there that cannot be used is an error and is never replaced.
func SharedHostKey(ctx context.Context, vault Vault) (ssh.Signer, error) {
	text, err := vault.HostKey(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the shared host key: %w", err)
	}
	if text == nil {
		if text, err = offerNew(ctx, vault); err != nil {
			return nil, err
		}
	}
	signer, err := ParseHostKey(text)
	if err != nil {
		return nil, fmt.Errorf("the shared host key: %w", err)
	}
	return signer, nil
}

func offerNew(ctx context.Context, vault Vault) ([]byte, error) {
	text, err := newHostKey()
	if err != nil {
		return nil, err
	}
	kept, err := vault.OfferHostKey(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("keeping a new shared host key: %w", err)
	}
	return kept, nil
}
