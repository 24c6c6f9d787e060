package command_test

import (
	"crypto/ed25519"
	"io"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/chat"
	"teahouse/app/command"
)

// newKey gives a key's line and its fingerprint.
func newKey(t *testing.T) (line, fingerprint string) {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	must(t, err)
	key, err := gossh.NewPublicKey(public)
	must(t, err)
	return strings.TrimSpace(string(gossh.MarshalAuthorizedKey(key))), gossh.FingerprintSHA256(key)
}

func TestKeys(t *testing.T) {
	h := open(t)
	line, fingerprint := newKey(t)
	if out := h.does("alice", "keys add "+line+" me@laptop"); !strings.Contains(out, "  "+fingerprint) {
		t.Errorf("keys add prints %q", out)
	}
	h.does("alice", "keys add", line, "\n") // again, and from a file
	if out := h.does("alice", "keys"); strings.Count(out, "\n") != 2 || !strings.Contains(out, "* SHA256:alice") {
		t.Errorf("keys prints %q", out)
	}
	user, isNew, err := h.svc.Enter(t.Context(), chat.Key{Fingerprint: fingerprint, Line: line}, "somebody")
	if err != nil || isNew || user.Name != "alice" {
		t.Errorf("the new key opens %q, %v", user.Name, err)
	}
	h.does("alice", "keys remove "+fingerprint)
	if out := h.does("alice", "keys"); strings.Contains(out, fingerprint) {
		t.Errorf("keys prints %q", out)
	}
}

// TestLinesEndWithTheKey: who sends lines for as long as they come, by a key that is
// removed meanwhile, is soon nobody's voice any more.
func TestLinesEndWithTheKey(t *testing.T) {
	t.Parallel()
	h := open(t)
	line, fingerprint := newKey(t)
	h.does("alice", "keys add "+line)
	in, lines := io.Pipe()
	bot := h.call("alice", in, io.Discard)
	bot.Key = chat.Key{Fingerprint: fingerprint, Line: line}
	done := make(chan error, 1)
	go func() {
		done <- command.Run(t.Context(), "send general --lines", bot)
		_ = in.Close() // no error of a pipe's
	}()
	say := func() error {
		_, err := io.WriteString(lines, "tea\n")
		return err
	}
	must(t, say())
	h.does("alice", "keys remove "+fingerprint)
	next := time.NewTicker(100 * time.Millisecond)
	defer next.Stop()
	for deadline := time.After(time.Minute); ; {
		select {
		case err := <-done:
			if !strings.Contains(words(err), "does not open alice any more") {
				t.Errorf("it ended with %v", err)
			}
			return
		case <-next.C:
			_ = say() // which fails where it has ended just now
		case <-deadline:
			t.Fatal("it goes on")
		}
	}
}

func TestKeysRefuses(t *testing.T) {
	h := open(t)
	line, fingerprint := newKey(t)
	_, stranger := newKey(t)
	h.does("bob", "keys add "+line)
	h.refused("keys add "+line, "belongs to somebody already")
	h.refused("keys remove "+fingerprint, "is not one of your keys")
	h.refused("keys remove "+stranger, "is not one of your keys")
	h.refused("keys add", "key")
	h.refused("keys add ssh-ed25519 AAAA", "this is not a public key")
	h.refused("keys add", "key", strings.Repeat("x", 1<<20))
	h.refused("keys remove", "SHA256:")
	h.refused("keys remove SHA256:nonsense", "fingerprint")
	h.refused("keys lose", `keys does not know "lose"`)
}

func TestTheLastKeyStays(t *testing.T) {
	h := open(t)
	line, fingerprint := newKey(t)
	key := chat.Key{Fingerprint: fingerprint, Line: line}
	user, _, err := h.svc.Enter(t.Context(), key, "carol")
	must(t, err)
	c := h.call("dave", nil, io.Discard)
	c.User, c.Key = user, key
	err = command.Run(t.Context(), "keys remove "+fingerprint, c)
	if chat.ErrorCode(err) != chat.CodeRefused {
		t.Errorf("removing it: %v", err)
	}
	if again, isNew, err := h.svc.Enter(t.Context(), key, "x"); err != nil || isNew || again.ID != user.ID {
		t.Errorf("afterwards the key opens %+v, %v", again, err)
	}
}
