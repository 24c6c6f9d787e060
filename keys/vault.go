package keys

import (
	"context"
	"errors"
	"fmt"
)

// Vault keeps the host keys that a chat made itself, as one text for all of
// its replicas.
type Vault interface {
	// HostKey returns the keys as PEM, or nil and no error when there are none.
	HostKey(ctx context.Context) ([]byte, error)

	// OfferHostKey stores text unless there is one, and returns the text that
	// is there afterwards. It is one atomic step: of any number of offers at
	// once, all return the same.
	OfferHostKey(ctx context.Context, text []byte) ([]byte, error)

	// SwapHostKey puts to in the place of from. It is one atomic step, and
	// false where there is neither from nor to: of two who change the same
	// text at once, one succeeds.
	SwapHostKey(ctx context.Context, from, to []byte) (bool, error)
}

// ErrNone is the answer of Read where nobody has made a key yet.
var ErrNone = errors.New("there is none")

// Open returns the keys in the vault, and puts an ed25519 one there first when
// it is empty: all replicas that share a vault show people the same key. What
// cannot be used there is an error and is never replaced.
func Open(ctx context.Context, vault Vault) (Ring, error) {
	ring, err := Read(ctx, vault)
	if !errors.Is(err, ErrNone) {
		return ring, err
	}
	text, err := newHostKey()
	if err != nil {
		return nil, err
	}
	// Whoever was first, the keys that count are those that others find.
	if text, err = vault.OfferHostKey(ctx, text); err != nil {
		return nil, fmt.Errorf("keeping a new host key: %w", err)
	}
	return ParseHostKeys(text)
}

// Read returns the keys in the vault, and makes none.
func Read(ctx context.Context, vault Vault) (Ring, error) {
	text, err := vault.HostKey(ctx)
	switch {
	case err != nil:
		return nil, err
	case text == nil:
		return nil, ErrNone
	}
	return ParseHostKeys(text)
}

// Change puts what change makes of the keys in the vault in their place, and
// returns it. Nothing is changed where somebody else does so at the same time.
func Change(ctx context.Context, vault Vault, change func(Ring) (Ring, error)) (Ring, error) {
	if _, err := Open(ctx, vault); err != nil {
		return nil, err
	}
	from, err := vault.HostKey(ctx)
	if err != nil {
		return nil, err
	}
	ring, err := ParseHostKeys(from)
	if err != nil {
		return nil, err
	}
	if ring, err = change(ring); err != nil {
		return nil, err
	}
	swapped, err := vault.SwapHostKey(ctx, from, ring.PEM())
	switch {
	case err != nil:
		return nil, fmt.Errorf("keeping the changed host keys: %w", err)
	case !swapped:
		return nil, errors.New("somebody else has changed the host keys in this moment, and this change was left out: " +
			"look at them with “teahouse keys”")
	}
	return ring, nil
}
