//go:build long

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/e2e/house"
)

// follower is a caller who goes on with tail where it ended.
type follower struct {
	*caller
	out *lines
}

func (w *town) follower(name, addr string) *follower {
	f := &follower{caller: w.caller(name, addr), out: &lines{}}
	f.begin = func(_ context.Context, s *gossh.Session) error {
		f.out.cut()
		s.Stdout = f.out
		return s.Start(fmt.Sprintf("tail general --json --since %d", len(f.out.list())))
	}
	return f
}

// shown waits until the follower was shown what is stored, and nothing else.
func (f *follower) shown(ctx context.Context, stored []string) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	var got []string
	err := house.Await(ctx, nil, 0, func() bool {
		got = f.out.list()
		return slices.Equal(got, stored)
	})
	if err != nil {
		return fmt.Errorf("%s was shown %d messages of %d: %w", f.name, len(got), len(stored), err)
	}
	return nil
}

// lines takes the bodies out of messages as commands print them with --json.
type lines struct {
	mu     sync.Mutex
	rest   []byte
	bodies []string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, ok := bytes.Cut(l.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		l.rest = rest
		var m arrival
		if err := json.Unmarshal(line, &m); err != nil {
			return 0, fmt.Errorf("reading %q: %w", line, err)
		}
		if m.Event == "" || m.Event == "message" {
			l.bodies = append(l.bodies, m.Body)
		}
	}
}

// cut drops a line of which only a part came.
func (l *lines) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = nil
}

func (l *lines) list() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.bodies)
}

// poster is a caller who posts lines, and goes on where it is told to.
type poster struct {
	*caller
	acks *lines
	told *house.Transcript // what the session under way says of errors

	mu   sync.Mutex
	said []string  // all lines
	done int       // of these, those that sessions before had done
	sent int       // of these, those that this session was given
	in   io.Writer // of this session
	full bool      // nothing more is said
}

var goOn = regexp.MustCompile(`go on with line (\d+)`)

func (w *town) poster(name, addr string) *poster {
	p := &poster{caller: w.caller(name, addr), acks: &lines{}, told: &house.Transcript{}}
	p.begin = p.open
	p.ended = func(error) { p.closed() }
	return p
}

func (p *poster) open(_ context.Context, s *gossh.Session) error {
	in, err := s.StdinPipe()
	if err != nil {
		return err
	}
	p.acks.cut()
	p.told = &house.Transcript{}
	s.Stdout, s.Stderr = p.acks, p.told
	if err := s.Start("send general --lines --json"); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in, p.sent = in, p.done
	return p.flush()
}

// flush gives the session what it was not given yet. A session that is gone
// takes nothing, and is found so elsewhere.
func (p *poster) flush() error {
	for ; p.in != nil && p.sent < len(p.said); p.sent++ {
		if _, err := io.WriteString(p.in, p.said[p.sent]+"\n"); err != nil {
			return nil
		}
	}
	return nil
}

// closed notes how far the session came: by its own words, or else by what was
// acknowledged.
func (p *poster) closed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in = nil
	if m := goOn.FindStringSubmatch(p.told.String()); m != nil {
		n, _ := strconv.Atoi(m[1])
		p.done += n - 1
		return
	}
	p.done = len(p.acks.list())
}

// produce says two lines a second.
func (p *poster) produce(ctx context.Context) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		p.mu.Lock()
		if !p.full {
			p.said = append(p.said, fmt.Sprintf("%s-%04d", p.name, len(p.said)))
			_ = p.flush()
		}
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// finish waits until all that was said is acknowledged.
func (p *poster) finish(ctx context.Context) error {
	p.mu.Lock()
	p.full = true
	said := len(p.said)
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if err := house.Await(ctx, nil, 0, func() bool { return len(p.acks.list()) >= said }); err != nil {
		return fmt.Errorf("%s said %d lines, %d are acknowledged: %w", p.name, said, len(p.acks.list()), err)
	}
	return nil
}

func (p *poster) acknowledged() []string { return p.acks.list() }
