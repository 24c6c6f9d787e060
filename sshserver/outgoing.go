package sshserver

import (
	"net"
	"sync"
	"sync/atomic"

	"teahouse/internal/paper"
)

// outgoing has packets travel together that are sent one right after the other.
// The library writes each by itself, and each write is a packet of the network's,
// and wakes up the client.
//
// A write holds mu for as long as the client does not read. Who reads must not
// wait for that: a client may want its own to be read first.
type outgoing struct {
	early atomic.Bool // what is held must be written before the server reads

	mu    sync.Mutex
	keyed bool    // the last packet that anybody can read has been written
	holds bool    // all that is written waits until release
	held  *[]byte // waits to be written, on paper; nil: nothing does
	paper *paper.Stack
}

// Packets of the first key exchange, which are not encrypted: where their type
// stands (RFC 4253, section 6), and two types (RFC 5656, section 4; RFC 4253,
// section 12).
const (
	packetType    = 5
	packetReply   = 31
	packetNewKeys = 21
)

// write writes to the connection, or has p wait. The answer to a key exchange
// waits for NEWKEYS, which comes next, and both for EXT_INFO, which comes next
// where the client wants it; elsewhere the server reads.
func (o *outgoing) write(to net.Conn, p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	waits := o.holds || o.isFollowed(p)
	if o.held == nil && !waits {
		return to.Write(p)
	}
	if o.held == nil {
		o.held = o.paper.Lend()
	}
	*o.held = append(*o.held, p...)
	if waits {
		return len(p), nil
	}
	return len(p), o.flush(to)
}

// isFollowed tells whether a packet is of those that others come right after.
func (o *outgoing) isFollowed(p []byte) bool {
	if o.keyed || len(p) <= packetType {
		return false
	}
	o.keyed = p[packetType] == packetNewKeys
	followed := o.keyed || p[packetType] == packetReply
	o.early.Store(followed)
	return followed
}

// hold has all that is written wait until release, which must be soon.
func (o *outgoing) hold() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.holds = true
}

// release writes what has waited since hold.
func (o *outgoing) release(to net.Conn) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.holds = false
	return o.flush(to)
}

// reads writes what waits for something that does not come before the server
// reads.
func (o *outgoing) reads(to net.Conn) error {
	if !o.early.Load() {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.flush(to)
}

// flush writes what waits, if anything does. o.mu is held.
func (o *outgoing) flush(to net.Conn) error {
	all := o.held
	o.early.Store(false)
	if o.held = nil; all == nil {
		return nil
	}
	defer o.paper.Back(all)
	_, err := to.Write(*all)
	return err
}
