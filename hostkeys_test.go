package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	gossh "golang.org/x/crypto/ssh"

	"teahouse/e2e/house"
	"teahouse/keys"
	"teahouse/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestARunningServerFollowsItsHostKeys: what an operator does beside it holds
// for those who come next, and what cannot be used changes nothing.
func TestARunningServerFollowsItsHostKeys(t *testing.T) {
	dir := t.TempDir()
	p, log := runProgram(t, map[string]string{"DATA_DIR": dir})
	file := keys.File(filepath.Join(dir, "host_ed25519"))
	before := shownBy(t, p)

	next, err := keys.Change(t.Context(), file, keys.Ring.WithNext)
	must(t, err)
	_, err = keys.Change(t.Context(), file, func(r keys.Ring) (keys.Ring, error) { return r.Rotated(time.Now()) })
	must(t, err)
	want := keys.Fingerprint(next[1].PublicKey())
	storagetest.Until(t, "the next key is shown", func() bool { return shownBy(t, p) == want })
	if want == before {
		t.Error("it is the same key")
	}

	must(t, os.WriteFile(string(file), []byte("somebody's notes"), 0o600))
	storagetest.Until(t, "the log tells", func() bool { return strings.Contains(log.String(), "cannot be read again") })
	if got := shownBy(t, p); got != want {
		t.Errorf("%s is shown", got)
	}
	must(t, os.Remove(string(file)))
	storagetest.Until(t, "the log tells", func() bool { return strings.Contains(log.String(), "there is none") })
	if got := shownBy(t, p); got != want {
		t.Errorf("%s is shown", got)
	}
	if _, err := os.Stat(string(file)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a running server made a key: %v", err)
	}
}

// runProgram runs a server that looks for its host keys all the time, and stops
// it with the test.
func runProgram(t *testing.T, environ map[string]string) (*Program, *house.Transcript) {
	t.Helper()
	environ["SSH_ADDR"], environ["HTTP_ADDR"] = "127.0.0.1:0", "off"
	config, err := readConfig(environ)
	must(t, err)
	log := &house.Transcript{}
	ctx, stop := context.WithCancel(context.Background())
	p, err := NewProgram(ctx, config, slog.New(slog.NewTextHandler(log, nil)))
	must(t, err)
	p.keysEvery = 5 * time.Millisecond
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		must(t, errors.Join(<-ended, p.Close()))
	})
	return p, log
}

// shownBy gives the key that a client is shown who goes away at that.
func shownBy(t *testing.T, p *Program) (fingerprint string) {
	t.Helper()
	raw, err := net.Dial("tcp", p.sshListener.Addr().String())
	must(t, err)
	defer func() { _ = raw.Close() }()
	enough := errors.New("enough")
	_, _, _, err = gossh.NewClientConn(raw, "", &gossh.ClientConfig{
		HostKeyCallback: func(_ string, _ net.Addr, key gossh.PublicKey) error {
			fingerprint = keys.Fingerprint(key)
			return enough
		},
	})
	if !errors.Is(err, enough) && fingerprint == "" {
		t.Fatal(err)
	}
	return fingerprint
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestKeysWantsRightWords(t *testing.T) {
	good := "SHA256:" + strings.Repeat("A", 43)
	for words, ok := range map[string]bool{
		"": true, "chat.example.com": true, "next": true, "rotate": true, "drop " + good: true,
		"drop": false, "drop SHA256:x": false, "next now": false, "rotate 1 2": false, "*.example.com": false, "a:0": false,
	} {
		do, err := keysVerb(strings.Fields(words))
		if (do != nil) != ok || (err == nil) != ok || !ok && !errors.As(err, new(usageError)) {
			t.Errorf("keys %s: %v", words, err)
		}
	}
}
