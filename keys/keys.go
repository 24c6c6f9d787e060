// Package keys reads, checks and makes the keys of a chat over SSH: the public
// keys that people are known by, and the private key that the server shows.
//
// Its errors say what is wrong and what to do about it, fit to be shown to the
// person who gave the key; none of them repeats a byte of a private key.
package keys

import (
	"crypto/rsa"
	"errors"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// minRSABits is what OpenSSH and NIST ask of an RSA key nowadays.
const minRSABits = 2048

// Fingerprint names a key as OpenSSH shows it: "SHA256:" and 43 characters.
func Fingerprint(key ssh.PublicKey) string {
	return ssh.FingerprintSHA256(key)
}

// Check refuses RSA keys below 2048 bits, which can be forged, and certificates,
// which are not keys: nobody here checks who issued them. DSA keys do not come
// this far: the ssh package knows them no more.
func Check(key ssh.PublicKey) error {
	if _, ok := key.(*ssh.Certificate); ok {
		return errors.New("this is a certificate, not a key: give the key itself")
	}
	if bits, ok := rsaBits(key); ok && bits < minRSABits {
		return fmt.Errorf("this RSA key has %d bits, fewer than %d, and can be forged: "+
			"make a new one with ssh-keygen -t ed25519", bits, minRSABits)
	}
	return nil
}

// rsaBits is the size of an RSA key; ok is false for a key of another type.
func rsaBits(key ssh.PublicKey) (bits int, ok bool) {
	holder, ok := key.(ssh.CryptoPublicKey)
	if !ok {
		return 0, false
	}
	public, ok := holder.CryptoPublicKey().(*rsa.PublicKey)
	if !ok {
		return 0, false
	}
	return public.N.BitLen(), true
}
