package keys_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"teahouse/keys"
)

// describe gives of each key what has to last: its fingerprint, and since when
// it is retired.
func describe(ring keys.Ring) (all []string) {
	for _, key := range ring {
		text := keys.Fingerprint(key.PublicKey())
		if !key.Retired.IsZero() {
			text += " " + key.Retired.UTC().Format(time.RFC3339)
		}
		all = append(all, text)
	}
	return all
}

// retired writes into a key's PEM since when it is.
func retired(pem []byte, since string) []byte {
	head, body, _ := bytes.Cut(pem, []byte("\n"))
	return slices.Concat(head, []byte("\nRetired: "+since+"\n\n"), body)
}

func ringOf(t testing.TB, pems ...[]byte) keys.Ring {
	t.Helper()
	ring, err := keys.ParseHostKeys(slices.Concat(pems...))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestSeveralHostKeysKeepTheirOrder(t *testing.T) {
	one, two, three := hostKeyPEM(t), rsaPEM(t, 2048), hostKeyPEM(t)
	want := slices.Concat(describe(ringOf(t, one)), describe(ringOf(t, two)), describe(ringOf(t, three)))
	if got := describe(ringOf(t, one, []byte("# a note\n"), two, []byte("\n\n"), three)); !slices.Equal(got, want) {
		t.Errorf("the keys are %v, want %v", got, want)
	}
}

func TestSeveralHostKeysAreAllRightOrNone(t *testing.T) {
	good, other := hostKeyPEM(t), hostKeyPEM(t)
	broken := bytes.Replace(other, []byte("\nb3B"), []byte("\n!!!"), 1)
	var many [][]byte
	for range 9 {
		many = append(many, hostKeyPEM(t))
	}
	for name, c := range map[string]struct {
		texts [][]byte
		words string
	}{
		// What comes after a damaged first key must not be shown in its place.
		"first damaged":  {[][]byte{broken, good}, "2 keys begin here, and 1 can be read"},
		"second damaged": {[][]byte{good, broken}, "2 keys begin here, and 1 can be read"},
		"cut off":        {[][]byte{good, other[:len(other)/2]}, "2 keys begin here, and 1 can be read"},
		"joined lines":   {[][]byte{bytes.TrimSpace(good), other}, "kept its line breaks"},
		"twice":          {[][]byte{good, other, good}, "key 3 of 3: it stands there twice"},
		"passphrase":     {[][]byte{good, lockedPEM(t)}, "key 2 of 2: this key is protected by a passphrase"},
		"weak":           {[][]byte{good, rsaPEM(t, 1024)}, "key 2 of 2: this RSA key has 1024 bits"},
		"public":         {[][]byte{good, pemOf("PUBLIC KEY", []byte("x"))}, "key 2 of 2: this is a public key"},
		"too many":       {many, "8 are the most"},
		"bad time":       {[][]byte{good, retired(other, "yesterday")}, "key 2 of 2: since when it is retired"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := keys.ParseHostKeys(slices.Concat(c.texts...))
			wantWords(t, err, c.words)
		})
	}
}

// TestARSAHostKeySignsNoSHA1: neither where the algorithm is asked for nor by default.
func TestARSAHostKeySignsNoSHA1(t *testing.T) {
	signer, ok := ringOf(t, rsaPEM(t, 2048))[0].Signer.(ssh.MultiAlgorithmSigner)
	if !ok || !slices.Equal(signer.Algorithms(), []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}) {
		t.Fatalf("it signs as %v", signer)
	}
	if _, err := signer.SignWithAlgorithm(nil, []byte("x"), ssh.KeyAlgoRSA); err == nil {
		t.Error("it signed as ssh-rsa")
	}
}

// TestRotation: each step as an operator takes it, and what each leaves.
func TestRotation(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	first := ringOf(t, hostKeyPEM(t))
	a := describe(first)[0]
	both, err := first.WithNext()
	if err != nil || len(both) != 2 || describe(both)[0] != a {
		t.Fatalf("with a next key the ring is %v, %v", describe(both), err)
	}
	b := describe(both)[1]
	turned, err := both.Rotated(now)
	if want := []string{b, a + " 2026-11-25T09:00:00Z"}; err != nil || !slices.Equal(describe(turned), want) {
		t.Fatalf("rotated, the ring is %v, %v; want %v", describe(turned), err, want)
	}
	third, err := turned.WithNext()
	if err != nil || len(third) != 3 || third[1].Retired != (time.Time{}) || describe(third)[2] != describe(turned)[1] {
		t.Errorf("the next key is not before the retired one: %v, %v", describe(third), err)
	}
	last, err := ringOf(t, turned.PEM()).Without(a)
	if err != nil || !slices.Equal(describe(last), []string{b}) {
		t.Errorf("without the old key the ring is %v, %v", describe(last), err)
	}
	if !slices.Equal(describe(both), []string{a, b}) {
		t.Errorf("a step has changed what it began with: %v", describe(both))
	}
}

func TestRotationRefusesInWords(t *testing.T) {
	one := ringOf(t, hostKeyPEM(t))
	both, err := one.WithNext()
	if err != nil {
		t.Fatal(err)
	}
	turned, err := both.Rotated(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, err = both.WithNext()
	wantWords(t, err, "there is a next key, "+describe(both)[1])
	_, err = one.Rotated(time.Now())
	wantWords(t, err, "there is no next key")
	// Twice is once: the retired key does not come back.
	_, err = turned.Rotated(time.Now())
	wantWords(t, err, "there is no next key")
	_, err = both.Without(describe(both)[0])
	wantWords(t, err, "is the key that is shown")
	_, err = one.Without(describe(both)[1])
	wantWords(t, err, "there is no host key "+describe(both)[1])
}

func TestTheRingIsBounded(t *testing.T) {
	ring := ringOf(t, hostKeyPEM(t))
	var err error
	for range 7 {
		if ring, err = ring.WithNext(); err != nil {
			t.Fatal(err)
		}
		if ring, err = ring.Rotated(time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	_, err = ring.WithNext()
	wantWords(t, err, "there are 8 keys, which is the most")
	if _, err := keys.ParseHostKeys(ring.PEM()); err != nil {
		t.Errorf("a full ring cannot be read: %v", err)
	}
}

// TestOneOfManyChanges: of those who change the keys at once one does, and the
// others are told.
func TestOneOfManyChanges(t *testing.T) {
	for name, vault := range map[string]keys.Vault{
		"memory": new(memoryVault),
		"file":   keys.File(filepath.Join(t.TempDir(), "host_ed25519")),
	} {
		t.Run(name, func(t *testing.T) {
			const operators = 8
			var won, lost atomic.Int32
			var read, all sync.WaitGroup
			read.Add(operators)
			for range operators {
				all.Go(func() {
					_, err := keys.Change(t.Context(), vault, func(r keys.Ring) (keys.Ring, error) {
						read.Done()
						read.Wait() // all have read before the first one writes
						return r.WithNext()
					})
					switch {
					case err == nil:
						won.Add(1)
					case strings.Contains(err.Error(), "somebody else has changed"):
						lost.Add(1)
					default:
						t.Error(err)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 || lost.Load() != operators-1 {
				t.Errorf("%d have changed the keys and %d were told that they have not", won.Load(), lost.Load())
			}
			if ring, err := keys.Read(t.Context(), vault); err != nil || len(ring) != 2 {
				t.Errorf("the vault has %v, %v", describe(ring), err)
			}
		})
	}
}

func TestAFileIsChangedWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "host_ed25519")
	ring, err := keys.Change(t.Context(), keys.File(path), keys.Ring.WithNext)
	if err != nil {
		t.Fatal(err)
	}
	wantAlone(t, path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode().Perm(), err)
	}
	if read, err := keys.ReadHostKeys(path); err != nil || !slices.Equal(describe(read), describe(ring)) {
		t.Errorf("the file has %v, %v; want %v", describe(read), err, describe(ring))
	}
}

func TestReadMakesNoKey(t *testing.T) {
	vault := new(memoryVault)
	_, err := keys.Read(t.Context(), vault)
	wantWords(t, err, "there is none")
	if vault.text != nil {
		t.Error("it made one")
	}
}

func TestChangeTellsTheVaultsErrors(t *testing.T) {
	down := errors.New("redis is down")
	for _, vault := range []*memoryVault{{readErr: down}, {offerErr: down}, {text: hostKeyPEM(t), swapErr: down}} {
		if _, err := keys.Change(context.Background(), vault, keys.Ring.WithNext); !errors.Is(err, down) {
			t.Errorf("got %v, want %v", err, down)
		}
	}
}
