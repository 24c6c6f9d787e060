//go:build long

package e2e

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// floodSize is how many connections there are in a flood.
const floodSize = 2000

// The kinds of floods.
const (
	floodSilent = "silent" // floodSize connections that say nothing
	floodMidway = "midway" // as many that stop mid-handshake
	floodVisits = "visits" // 200 a second that come, begin, and go
)

// floodOrder is where a process is told to be a flood, as JSON.
const floodOrder = "TEAHOUSE_FLOOD"

// flood is what somebody who means no good does to a server.
type flood struct {
	Kind       string
	Addr       string
	Proxied    bool // behind a proxy, which says where from
	Everywhere bool // from many addresses; else from one
}

// begin has a process of its own be a flood, and one that the others come before:
// an attacker has a machine for that, and what it costs to make a flood must not be
// taken for what it does to others. over ends it.
func (f *flooded) begin(kind string) (over func()) {
	f.t.Helper()
	order := f.from
	order.Kind = kind
	text, err := json.Marshal(order)
	f.must(err)
	self, err := os.Executable()
	f.must(err)
	cmd := exec.CommandContext(f.ctx, "nice", "-n", "19", self, "-test.run=^TestLongFlooder$", "-test.v")
	cmd.Env = append(os.Environ(), floodOrder+"="+string(text))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	goesOn, err := cmd.StdinPipe()
	f.must(err)
	f.must(cmd.Start())
	return func() {
		_ = goesOn.Close() // it may have ended
		if err := cmd.Wait(); err != nil || !strings.Contains(said.String(), "connections came") {
			f.t.Errorf("the flood: %v\n%s", err, &said)
		}
	}
}

// TestLongFlooder is the flood of TestLongFloods, until its input ends.
func TestLongFlooder(t *testing.T) {
	order := os.Getenv(floodOrder)
	if order == "" {
		t.Skip("it is a part of TestLongFloods")
	}
	var f flood
	if err := json.Unmarshal([]byte(order), &f); err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // however it ends
		close(over)
	}()
	came := 0
	switch f.Kind {
	case floodSilent:
		came = f.crowd(t, over, "")
	case floodMidway:
		came = f.crowd(t, over, beginning())
	case floodVisits:
		came = f.visits(t, over)
	}
	t.Logf("%d connections came", came)
}

func (f flood) dial(t *testing.T, i int) (net.Conn, error) {
	from := "203.0.113.7"
	if f.Everywhere {
		from = fmt.Sprintf("127.1.%d.%d", i/200%200, 1+i%200)
	}
	return dialFrom(t.Context(), f.Addr, from, f.Proxied)
}

// crowd opens all connections there are in a flood, has each say so much, and
// keeps them.
func (f flood) crowd(t *testing.T, over <-chan struct{}, words string) int {
	conns := make(chan net.Conn, floodSize)
	var all sync.WaitGroup
	for dialer := range 20 {
		all.Go(func() {
			for i := dialer; i < floodSize; i += 20 {
				c, err := f.dial(t, i)
				if err != nil {
					t.Errorf("connection %d of the flood: %v", i, err)
					continue
				}
				_, _ = io.WriteString(c, words) // it may have been put out
				conns <- c
			}
		})
	}
	all.Wait()
	<-over
	close(conns)
	n := len(conns)
	for c := range conns {
		_ = c.Close()
	}
	return n
}

// visits come 200 times a second, begin, and go.
func (f flood) visits(t *testing.T, over <-chan struct{}) (came int) {
	tick := time.NewTicker(time.Second / 200)
	defer tick.Stop()
	var all sync.WaitGroup
	defer all.Wait()
	for ; ; came++ {
		select {
		case <-tick.C:
		case <-over:
			return came
		}
		n := came
		all.Go(func() {
			if err := f.visit(t, n); err != nil {
				t.Errorf("visit %d: %v", n, err)
			}
		})
	}
}

func (f flood) visit(t *testing.T, i int) error {
	c, err := f.dial(t, i)
	if err != nil {
		return err
	}
	_, _ = io.WriteString(c, beginning()) // it may be put out, or refused
	_, _ = io.ReadFull(c, make([]byte, 100))
	return c.Close()
}

// beginning is a client's version and the first packet of its handshake.
func beginning() string {
	payload := gossh.Marshal(struct {
		Cookie                             [16]byte `sshtype:"20"`
		Kex, HostKeys, In, Out, MacIn, Mac []string
		CompressIn, Compress, LangIn, Lang []string
		Follows                            bool
		Reserved                           uint32
	}{
		Kex: []string{"mlkem768x25519-sha256", "curve25519-sha256"}, HostKeys: []string{"ssh-ed25519"},
		In: []string{"aes128-gcm@openssh.com"}, Out: []string{"aes128-gcm@openssh.com"},
		MacIn: []string{"hmac-sha2-256-etm@openssh.com"}, Mac: []string{"hmac-sha2-256-etm@openssh.com"},
		CompressIn: []string{"none"}, Compress: []string{"none"},
	})
	padding := 4 + (8-(9+len(payload))%8)%8
	packet := binary.BigEndian.AppendUint32(nil, uint32(1+len(payload)+padding))
	packet = append(append(packet, byte(padding)), payload...)
	return "SSH-2.0-flood\r\n" + string(packet) + strings.Repeat("\x00", padding)
}
