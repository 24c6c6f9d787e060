package sshserver

import (
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"teahouse/internal/paper"
)

// wire notes what is written to it, write by write.
type wire struct {
	net.Conn
	wrote []string
	fails error
}

func (w *wire) Write(p []byte) (int, error) {
	w.wrote = append(w.wrote, string(p))
	return len(p), w.fails
}

// packet is one that is not encrypted, of a type.
func packet(kind byte) string { return "\x00\x00\x00\x0c\x0a" + string(rune(kind)) + "..........." }

// TestOutgoing: what waits goes out with what it waits for, in the order in which
// it was written, and at the latest when the server reads or lets go.
func TestOutgoing(t *testing.T) {
	const version, sealed, more = "SSH-2.0-test\r\n", "\x8a\xe0\x1f\x02\x15\x1f\x1f\x1f", "\x01\x02\x03\x04\x05\x15\x15"
	init, reply, newKeys := packet(20), packet(packetReply), packet(packetNewKeys)
	read, hold, release := "read", "hold", "release"
	for name, tt := range map[string]struct{ do, want []string }{
		"with EXT_INFO":       {[]string{version, init, reply, newKeys, sealed, more}, []string{version, init, reply + newKeys + sealed, more}},
		"without":             {[]string{reply, newKeys, read, sealed, more}, []string{reply + newKeys, sealed, more}},
		"an error after all":  {[]string{reply, packet(1)}, []string{reply + packet(1)}},
		"of another exchange": {[]string{reply, read, reply, newKeys, sealed}, []string{reply, reply + newKeys + sealed}},
		"short":               {[]string{"\x00\x00\x00\x15\x1f", ""}, []string{"\x00\x00\x00\x15\x1f", ""}},
		"held":                {[]string{newKeys, more, hold, sealed, read, more, release, sealed}, []string{newKeys + more, sealed + more, sealed}},
		"held, and nothing":   {[]string{newKeys, more, hold, release, release, sealed}, []string{newKeys + more, sealed}},
	} {
		o := outgoing{paper: &paper.Stack{}}
		w := &wire{}
		for _, what := range tt.do {
			var err error
			switch what {
			case read:
				err = o.reads(w)
			case hold:
				o.hold()
			case release:
				err = o.release(w)
			default:
				var n int
				if n, err = o.write(w, []byte(what)); n != len(what) {
					t.Errorf("%s: %d bytes of %d are written", name, n, len(what))
				}
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if !slices.Equal(w.wrote, tt.want) {
			t.Errorf("%s: wrote %q, not %q", name, w.wrote, tt.want)
		}
	}
}

// TestOutgoingFails: that the client is gone is told to whoever has something
// written by what they do.
func TestOutgoingFails(t *testing.T) {
	gone := errors.New("gone")
	for name, do := range map[string]func(o *outgoing, w *wire) error{
		"reading": func(o *outgoing, w *wire) error { return o.reads(w) },
		"writing": func(o *outgoing, w *wire) error {
			_, err := o.write(w, []byte(packet(1)))
			return err
		},
		"letting go": func(o *outgoing, w *wire) error { return o.release(w) },
	} {
		o := outgoing{paper: &paper.Stack{}}
		w := &wire{fails: gone}
		if _, err := o.write(w, []byte(packet(packetReply))); err != nil {
			t.Errorf("%s: what waits fails: %v", name, err)
		}
		if err := do(&o, w); !errors.Is(err, gone) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

// deaf is a client that does not read until it is gone.
type deaf struct {
	net.Conn
	asked, gone chan struct{}
}

func (d deaf) Write(p []byte) (int, error) {
	close(d.asked)
	<-d.gone
	return len(p), nil
}

// TestOutgoingLetsRead: while a client does not read, be what is written to it
// one packet or several, it is read from.
func TestOutgoingLetsRead(t *testing.T) {
	const sealed = "\x8a\xe0\x1f\x02\x15\x1f\x1f\x1f"
	for name, write := range map[string]func(o *outgoing, to net.Conn) error{
		"one": func(o *outgoing, to net.Conn) error {
			_, err := o.write(to, []byte(sealed))
			return err
		},
		"several": func(o *outgoing, to net.Conn) error {
			o.hold()
			_, _ = o.write(to, []byte(sealed)) // it waits
			return o.release(to)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := outgoing{paper: &paper.Stack{}}
			for _, p := range []string{packet(packetNewKeys), sealed} {
				if _, err := o.write(&wire{}, []byte(p)); err != nil {
					t.Fatal(err)
				}
			}
			client := deaf{asked: make(chan struct{}), gone: make(chan struct{})}
			wrote, read := make(chan error, 1), make(chan error, 1)
			go func() { wrote <- write(&o, client) }()
			<-client.asked
			go func() { read <- o.reads(client) }()
			select {
			case err := <-read:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(time.Minute):
				t.Error("reading waits for what is written")
			}
			close(client.gone)
			if err := <-wrote; err != nil {
				t.Error(err)
			}
		})
	}
}
