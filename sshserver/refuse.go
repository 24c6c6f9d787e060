package sshserver

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/chat"
)

// Reasons of a disconnection, as RFC 4253, section 11.1, has them.
const (
	hostNotAllowed     = 1
	byApplication      = 11
	tooManyConnections = 12
)

// refusal is why a connection is turned away.
type refusal struct {
	reason string // for the metric
	code   uint32 // for the client's program
	words  string // for the person
}

// knock is called when a client has sent its first byte: whoever only looks
// whether the port is open is neither counted nor refused. Its error means that
// the client was turned away, with words.
func (s *Server) knock(c *conn) error {
	r := s.judge(c)
	if r == nil {
		deepen() // whoever says nothing, or is refused, needs none of it
		return nil
	}
	s.metrics.refused.WithLabelValues(r.reason).Inc()
	err := fmt.Errorf("refused: %s", r.words)
	return errors.Join(err, refuse(c.Conn, r.code, r.words, s.limits.Farewell))
}

// judge tells why a connection may not come in, or nil, and counts it in.
func (s *Server) judge(c *conn) *refusal {
	if s.isDraining() {
		return &refusal{reasonDrain, byApplication, chat.ErrorText(restarts())}
	}
	if s.opts.Barred != nil && c.from.IsValid() {
		if err := s.opts.Barred(c.from); err != nil {
			return &refusal{reasonBarred, hostNotAllowed, chat.ErrorText(err)}
		}
	}
	if !s.pace.admits(c.from, time.Now()) {
		return &refusal{reasonPace, tooManyConnections, "too many new connections from your address; try again in a minute"}
	}
	leave, ok := s.crowd.enter(c.from)
	if !ok {
		return &refusal{reasonAddress, tooManyConnections, fmt.Sprintf(
			"too many connections from your address: %d are open, which is the most; close some", s.crowd.limit)}
	}
	c.leave = leave
	if s.opts.MaxSessions > 0 && s.Connections() > s.opts.MaxSessions+s.lobby.limit {
		return &refusal{reasonFull, tooManyConnections, "the chat is full; try again later"}
	}
	return nil
}

// refuse tells a client, whom the server's version line has reached and nothing
// else, why it has to go: RFC 4253, section 11.1, in the packets that there are
// before keys are. Then it waits for the client to close, since closing first
// may take the words back from it, but for no longer than within.
func refuse(c net.Conn, code uint32, words string, within time.Duration) error {
	if err := c.SetDeadline(time.Now().Add(within)); err != nil {
		return fmt.Errorf("refusing a client: %w", err)
	}
	if _, err := c.Write(disconnect(code, words)); err != nil {
		return fmt.Errorf("refusing a client: %w", err)
	}
	if half, ok := bare(c).(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // fails where the client is gone
	}
	_, _ = io.CopyN(io.Discard, c, 64<<10) // it ends as it ends
	return nil
}

// bare gives the connection that a proxy's was read from.
func bare(c net.Conn) net.Conn {
	if p, ok := c.(interface{ Raw() net.Conn }); ok {
		return p.Raw()
	}
	return c
}

// disconnect is a packet without encryption, padded to blocks of 8 bytes, with
// 4 bytes of padding at the least (RFC 4253, section 6).
func disconnect(code uint32, words string) []byte {
	payload := gossh.Marshal(struct {
		Code     uint32 `sshtype:"1"`
		Words    string
		Language string
	}{Code: code, Words: chat.Printable(words)})
	const head, block, least = 5, 8, 4
	padding := least + (block-(head+len(payload)+least)%block)%block
	packet := binary.BigEndian.AppendUint32(nil, uint32(1+len(payload)+padding))
	packet = append(packet, byte(padding))
	return append(append(packet, payload...), make([]byte, padding)...)
}
