package load

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/rpc"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"teahouse/bench/bare"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestTokens: neighbours differ in every column, so that a screen sends them
// whole, and no two of an hour are the same.
func TestTokens(t *testing.T) {
	seen := map[string]int{}
	for i := range 400_000 {
		now := token(i)
		if before, is := seen[string(now)]; is {
			t.Fatalf("messages %d and %d have one token", before, i)
		}
		seen[string(now)] = i
	}
	for i := range 5000 {
		for k := 1; k <= min(40, i); k++ {
			for column, c := range token(i - k) {
				if c == token(i)[column] {
					t.Fatalf("messages %d and %d share column %d", i-k, i, column)
				}
			}
		}
	}
	if bytes.Contains([]byte(tokenLetters), []byte("x")) {
		t.Error("a token may hold what fills lines up")
	}
}

// TestLook: a token is found once, also where a read ends in its middle.
func TestLook(t *testing.T) {
	s := &session{id: 1, room: &room{}, drawn: make(chan struct{}), done: make(chan struct{})}
	for i := range 3 {
		s.room.say(sight{text: token(i), at: time.Now()})
	}
	s.room.say(sight{text: token(3), at: time.Now(), from: 1})
	in, out := net.Pipe()
	go s.read(out)
	first, second := token(0), token(1)
	for _, part := range [][]byte{
		slices.Concat([]byte("\x1b[1;1H"), first[:2]), first[2:], second, second,
	} {
		write(t, in, part)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	<-s.done
	if left := s.outstanding(); left != 1 {
		t.Errorf("%d messages are awaited, want the one that did not come", left)
	}
	if seen := s.turn(); len(seen) != 2 {
		t.Errorf("%d messages were seen, want 2", len(seen))
	}
}

// TestDrawn: a screen is there with the end of its first frame, wherever reads end.
func TestDrawn(t *testing.T) {
	begin, end := []byte("\x1b[?1049h\x1b[?2026hone"), []byte(frameEnd+"two")
	for at := range end {
		s := &session{screen: true, room: &room{}, drawn: make(chan struct{}), done: make(chan struct{})}
		in, out := net.Pipe()
		go s.read(out)
		write(t, in, begin)
		write(t, in, end[:at])
		if at < len(frameEnd) && s.await(0) == nil {
			t.Errorf("after %q it is there", end[:at])
		}
		write(t, in, end[at:])
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
		<-s.done
		select {
		case <-s.drawn:
		default:
			t.Errorf("divided at %d, it is not there", at)
		}
	}
}

func write(t *testing.T, to io.Writer, text []byte) {
	t.Helper()
	if _, err := to.Write(text); err != nil {
		t.Fatal(err)
	}
}

// hall is a bare copy, and a driver that is called as it is from outside.
func hall(t *testing.T) (addr string, call func(what string, args, answer any) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served, driven := make(chan error, 1), make(chan error, 1)
	go func() { served <- bare.Serve(ctx, ln) }()
	near, far := net.Pipe()
	go func() { driven <- Serve(far) }()
	client := rpc.NewClient(near)
	t.Cleanup(func() {
		_ = client.Close()
		if err := <-driven; err != nil {
			t.Error(err)
		}
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String(), func(what string, args, answer any) error {
		return client.Call("Driver."+what, args, answer)
	}
}

// TestSay: each message is wanted of, and seen by, all others of its room.
func TestSay(t *testing.T) {
	addr, call := hall(t)
	args := JoinArgs{Visit: Visit{Addrs: []string{addr}, Rooms: 2}, Sessions: 6, Parallel: 3}
	var joined Joined
	if err := call("Join", args, &joined); err != nil {
		t.Fatal(err)
	}
	if joined.Algorithms == "" || joined.Latency.P50 == 0 {
		t.Errorf("they came in as %+v", joined)
	}
	var said Said
	if err := call("Say", SayArgs{Messages: 12, Rate: 1000, Patience: 10 * time.Second}, &said); err != nil {
		t.Fatal(err)
	}
	if said.Wanted != 24 || said.Delivered != 24 || said.Cut != 0 || said.Latency.P99 == 0 || said.Traffic.Bytes != 24*32 {
		t.Errorf("12 messages in two rooms of 3 came to %+v", said)
	}
}

// TestLoss: what somebody does not get is missed, and who is cut is counted.
func TestLoss(t *testing.T) {
	addr, call := hall(t)
	args := JoinArgs{Visit: Visit{Addrs: []string{addr}}, Sessions: 3, Parallel: 1}
	if err := call("Join", args, &Joined{}); err != nil {
		t.Fatal(err)
	}
	d := &Driver{}
	if err := d.Join(args, &Joined{}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Leave(0, &nothing{}); err != nil {
			t.Error(err)
		}
	}()
	if err := d.sessions[2].client.Close(); err != nil {
		t.Fatal(err)
	}
	<-d.sessions[2].done
	var said Said
	if err := d.Say(SayArgs{Messages: 2, Rate: 1000, Patience: 10 * time.Second}, &said); err != nil {
		t.Fatal(err)
	}
	if said.Wanted != 4 || said.Delivered != 2 || said.Cut != 1 {
		t.Errorf("2 messages to 2 others, one of them gone, came to %+v", said)
	}
	if err := d.Count(nothing{}, &Traffic{}); err == nil {
		t.Error("nobody was cut, it says")
	}
}
