package house

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// Ports hands out free TCP ports of the loopback address, none of them twice.
// Its zero value is ready and may be used from many goroutines.
type Ports struct {
	mu    sync.Mutex
	given map[int]bool
}

// Free returns a port on which nobody listens. The ports lie below the range
// from which systems take the near end of outgoing connections, so that no
// such connection takes one before its program listens there.
func (p *Ports) Free() (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range 1000 {
		port := 20000 + rand.IntN(12000)
		if !p.given[port] && listenable(port) {
			p.take(port)
			return port, nil
		}
	}
	return 0, errors.New("no free port was found in a thousand tries")
}

func (p *Ports) take(port int) {
	if p.given == nil {
		p.given = make(map[int]bool)
	}
	p.given[port] = true
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
