package keys

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// Host is where clients find a server: a name or an address, and a port.
type Host struct {
	Name string
	Port uint16
}

// ParseHost reads a host name or an address, with “:PORT” behind it where that
// is not 22.
func ParseHost(text string) (Host, error) {
	host := Host{Name: strings.TrimSuffix(text, "."), Port: 22}
	if name, port, err := net.SplitHostPort(text); err == nil {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return Host{}, fmt.Errorf("%q is not a port: it is a number from 1 to 65535", clip(port))
		}
		host = Host{Name: strings.TrimSuffix(name, "."), Port: uint16(n)}
	}
	if !isHostName(host.Name) && !host.isAddress() {
		return Host{}, fmt.Errorf("%q is not the name of a host: it looks like chat.example.com, chat.example.com:2222 or [2001:db8::1]:2222",
			clip(text))
	}
	return host, nil
}

// isHostName tells whether a name is one that DNS, a zone file and known_hosts
// all take as it stands.
func isHostName(name string) bool {
	if len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		bad := strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-_")
		if label == "" || len(label) > 63 || bad != "" || label[0] == '-' {
			return false
		}
	}
	return true
}

func (h Host) isAddress() bool {
	_, err := netip.ParseAddr(h.Name)
	return err == nil
}

// KnownHosts is the line by which a client's known_hosts knows the key.
func (h Host) KnownHosts(key ssh.PublicKey) string {
	return knownhosts.Line([]string{net.JoinHostPort(h.Name, strconv.Itoa(int(h.Port)))}, key)
}

// SSHFP is the key's record for a zone file (RFC 4255, 6594 and 7479), with
// its SHA-256. An address has none: records belong to names.
func (h Host) SSHFP(key ssh.PublicKey) (string, error) {
	if h.isAddress() {
		return "", errors.New("only names have SSHFP records")
	}
	numbers := map[string]int{
		ssh.KeyAlgoRSA: 1, ssh.KeyAlgoECDSA256: 3, ssh.KeyAlgoECDSA384: 3, ssh.KeyAlgoECDSA521: 3, ssh.KeyAlgoED25519: 4,
	}
	number, ok := numbers[key.Type()]
	if !ok {
		return "", fmt.Errorf("keys of type %s have no SSHFP records", key.Type())
	}
	const sha256Type = 2
	return fmt.Sprintf("%s. IN SSHFP %d %d %x", h.Name, number, sha256Type, sha256.Sum256(key.Marshal())), nil
}
