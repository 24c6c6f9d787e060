package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// show measures, prints, and with -write keeps what it printed under the name.
func (b *bench) show(ctx context.Context, name string, tables []table) error {
	began := time.Now()
	s, err := b.measure(ctx, tables)
	if err != nil {
		return err
	}
	text := strings.Builder{}
	how := fmt.Sprintf("medians of %d; %s", b.runs, b.algorithms)
	fmt.Fprintf(&text, "%s\n", b.provenance(how, began))
	if err := s.print(&text); err != nil {
		return err
	}
	if b.write {
		links, err := s.plot(filepath.Dir(document))
		if err != nil {
			return err
		}
		text.WriteString(links)
	}
	return errors.Join(b.publish(name, text.String()), s.err(), ctx.Err())
}

// publish prints a text, and with -write keeps it under its name.
func (b *bench) publish(name, text string) error {
	fmt.Print(text)
	if !b.write {
		return nil
	}
	return keep(document, name, text)
}

// provenance says where the figures come from.
func (b *bench) provenance(how string, began time.Time) string {
	redis, _, _ := strings.Cut(output("redis-server", "--version"), " sha=")
	return fmt.Sprintf("    %s, %d cores, Linux %s; load %s at the end\n    commit %s, %s, %s\n    measured on %s, in %s; %s\n",
		processor(), runtime.NumCPU(), fact("/proc/sys/kernel/osrelease"), fact("/proc/loadavg"),
		output("git", "describe", "--always", "--dirty", "--abbrev=12"), runtime.Version(), redis,
		began.Format("2 January 2006"), time.Since(began).Round(time.Second), how)
}

// output is what a program prints, for people to read.
func output(name string, args ...string) string {
	text, err := exec.Command(name, args...).Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(text))
}

// processor is what the machine says of its processor.
func processor() string {
	lines := bufio.NewScanner(strings.NewReader(fact("/proc/cpuinfo")))
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// fact reads what is only printed: where it cannot be had, it says so.
func fact(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(text))
}

// smoke measures all of it once, at a tiny size, and fails when anything failed
// or was not delivered.
func (b *bench) smoke(ctx context.Context) error {
	b.runs, b.sending, b.idle, b.quiet, b.rest = 1, 300*time.Millisecond, 300*time.Millisecond, 200*time.Millisecond, 200*time.Millisecond
	s, err := b.measure(ctx, b.tables(b.tiny()))
	if err != nil {
		return err
	}
	if err := s.print(os.Stdout); err != nil {
		return err
	}
	d := day{people: 6, rate: 20, long: 3 * time.Second, rest: b.rest, swift: true}
	if err := errors.Join(s.err(), s.lost(), b.live(ctx, &d)); err != nil {
		return err
	}
	fmt.Print(d.String())
	return d.err()
}

// lost tells where something was not delivered, or somebody was cut.
func (s *sheet) lost() error {
	var errs []error
	for key, all := range s.readings {
		for _, r := range all {
			if share, ok := r[delivered]; ok && share < 100 {
				errs = append(errs, fmt.Errorf("%s: only %.2f%% was delivered", key, share))
			}
			if r[cutOff] > 0 {
				errs = append(errs, fmt.Errorf("%s: %g sessions were cut", key, r[cutOff]))
			}
		}
	}
	return errors.Join(errs...)
}
