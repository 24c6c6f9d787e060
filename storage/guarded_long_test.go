//go:build long

package storage_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/storage/storagetest"
)

func TestLongPassword(t *testing.T) {
	r := server(t, "--requirepass", "kettle")
	storagetest.Run(t, storagetest.Visit(t, "redis://:kettle@"+r.Addr()))
}

func TestLongUnixSocket(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	server(t, "--unixsocket", socket)
	storagetest.Run(t, storagetest.Visit(t, "unix://"+socket))
}

// TestLongACL runs the suite as the user that docs/redis.md tells to make.
func TestLongACL(t *testing.T) {
	admin := server(t).Client()
	if err := admin.Do(t.Context(), aclCommand(t)...).Err(); err != nil {
		t.Fatal(err)
	}
	url := "redis://teahouse:PASSWORD@" + admin.Options().Addr
	storagetest.Run(t, storagetest.VisitBy(t, url, admin))
}

// aclCommand finds the line in the manual.
func aclCommand(t *testing.T) (words []any) {
	t.Helper()
	manual, err := os.ReadFile("../docs/redis.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(manual), "    ACL SETUSER teahouse ")
	line, _, _ := strings.Cut(strings.ReplaceAll(rest, "\\\n", ""), "\n")
	if !ok {
		t.Fatal("the manual names no user")
	}
	for word := range strings.FieldsSeq("ACL SETUSER teahouse " + line) {
		words = append(words, word)
	}
	return words
}

// TestLongTLS has a certificate authority of its own, which SSL_CERT_FILE
// names. The process reads that variable once, so no test before may have made
// a TLS connection.
func TestLongTLS(t *testing.T) {
	tls, err := certificates()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string][]byte{"ca.pem": tls.ca, "cert.pem": tls.cert, "key.pem": tls.key} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SSL_CERT_FILE", filepath.Join(dir, "ca.pem"))
	port, err := ports.Free()
	if err != nil {
		t.Fatal(err)
	}
	server(t, "--tls-port", strconv.Itoa(port), "--tls-auth-clients", "no", "--tls-ca-cert-file", filepath.Join(dir, "ca.pem"),
		"--tls-cert-file", filepath.Join(dir, "cert.pem"), "--tls-key-file", filepath.Join(dir, "key.pem"))
	storagetest.Run(t, storagetest.Visit(t, "rediss://localhost:"+strconv.Itoa(port)))

	// The certificate is looked at: it names no such host.
	options, err := redis.ParseURL("rediss://127.0.0.2:" + strconv.Itoa(port))
	if err != nil {
		t.Fatal(err)
	}
	options.MaintNotificationsConfig = noMaintenance
	stranger := redis.NewClient(options)
	defer func() { _ = stranger.Close() }()
	if err := stranger.Ping(t.Context()).Err(); err == nil {
		t.Error("a certificate for another name was taken")
	}
}

// bundle is what TLS needs, as PEM.
type bundle struct{ ca, cert, key []byte }

// certificates makes an authority, and a certificate for localhost that is its
// own: the same ones each time, as the process remembers the first.
var certificates = sync.OnceValues(func() (bundle, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return bundle{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return bundle{}, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	return bundle{ca: text, cert: text, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})}, err
})
