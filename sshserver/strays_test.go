package sshserver

import (
	"context"
	"io"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/internal/contain"
)

// silence is a channel whose client sends nothing as errors. It tells when that
// is waited for.
type silence struct {
	gossh.Channel
	read chan struct{}
}

func (s *silence) Stderr() io.ReadWriter { return s }

func (s *silence) Read([]byte) (int, error) {
	close(s.read)
	return 0, io.EOF
}

// TestStrays: errors are dropped in all channels of a connection once much has
// come by it, in those that are opened then, and in none that has been closed.
func TestStrays(t *testing.T) {
	var s strays
	open := func() (*channel, *silence) {
		ch, end := newGuard(context.Background(), &contain.Panics{}), &silence{read: make(chan struct{})}
		ch.Channel = end
		s.opens(ch)
		return ch, end
	}
	first, firstEnd := open()
	second, secondEnd := open()
	third, thirdEnd := open()
	s.closes(third)
	s.comes(muchBytes - 1)
	for _, ch := range []*channel{first, second, third} {
		ch.work.Wait()
	}
	for _, end := range []*silence{firstEnd, secondEnd, thirdEnd} {
		select {
		case <-end.read:
			t.Error("errors are waited for where little has come")
		default:
		}
	}
	s.comes(1)
	fourth, fourthEnd := open()
	for _, end := range []*silence{firstEnd, secondEnd, fourthEnd} {
		<-end.read
	}
	s.comes(muchBytes)
	for _, ch := range []*channel{first, second, third, fourth} {
		ch.work.Wait()
	}
	select {
	case <-thirdEnd.read:
		t.Error("something is begun in a channel that is closed")
	default:
	}
}
