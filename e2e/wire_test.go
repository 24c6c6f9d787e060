package e2e

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// Numbers of messages (RFC 4250, 4.1.2).
const (
	msgDisconnect     = 1
	msgKexInit        = 20
	msgNewKeys        = 21
	msgExchangeInit   = 30
	msgUserauth       = 50
	msgFailure        = 51
	msgSuccess        = 52
	msgBanner         = 53
	msgKeyOk          = 60 // and a question of keyboard-interactive
	msgAnswers        = 61
	msgGlobalRequest  = 80
	msgOpen           = 90
	msgOpenConfirmed  = 91
	msgData           = 94
	msgExtendedData   = 95
	msgChannelClose   = 97
	msgChannelRequest = 98
)

// wire is the client's side of an SSH connection without manners: whatever it
// is told to send goes out, in whatever order. It speaks one algorithm of each
// kind, and does not look who the server is.
type wire struct {
	net.Conn
	session  []byte // the session's id
	send     *seal  // nil before keys were exchanged
	receive  *seal
	announce []byte // our KEXINIT, which goes into the session's id
}

// seal is AES-GCM as RFC 5647 and OpenSSH use it.
type seal struct {
	cipher.AEAD
	nonce []byte
}

// dialWire connects and exchanges keys.
func dialWire(address string) (*wire, error) {
	c, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return nil, err
	}
	w := &wire{Conn: c}
	if err := errors.Join(c.SetDeadline(time.Now().Add(30*time.Second)), w.exchange()); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return w, nil
}

const ourVersion = "SSH-2.0-intruder"

// exchange does RFC 4253, 7 and 8, with X25519 (RFC 8731).
func (w *wire) exchange() error {
	if _, err := io.WriteString(w, ourVersion+"\r\n"); err != nil {
		return err
	}
	version, err := w.readLine()
	if err != nil {
		return err
	}
	theirs, err := w.negotiate()
	if err != nil {
		return err
	}
	ours, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	public := ours.PublicKey().Bytes()
	if err := w.write(gossh.Marshal(struct {
		Public []byte `sshtype:"30"`
	}{public})); err != nil {
		return err
	}
	packet, err := w.read()
	if err != nil {
		return err
	}
	var reply struct {
		HostKey, Public, Signature []byte `sshtype:"31"`
	}
	if err := gossh.Unmarshal(packet, &reply); err != nil {
		return err
	}
	secret, err := agree(ours, reply.Public)
	if err != nil {
		return err
	}
	hash := sha256.Sum256(gossh.Marshal(struct {
		OurVersion, Version                            string
		OurInit, Init, HostKey, OurPublic, TheirPublic []byte
		Secret                                         *big.Int
	}{ourVersion, version, w.announce, theirs, reply.HostKey, public, reply.Public, secret}))
	w.session = hash[:]
	return w.takeKeys(secret)
}

func agree(ours *ecdh.PrivateKey, theirs []byte) (*big.Int, error) {
	public, err := ecdh.X25519().NewPublicKey(theirs)
	if err != nil {
		return nil, err
	}
	secret, err := ours.ECDH(public)
	return new(big.Int).SetBytes(secret), err
}

func (w *wire) readLine() (string, error) {
	var line []byte
	for b := make([]byte, 1); b[0] != '\n'; line = append(line, b[0]) {
		if _, err := io.ReadFull(w, b); err != nil {
			return "", err
		}
	}
	return string(bytes.TrimRight(line, "\r\n")), nil
}

// negotiate tells the server of the algorithms, and gives what it told.
func (w *wire) negotiate() (theirs []byte, err error) {
	const cipher = "aes128-gcm@openssh.com"
	w.announce = gossh.Marshal(struct {
		Cookie                       [16]byte `sshtype:"20"`
		Exchange, HostKey            []string
		CipherOut, CipherIn          []string
		MACOut, MACIn, ZipOut, ZipIn []string
		LanguageOut, LanguageIn      []string
		Follows                      bool
		Reserved                     uint32
	}{
		Exchange: []string{"curve25519-sha256"}, HostKey: []string{"ssh-ed25519"},
		CipherOut: []string{cipher}, CipherIn: []string{cipher},
		MACOut: []string{"hmac-sha2-256-etm@openssh.com"}, MACIn: []string{"hmac-sha2-256-etm@openssh.com"},
		ZipOut: []string{"none"}, ZipIn: []string{"none"},
	})
	if err := w.write(w.announce); err != nil {
		return nil, err
	}
	theirs, err = w.read()
	if err == nil && theirs[0] != msgKexInit {
		err = fmt.Errorf("message %d in the place of KEXINIT", theirs[0])
	}
	return theirs, err
}

// takeKeys has both sides use the keys that were agreed upon.
func (w *wire) takeKeys(secret *big.Int) error {
	if err := w.write([]byte{msgNewKeys}); err != nil {
		return err
	}
	if packet, err := w.read(); err != nil || packet[0] != msgNewKeys {
		return errors.Join(err, fmt.Errorf("no NEWKEYS but %v", packet))
	}
	var err, errIn error
	w.send, err = w.newSeal(secret, 'A', 'C')
	w.receive, errIn = w.newSeal(secret, 'B', 'D')
	return errors.Join(err, errIn)
}

func (w *wire) newSeal(secret *big.Int, nonce, key byte) (*seal, error) {
	derive := func(letter byte) []byte {
		all := append(gossh.Marshal(struct{ Secret *big.Int }{secret}), w.session...)
		sum := sha256.Sum256(append(append(all, letter), w.session...))
		return sum[:]
	}
	block, err := aes.NewCipher(derive(key)[:16])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &seal{aead, derive(nonce)[:12]}, err
}

// next steps the invocation counter.
func (s *seal) next() {
	counter := s.nonce[4:]
	binary.BigEndian.PutUint64(counter, binary.BigEndian.Uint64(counter)+1)
}

// write sends one packet (RFC 4253, 6).
func (w *wire) write(payload []byte) error {
	const block = 16
	length := 5 + len(payload)
	if w.send != nil {
		length -= 4 // it is not encrypted
	}
	padding := block - length%block
	if padding < 4 {
		padding += block
	}
	packet := binary.BigEndian.AppendUint32(nil, uint32(1+len(payload)+padding))
	packet = append(append(packet, byte(padding)), payload...)
	packet = append(packet, make([]byte, padding)...)
	if w.send != nil {
		packet = w.send.Seal(packet[:4:4], w.send.nonce, packet[4:], packet[:4])
		w.send.next()
	}
	_, err := w.Write(packet)
	return err
}

// read receives one packet.
func (w *wire) read() ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(w, head); err != nil {
		return nil, err
	}
	length := int(binary.BigEndian.Uint32(head))
	if w.receive != nil {
		length += w.receive.Overhead()
	}
	if length > 1<<20 {
		return nil, fmt.Errorf("a packet of %d bytes", length)
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(w, body); err != nil {
		return nil, err
	}
	if w.receive != nil {
		plain, err := w.receive.Open(nil, w.receive.nonce, body, head)
		if err != nil {
			return nil, err
		}
		w.receive.next()
		body = plain
	}
	if len(body) < 2 || len(body) <= int(body[0])+1 {
		return nil, errors.New("an empty packet")
	}
	return body[1 : len(body)-int(body[0])], nil
}
