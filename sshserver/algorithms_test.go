package sshserver_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"
)

// TestWhatTheServerOffers: all of it, in order, as the real ssh is told. The
// post-quantum exchange is the first, strict key exchange is on, and no cipher
// is there that needs a MAC which is not computed over the encrypted text.
func TestWhatTheServerOffers(t *testing.T) {
	offer := offered(t, open(t))
	for what, want := range map[string]string{
		"KEX algorithms":      "mlkem768x25519-sha256,curve25519-sha256,curve25519-sha256@libssh.org,kex-strict-s-v00@openssh.com",
		"host key algorithms": "ssh-ed25519",
		"ciphers ctos":        "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes256-ctr",
		"ciphers stoc":        "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes256-ctr",
		"MACs ctos":           "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com",
		"MACs stoc":           "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com",
		"compression ctos":    "none",
		"server-sig-algs": "ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521," +
			"sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-256,rsa-sha2-512",
	} {
		if offer[what] != want {
			t.Errorf("%s:\n%s, want\n%s", what, offer[what], want)
		}
	}
}

// TestARSAHostKeyIsOfferedWithSHA2Alone also where it is the only host key.
func TestARSAHostKeyIsOfferedWithSHA2Alone(t *testing.T) {
	offer := offered(t, open(t, showing(rsaSigner(t))))
	if got := offer["host key algorithms"]; got != "rsa-sha2-256,rsa-sha2-512" {
		t.Errorf("the host key is offered as %s", got)
	}
}

// offered is what ssh -vvv tells of the server's proposal, by its own headings.
func offered(t *testing.T, d *door) map[string]string {
	t.Helper()
	trace := d.openSSH("-vvv", "whoami")
	_, theirs, found := strings.Cut(trace, "peer server KEXINIT proposal")
	if !found {
		t.Fatalf("ssh tells of no proposal:\n%s", trace)
	}
	offer := map[string]string{}
	for _, line := range regexp.MustCompile(`(?m)^debug2: ([A-Za-z ]+): (\S+)\s*$`).FindAllStringSubmatch(theirs, -1) {
		if _, told := offer[line[1]]; !told {
			offer[line[1]] = line[2]
		}
	}
	if sig := regexp.MustCompile(`server-sig-algs=<([^>]*)>`).FindStringSubmatch(theirs); sig != nil {
		offer["server-sig-algs"] = sig[1]
	}
	return offer
}

// openSSH runs the real client, with a key of its own, and gives all it wrote.
func (d *door) openSSH(args ...string) string {
	d.t.Helper()
	ssh, err := exec.LookPath("ssh")
	if err != nil {
		d.t.Skip("there is no ssh")
	}
	key := d.keyFile(newPrivate(d.t))
	_, port, err := net.SplitHostPort(d.addr)
	must(d.t, err)
	options := []string{"-F", "none", "-i", key, "-p", port, "-l", "opal", "-T", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
		"-o", "IdentityAgent=none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=20"}
	last := len(args) - 1
	cmd := exec.CommandContext(d.t.Context(), ssh, append(append(options, args[:last]...), "127.0.0.1", args[last])...)
	out, _ := cmd.CombinedOutput() // a refusal is in what it wrote
	return string(out)
}

func (d *door) keyFile(private any) string {
	d.t.Helper()
	block, err := gossh.MarshalPrivateKey(private, "")
	must(d.t, err)
	path := filepath.Join(d.t.TempDir(), "key")
	must(d.t, os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
	return path
}

// TestThePostQuantumExchangeComesFirst where both have it.
func TestThePostQuantumExchangeComesFirst(t *testing.T) {
	d := open(t)
	c := d.join("pat")
	got := c.Conn.(gossh.AlgorithmsConnMetadata).Algorithms()
	if got.KeyExchange != gossh.KeyExchangeMLKEM768X25519 {
		t.Errorf("the keys were exchanged by %s", got.KeyExchange)
	}
	if !slices.Contains(strings.Fields(sshQuery(t, "kex")), "mlkem768x25519-sha256") {
		t.Log("the ssh that is installed has no mlkem768x25519-sha256: only the client of x/crypto was tried")
		return
	}
	wantText(t, "ssh's trace", d.openSSH("-vv", "whoami"), "kex: algorithm: mlkem768x25519-sha256")
}

// TestStrictKeyExchangeIsOn (Terrapin): the real ssh says so where it knows of
// it. That the server offers it is in TestWhatTheServerOffers, for all clients.
func TestStrictKeyExchangeIsOn(t *testing.T) {
	trace := open(t).openSSH("-vvv", "whoami")
	if !strings.Contains(trace, "kex-strict-c-v00@openssh.com") {
		t.Skip("the ssh that is installed does not know of it")
	}
	wantText(t, "ssh's trace", trace, "will use strict KEX ordering")
}

func sshQuery(t *testing.T, what string) string {
	t.Helper()
	out, err := exec.Command("ssh", "-Q", what).Output()
	if err != nil {
		t.Skipf("ssh -Q %s: %v", what, err)
	}
	return string(out)
}

// TestOldAlgorithmsAreRefused by all that OpenSSH still has but one may not use.
// Where nothing is in common, the words are the client's.
func TestOldAlgorithmsAreRefused(t *testing.T) {
	d := open(t)
	for option, c := range map[string]struct{ query, old, words, with string }{
		"KexAlgorithms": {"kex", `^diffie-hellman-|^ecdh-`, "no matching key exchange method found", ""},
		"Ciphers":       {"cipher", `-cbc|arcfour|3des|aes(128|192)-ctr`, "no matching cipher found", ""},
		// A MAC is only agreed on beside a cipher that needs one.
		"MACs":              {"mac", `md5|sha1|umac|^hmac-sha2-(256|512)$`, "no matching MAC found", "Ciphers=aes256-ctr"},
		"HostKeyAlgorithms": {"key", `^ssh-rsa$|^ssh-dss$|cert`, "no matching host key type found", ""},
	} {
		old := regexp.MustCompile(c.old)
		for _, name := range strings.Fields(sshQuery(t, c.query)) {
			if !old.MatchString(name) {
				continue
			}
			args := []string{"-o", option + "=" + name}
			if c.with != "" {
				args = append(args, "-o", c.with)
			}
			if out := d.openSSH(append(args, "whoami")...); !strings.Contains(out, c.words) {
				t.Errorf("%s=%s: ssh says %q", option, name, out)
			}
		}
	}
	wantText(t, "the control", d.openSSH("-o", "Ciphers=aes256-ctr", "-o", "MACs=hmac-sha2-256-etm@openssh.com", "whoami"), "opal")
}

// What no OpenSSH has any more, or has no option for.
func TestOlderAlgorithmsAreRefused(t *testing.T) {
	d := open(t)
	for name, config := range map[string]gossh.Config{
		"arcfour":       {Ciphers: []string{"arcfour"}},
		"arcfour256":    {Ciphers: []string{"arcfour256"}},
		"aes128-cbc":    {Ciphers: []string{"aes128-cbc"}},
		"3des-cbc":      {Ciphers: []string{"3des-cbc"}},
		"hmac-sha1-96":  {Ciphers: []string{gossh.CipherAES256CTR}, MACs: []string{"hmac-sha1-96"}},
		"hmac-sha2-256": {Ciphers: []string{gossh.CipherAES256CTR}, MACs: []string{gossh.HMACSHA256}},
		"group1":        {KeyExchanges: []string{"diffie-hellman-group1-sha1"}},
		"group14":       {KeyExchanges: []string{gossh.KeyExchangeDH14SHA256}},
		"gex":           {KeyExchanges: []string{gossh.KeyExchangeDHGEXSHA256}},
	} {
		_, _, _, err := gossh.NewClientConn(d.connect(), d.addr, &gossh.ClientConfig{
			Config: config, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
		})
		if err == nil {
			t.Errorf("%s was negotiated", name)
			continue
		}
		wantText(t, name, err.Error(), "no common algorithm")
	}
}

// TestSignaturesByOldAlgorithmsAreRefused: an RSA key is good for SHA-2 alone.
func TestSignaturesByOldAlgorithmsAreRefused(t *testing.T) {
	d := open(t)
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	signer, err := gossh.NewSignerFromKey(private)
	must(t, err)
	for algorithm, in := range map[string]bool{
		gossh.KeyAlgoRSA: false, gossh.KeyAlgoRSASHA256: true, gossh.KeyAlgoRSASHA512: true,
	} {
		only, err := gossh.NewSignerWithAlgorithms(signer.(gossh.AlgorithmSigner), []string{algorithm})
		must(t, err)
		if _, err := d.try("old", gossh.PublicKeys(only)); (err == nil) != in {
			t.Errorf("%s: %v", algorithm, err)
		}
	}
}

// TestWeakKeysAreToldWhy: the client reads what is wrong with its key.
func TestWeakKeysAreToldWhy(t *testing.T) {
	d := open(t)
	private, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	signer, err := gossh.NewSignerFromKey(private)
	must(t, err)
	var read []string
	ask := gossh.KeyboardInteractive(func(name, words string, q []string, e []bool) ([]string, error) {
		read = append(read, words)
		return answerNothing(name, words, q, e)
	})
	if _, err := d.try("old", gossh.PublicKeys(signer), ask); err == nil {
		t.Fatal("a key of 1024 bits came in")
	}
	wantText(t, "what the client read", strings.Join(read, ""), "1024 bits")
	wantText(t, "what the client read", strings.Join(read, ""), "ssh-keygen -t ed25519")
}

// TestSecurityKeysComeIn: keys that live in a token, by their two types.
func TestSecurityKeysComeIn(t *testing.T) {
	d := open(t)
	for name, signer := range map[string]*token{"ed25519": ed25519Token(t), "ecdsa": ecdsaToken(t)} {
		t.Run(name, func(t *testing.T) {
			c, err := d.try("tina"+name, gossh.PublicKeys(signer))
			must(t, err)
			wantText(t, "whoami", c.run("whoami").out, gossh.FingerprintSHA256(signer.PublicKey()))

			untouched := *signer
			untouched.flags = 0
			if _, err := d.try("tina", gossh.PublicKeys(&untouched)); err == nil {
				t.Error("a token that nobody touched came in")
			}
			other := *signer
			other.signs = "ssh:other"
			if _, err := d.try("tina", gossh.PublicKeys(&other)); err == nil {
				t.Error("a signature for another application came in")
			}
		})
	}
}

// token is a FIDO security key in software: it signs SHA256(application),
// flags, counter, SHA256(message) (OpenSSH's PROTOCOL.u2f).
type token struct {
	public gossh.PublicKey
	signs  string // the application in what is signed
	flags  byte
	sign   func(message []byte) []byte
}

const application = "ssh:"

func (k *token) PublicKey() gossh.PublicKey { return k.public }

func (k *token) Sign(_ io.Reader, data []byte) (*gossh.Signature, error) {
	told := gossh.Marshal(struct {
		Flags   byte
		Counter uint32
	}{k.flags, 7})
	of, message := sha256.Sum256([]byte(k.signs)), sha256.Sum256(data)
	signed := bytes.Join([][]byte{of[:], told, message[:]}, nil)
	return &gossh.Signature{Format: k.public.Type(), Blob: k.sign(signed), Rest: told}, nil
}

func newToken(t *testing.T, public any, sign func([]byte) []byte) *token {
	t.Helper()
	key, err := gossh.ParsePublicKey(gossh.Marshal(public))
	must(t, err)
	return &token{public: key, signs: application, flags: 1, sign: sign}
}

func ed25519Token(t *testing.T) *token {
	t.Helper()
	private := newPrivate(t)
	return newToken(t, struct {
		Type        string
		Key         []byte
		Application string
	}{gossh.KeyAlgoSKED25519, private.Public().(ed25519.PublicKey), application}, func(message []byte) []byte {
		return ed25519.Sign(private, message)
	})
}

func ecdsaToken(t *testing.T) *token {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	public, err := private.PublicKey.Bytes()
	must(t, err)
	return newToken(t, struct {
		Type, Curve string
		Key         []byte
		Application string
	}{gossh.KeyAlgoSKECDSA256, "nistp256", public, application}, func(message []byte) []byte {
		digest := sha256.Sum256(message)
		r, s, err := ecdsa.Sign(rand.Reader, private, digest[:])
		must(t, err)
		return gossh.Marshal(struct{ R, S *big.Int }{r, s})
	})
}

func newPrivate(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	return private
}
