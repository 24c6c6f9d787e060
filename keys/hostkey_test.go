package keys_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"

	"teahouse/keys"
)

func TestParseHostKeyReadsPEM(t *testing.T) {
	ring, err := keys.ParseHostKeys(hostKeyPEM(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(ring) != 1 || ring[0].PublicKey().Type() != ssh.KeyAlgoED25519 {
		t.Errorf("these %d keys begin with one of type %s", len(ring), ring[0].PublicKey().Type())
	}
	crlf := bytes.ReplaceAll(hostKeyPEM(t), []byte("\n"), []byte("\r\n"))
	if _, err := keys.ParseHostKeys(crlf); err != nil {
		t.Errorf("with CRLF: %v", err)
	}
	if _, err := keys.ParseHostKeys(rsaPEM(t, 2048)); err != nil {
		t.Errorf("RSA 2048: %v", err)
	}
}

func TestParseHostKeyRefusesInWords(t *testing.T) {
	good := hostKeyPEM(t)
	for name, c := range map[string]struct {
		text  []byte
		words string
	}{
		"nothing":           {nil, "empty"},
		"white space":       {[]byte(" \n"), "empty"},
		"junk":              {[]byte("hunter2"), "not PEM"},
		"lost line breaks":  {bytes.ReplaceAll(good, []byte("\n"), []byte(" ")), "line breaks"},
		"escaped breaks":    {bytes.ReplaceAll(good, []byte("\n"), []byte(`\n`)), "line breaks"},
		"public line":       {[]byte(authorized(ed25519Key(t))), "public key"},
		"public PEM":        {pemOf("PUBLIC KEY", []byte("x")), "public key"},
		"public SSH2":       {[]byte("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA"), "public key"},
		"passphrase":        {lockedPEM(t), "passphrase"},
		"passphrase, PKCS8": {pemOf("ENCRYPTED PRIVATE KEY", []byte("x")), "passphrase"},
		"weak RSA":          {rsaPEM(t, 1024), "1024 bits"},
		"certificate":       {pemOf("CERTIFICATE", []byte("x")), "cannot be used"},
		"damaged":           {pemOf("OPENSSH PRIVATE KEY", []byte("x")), "cannot be used"},
		"cannot sign":       {x25519PEM(t), "cannot be used"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := keys.ParseHostKeys(c.text)
			wantWords(t, err, c.words)
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error %q shows what may be a secret", err)
			}
		})
	}
}

func FuzzParseHostKey(f *testing.F) {
	one, two := hostKeyPEM(f), hostKeyPEM(f)
	f.Add(one)
	f.Add(lockedPEM(f))
	f.Add([]byte(authorized(ed25519Key(f))))
	f.Add(append(bytes.Clone(one), two...))
	f.Add(append(bytes.Clone(one), one...))
	f.Add(append(bytes.Clone(one), two[:len(two)/2]...))
	f.Add(append(bytes.Clone(one), retired(two, "2026-11-25T09:00:00Z")...))
	f.Fuzz(func(t *testing.T, text []byte) {
		ring, err := keys.ParseHostKeys(text)
		if (len(ring) == 0) == (err == nil) {
			t.Fatalf("ParseHostKeys = %v, %v", ring, err)
		}
		if err != nil {
			return
		}
		again, err := keys.ParseHostKeys(ring.PEM())
		if err != nil || !slices.Equal(describe(again), describe(ring)) {
			t.Fatalf("%v reads again as %v, %v", describe(ring), describe(again), err)
		}
	})
}

func TestReadHostKeyNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	_, err := keys.ReadHostKeys(missing)
	wantWords(t, err, missing+": no such file")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
	_, err = keys.ReadHostKeys(dir)
	wantWords(t, err, dir+": is a directory")

	empty := filepath.Join(dir, "empty")
	write(t, empty, nil)
	_, err = keys.ReadHostKeys(empty)
	wantWords(t, err, empty+": it is empty")
}

func TestReadHostKeySaysWhatToDoWhenItMayNot(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	path := filepath.Join(t.TempDir(), "key")
	write(t, path, hostKeyPEM(t))
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	_, err := keys.ReadHostKeys(path)
	wantWords(t, err, path+": permission denied: make it readable")
}

func TestFileHostKeyIsMadeOnceAndKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there yet")
	path := filepath.Join(dir, "host_ed25519")
	first := fileHostKey(t, path)
	if again := fileHostKey(t, path); again != first {
		t.Errorf("the key changed from %s to %s", first, again)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode().Perm())
	}
	wantAlone(t, path)
	if ssh, err := exec.LookPath("ssh-keygen"); err == nil {
		out, err := exec.Command(ssh, "-l", "-f", path).CombinedOutput()
		if err != nil || !strings.Contains(string(out), first) {
			t.Errorf("ssh-keygen reads %q, %v; want %s", out, err, first)
		}
	}
}

func TestFileHostKeyIsOneForAllWhoMakeItAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "host_ed25519")
	const makers = 16
	got := make([]string, makers)
	var all sync.WaitGroup
	for i := range makers {
		all.Go(func() { got[i] = fileHostKey(t, path) })
	}
	all.Wait()
	for _, fingerprint := range got {
		if fingerprint != got[0] {
			t.Fatalf("several keys: %q", got)
		}
	}
	wantAlone(t, path)
}

func TestFileHostKeyReplacesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "host_ed25519")
	write(t, path, []byte("somebody's notes"))
	_, err := keys.Open(t.Context(), keys.File(path))
	wantWords(t, err, "this is not PEM")
	if text, err := os.ReadFile(path); err != nil || string(text) != "somebody's notes" {
		t.Errorf("the file holds %q, %v", text, err)
	}
}

func TestFileHostKeySaysWhyItCannotMakeOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, nil)
	path := filepath.Join(file, "host_ed25519")
	_, err := keys.Open(t.Context(), keys.File(path))
	wantWords(t, err, path+": not a directory")
}

func TestSharedHostKeyIsOneForAllReplicas(t *testing.T) {
	vault := new(memoryVault)
	const replicas = 8
	got := make([]string, replicas)
	var all sync.WaitGroup
	for i := range replicas {
		all.Go(func() {
			ring, err := keys.Open(t.Context(), vault)
			if err != nil {
				t.Error(err)
				return
			}
			got[i] = keys.Fingerprint(ring[0].PublicKey())
		})
	}
	all.Wait()
	for _, fingerprint := range got {
		if fingerprint != got[0] || fingerprint == "" {
			t.Fatalf("several keys: %q", got)
		}
	}
}

func TestSharedHostKeyReplacesNothing(t *testing.T) {
	for name, kept := range map[string]string{"junk": "not PEM", "": "empty"} {
		vault := &memoryVault{text: []byte(name)}
		_, err := keys.Open(t.Context(), vault)
		wantWords(t, err, kept)
		if string(vault.text) != name {
			t.Errorf("the vault holds %q now", vault.text)
		}
	}
}

func TestSharedHostKeyTellsTheVaultsErrors(t *testing.T) {
	down := errors.New("redis is down")
	for _, vault := range []*memoryVault{{readErr: down}, {offerErr: down}} {
		if _, err := keys.Open(t.Context(), vault); !errors.Is(err, down) {
			t.Errorf("got %v, want %v", err, down)
		}
	}
}

// memoryVault is a Vault for tests; a nil text is an empty vault.
type memoryVault struct {
	mu   sync.Mutex
	text []byte

	readErr, offerErr, swapErr error
}

func (v *memoryVault) HostKey(context.Context) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.text, v.readErr
}

func (v *memoryVault) OfferHostKey(_ context.Context, text []byte) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.text == nil {
		v.text = text
	}
	return v.text, v.offerErr
}

func (v *memoryVault) SwapHostKey(_ context.Context, from, to []byte) (bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.swapErr != nil || !bytes.Equal(v.text, from) {
		return false, v.swapErr
	}
	v.text = to
	return true, nil
}

func fileHostKey(t *testing.T, path string) string {
	t.Helper()
	ring, err := keys.Open(t.Context(), keys.File(path))
	if err != nil {
		t.Error(err)
		return ""
	}
	return keys.Fingerprint(ring[0].PublicKey())
}

// wantAlone checks that nothing was left beside the file at path.
func wantAlone(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("the directory holds %v, want the key alone", entries)
	}
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func hostKeyPEM(t testing.TB) []byte {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(block)
}

func lockedPEM(t testing.TB) []byte {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(block)
}

func rsaPEM(t testing.TB, bits int) []byte {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private))
}

// x25519PEM is a well-formed private key that can agree but never sign.
func x25519PEM(t testing.TB) []byte {
	t.Helper()
	private, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf("PRIVATE KEY", der)
}
