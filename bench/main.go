// Command bench measures what the chat costs, beside a bare copy of lines in the
// same run: docs/performance.md says what the figures mean.
//
//	go run ./bench            the tables
//	go run ./bench big        8,000 sessions in one room, and as many as can be open
//	go run ./bench churn      a day of coming and going, in ten minutes
//	go run ./bench smoke      all of it at a tiny size; fails when anything is lost
//	go run ./bench profile    where the CPU time goes, under one load
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"teahouse/bench/bare"
	"teahouse/bench/load"
	"teahouse/e2e/house"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are what is asked for on the command line.
type options struct {
	runs     int
	sending  time.Duration
	only     *regexp.Regexp
	cipher   string
	settings []string // of the program, KEY=VALUE
	write    bool     // the tables into docs
	idle     time.Duration
	quiet    time.Duration // how long nothing comes where screens have settled
	rest     time.Duration // how long the servers do next to nothing where they rest
	day      time.Duration
	shape    shape  // for profile
	out      string // for profile
}

// bench is a run of this program.
type bench struct {
	options
	self    string // this program, which is the bare copy and the driver too
	program string // the chat, built
	dir     string
	ports   *house.Ports

	algorithms string // that all servers agreed on so far
}

func run(ctx context.Context, args []string) error {
	o, args, err := parse(args)
	if err != nil {
		return err
	}
	command := "tables"
	if len(args) > 0 {
		command = args[0]
	}
	switch command {
	case "bare":
		return serveBare(ctx, args[1:])
	case "drive":
		return load.Serve(stdio{os.Stdin, os.Stdout})
	}
	b, err := open(o)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.dir) }()
	switch command {
	case "tables":
		return b.show(ctx, "tables", b.tables(b.full()))
	case "big":
		return b.show(ctx, "big", b.big())
	case "smoke":
		return b.smoke(ctx)
	case "churn":
		return b.churn(ctx)
	case "profile":
		return b.profile(ctx)
	}
	return fmt.Errorf("there is no %q; go doc ./bench tells what there is", command)
}

func parse(args []string) (o options, rest []string, err error) {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.IntVar(&o.runs, "runs", 5, "how often everything is measured; the median is shown")
	f.DurationVar(&o.sending, "for", 10*time.Second, "how long messages are sent for one figure")
	f.DurationVar(&o.idle, "idle", 30*time.Second, "how long nothing is done for one figure")
	f.DurationVar(&o.quiet, "quiet", 700*time.Millisecond, "how long nothing must come for screens to have settled")
	f.DurationVar(&o.rest, "rest", 11*time.Second, "how long the servers must do next to nothing to be at rest; memory is given back by then")
	f.DurationVar(&o.day, "day", 10*time.Minute, "churn: how long a day takes")
	only := f.String("only", "", "measure only what this `expression` matches, such as 300/10/80x24")
	f.StringVar(&o.cipher, "cipher", "", "the cipher that clients insist on, such as chacha20-poly1305@openssh.com, which OpenSSH prefers")
	f.BoolVar(&o.write, "write", false, "write the tables and plots into docs")
	f.Func("set", "a `KEY=VALUE` setting of the program; may be given again", func(kv string) error {
		o.settings = append(o.settings, kv)
		return nil
	})
	o.shape = shape{width: 80, height: 24, rooms: 1}
	f.IntVar(&o.shape.sessions, "sessions", 0, "big, churn, profile: how many sessions")
	f.Float64Var(&o.shape.rate, "rate", 10, "profile: messages a second; 0: people come and go")
	f.IntVar(&o.shape.width, "w", 80, "profile: columns")
	f.IntVar(&o.shape.height, "h", 24, "profile: rows")
	f.IntVar(&o.shape.rooms, "rooms", 1, "profile: rooms")
	f.StringVar(&o.out, "o", "profiles", "profile: the `folder` for what comes out")
	if err := f.Parse(args); err != nil {
		return o, nil, fmt.Errorf("reading the command line: %w", err)
	}
	if o.only, err = regexp.Compile(*only); err != nil {
		return o, nil, fmt.Errorf("-only: %w", err)
	}
	return o, f.Args(), nil
}

// open makes a place to work in.
func open(o options) (*bench, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, fmt.Errorf("making a place to work in: %w", err)
	}
	return &bench{options: o, self: self, dir: dir, ports: &house.Ports{}}, nil
}

// sessions is how many are asked for.
func (b *bench) sessions(otherwise int) int {
	if b.shape.sessions > 0 {
		return b.shape.sessions
	}
	return otherwise
}

// build builds the program into the place to work in.
func (b *bench) build(ctx context.Context) error {
	b.program = filepath.Join(b.dir, "teahouse")
	return house.Build(ctx, b.program, false)
}

func serveBare(ctx context.Context, args []string) error {
	ln, err := net.Listen("tcp", strings.Join(args, ""))
	if err != nil {
		return fmt.Errorf("opening the port of the bare copy: %w", err)
	}
	return bare.Serve(ctx, ln)
}

// stdio is a connection to the process that started this one.
type stdio struct {
	io.ReadCloser
	io.WriteCloser
}

func (s stdio) Close() error { return errors.Join(s.ReadCloser.Close(), s.WriteCloser.Close()) }
