package house

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// Ports hands out free TCP ports of the loopback address, none of them twice,
// not even to two processes that test at the same time. Its zero value is
// ready and may be used from many goroutines.
type Ports struct {
	mu     sync.Mutex
	claims []net.PacketConn // a UDP socket for every port given: the mark that other processes see
}

// Free returns a port on which nobody listens. The ports lie below the range
// from which systems take the near end of outgoing connections, so that no
// such connection takes one before its program listens there.
func (p *Ports) Free() (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range 1000 {
		port := 20000 + rand.IntN(12000)
		if p.claim(port) {
			return port, nil
		}
	}
	return 0, errors.New("no free port was found in a thousand tries")
}

// claim marks a port as given, by holding the UDP port of the same number: the
// system keeps it from everyone else, and frees it when this process is over.
func (p *Ports) claim(port int) bool {
	mark, err := net.ListenPacket("udp", loopback(port))
	if err != nil {
		return false
	}
	p.claims = append(p.claims, mark)
	return listenable(port)
}

func listenable(port int) bool {
	l, err := net.Listen("tcp", loopback(port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func loopback(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// reachable says whether something accepts connections at addr.
func reachable(addr string) error {
	c, err := net.DialTimeout("tcp", addr, lookEvery*10)
	if err != nil {
		return fmt.Errorf("connecting to %s: %w", addr, err)
	}
	return c.Close()
}
