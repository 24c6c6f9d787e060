package keys_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"teahouse/keys"
)

func TestParsePublicReadsEveryTypeInUse(t *testing.T) {
	for name, key := range map[string]ssh.PublicKey{
		"ed25519":  ed25519Key(t),
		"ecdsa":    ecdsaKey(t),
		"rsa 2048": rsaKey(t, 2048),
	} {
		t.Run(name, func(t *testing.T) {
			line := authorized(key)
			got, err := keys.ParsePublic("  " + line + "  me@laptop \r\n")
			if err != nil {
				t.Fatal(err)
			}
			if got.Line() != line+" me@laptop" {
				t.Errorf("Line() = %q, want %q", got.Line(), line+" me@laptop")
			}
			if want := ssh.FingerprintSHA256(key); got.Fingerprint() != want || keys.Fingerprint(key) != want {
				t.Errorf("Fingerprint() = %q, want %q", got.Fingerprint(), want)
			}
		})
	}
}

func TestParsePublicKeepsNoDangerousComment(t *testing.T) {
	line := authorized(ed25519Key(t))
	for comment, want := range map[string]string{
		"":                        "",
		"me at  home":             "me at home",
		"\x1b[2Jme\x07":           "[2Jme",
		"evil\u202etxt":           "eviltxt",
		"bad\xff utf8":            "bad utf8",
		"a\u2028b\vc":             "a b c",
		"PRIVATE\tKEY":            "PRIVATE KEY",
		strings.Repeat("é", 1000): strings.Repeat("é", 64),
	} {
		got, err := keys.ParsePublic(line + " " + comment)
		if err != nil {
			t.Errorf("comment %q: %v", comment, err)
			continue
		}
		if got.Comment != want {
			t.Errorf("comment %q became %q, want %q", comment, got.Comment, want)
		}
		if want == "" && got.Line() != line {
			t.Errorf("Line() without a comment = %q", got.Line())
		}
	}
}

func TestParsePublicRefusesInWords(t *testing.T) {
	good := authorized(ed25519Key(t))
	for name, c := range map[string]struct{ line, words string }{
		"nothing":       {" \n", "there is no key"},
		"a word":        {"hello", "not a public key"},
		"truncated":     {good[:40], "not a public key"},
		"wrong type":    {strings.Replace(good, "ssh-ed25519", "ssh-rsa", 1), "not a public key"},
		"options":       {`command="ls" ` + good, "options"},
		"restrict":      {"restrict " + good, "options"},
		"two lines":     {good + "\n" + good, "more than one line"},
		"comment line":  {"# " + good, "comment"},
		"private key":   {string(hostKeyPEM(t)), "private key"},
		"SSH2 form":     {"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA", "ssh-keygen -i"},
		"weak RSA":      {authorized(rsaKey(t, 1024)), "1024 bits"},
		"DSA":           {dsaLine(), "DSA"},
		"certificate":   {authorized(certificate(t)), "certificate"},
		"far too long":  {good + strings.Repeat(" x", 10_000), "longer"},
		"fingerprint":   {keys.Fingerprint(ed25519Key(t)), "not a public key"},
		"open quote":    {`command="ls ` + good, "not a public key"},
		"type and junk": {"ssh-ed25519 !!!!", "not a public key"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := keys.ParsePublic(c.line)
			wantWords(t, err, c.words)
		})
	}
}

func TestParseFingerprint(t *testing.T) {
	good := keys.Fingerprint(ed25519Key(t))
	if got, err := keys.ParseFingerprint(" " + good + "\n"); err != nil || got != good {
		t.Errorf("ParseFingerprint(%q) = %q, %v", good, got, err)
	}
	for name, c := range map[string]struct{ s, words string }{
		"nothing":       {"", "not a fingerprint"},
		"MD5":           {"MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48", "sha256"},
		"bare MD5":      {"16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48", "sha256"},
		"lower case":    {"sha256:" + good[7:], "not a fingerprint"},
		"short":         {good[:49], "not a fingerprint"},
		"padded":        {good + "=", "not a fingerprint"},
		"not canonical": {"SHA256:" + strings.Repeat("A", 42) + "B", "not a fingerprint"},
		"line break":    {good[:20] + "\n" + good[20:], "not a fingerprint"},
		"whole line":    {"256 " + good + " me (ED25519)", "not a fingerprint"},
		"a whole file":  {strings.Repeat("x", 1<<20), "xxx…"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := keys.ParseFingerprint(c.s)
			wantWords(t, err, c.words)
		})
	}
}

// What is accepted must read the same again: it is stored as its Line.
func FuzzParsePublic(f *testing.F) {
	f.Add(authorized(ed25519Key(f)) + " me@laptop")
	f.Add(authorized(ecdsaKey(f)) + " \x1b]0;x\x07\u202e")
	f.Add(`no-pty,command="a b" ` + authorized(ed25519Key(f)))
	f.Add("-----BEGIN OPENSSH PRIVATE KEY-----")
	f.Fuzz(func(t *testing.T, line string) {
		first, err := keys.ParsePublic(line)
		if err != nil {
			return
		}
		second, err := keys.ParsePublic(first.Line())
		if err != nil {
			t.Fatalf("the line %q of an accepted key is refused: %v", first.Line(), err)
		}
		if second.Line() != first.Line() || second.Fingerprint() != first.Fingerprint() {
			t.Fatalf("%q became %q", first.Line(), second.Line())
		}
		if _, err := keys.ParseFingerprint(first.Fingerprint()); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParseFingerprint(f *testing.F) {
	f.Add(keys.Fingerprint(ed25519Key(f)))
	f.Add("MD5:00:11")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := keys.ParseFingerprint(s)
		if err != nil {
			return
		}
		if len(got) != 50 || strings.TrimSpace(s) != got {
			t.Fatalf("ParseFingerprint(%q) = %q", s, got)
		}
	})
}

func wantWords(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", words)
	}
	if !strings.Contains(err.Error(), words) {
		t.Errorf("the error %q does not say %q", err, words)
	}
}

func authorized(key ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

func sshKey(t testing.TB, public any) ssh.PublicKey {
	t.Helper()
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ed25519Key(t testing.TB) ssh.PublicKey {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return sshKey(t, public)
}

func ecdsaKey(t testing.TB) ssh.PublicKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return sshKey(t, &private.PublicKey)
}

func rsaKey(t testing.TB, bits int) ssh.PublicKey {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return sshKey(t, &private.PublicKey)
}

// dsaLine has the right sizes and no use: making real parameters takes seconds.
func dsaLine() string {
	number := func(bits int) *big.Int { return new(big.Int).SetBit(big.NewInt(1), bits-1, 1) }
	wire := struct {
		Type       string
		P, Q, G, Y *big.Int
	}{"ssh-dss", number(1024), number(160), big.NewInt(2), big.NewInt(4)}
	return "ssh-dss " + base64.StdEncoding.EncodeToString(ssh.Marshal(wire))
}

func certificate(t testing.TB) ssh.PublicKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert := &ssh.Certificate{ValidPrincipals: []string{"me"}, Key: ed25519Key(t), CertType: ssh.UserCert}
	if err := cert.SignCert(rand.Reader, signer); err != nil {
		t.Fatal(err)
	}
	return cert
}
