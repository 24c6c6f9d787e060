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
	fmt.Fprintf(&text, "%s\n", b.provenance(began))
	if err := s.print(&text); err != nil {
		return err
	}
	return errors.Join(b.publish(name, text.String(), s), s.err(), ctx.Err())
}

// publish prints a text, and with -write keeps it.
func (b *bench) publish(name, text string, s *sheet) error {
	fmt.Print(text)
	if !b.write {
		return nil
	}
	if err := keep(document, name, text); err != nil {
		return err
	}
	if s == nil {
		return nil
	}
	return s.plot(filepath.Dir(document))
}

// provenance says where the figures come from.
func (b *bench) provenance(began time.Time) string {
	version, err := exec.Command(b.program, "version").Output()
	if err != nil {
		version = []byte("teahouse (unknown build)")
	}
	redis, err := exec.Command("redis-server", "--version").Output()
	if err != nil {
		redis = []byte("no redis-server")
	}
	redisWords, _, _ := strings.Cut(string(redis), " sha=")
	return fmt.Sprintf("%s, %d cores, Linux %s; load %s at the end\n%s; %s\n%s; medians of %d; measured on %s, in %s\n",
		processor(), runtime.NumCPU(), fact("/proc/sys/kernel/osrelease"), fact("/proc/loadavg"),
		strings.TrimSpace(string(version)), redisWords,
		b.algorithms, b.runs, began.Format("2 January 2006"), time.Since(began).Round(time.Second))
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
	b.runs, b.sending, b.idle = 1, time.Second, time.Second
	s, err := b.measure(ctx, b.tables(b.tiny()))
	if err != nil {
		return err
	}
	if err := s.print(os.Stdout); err != nil {
		return err
	}
	return errors.Join(s.err(), s.lost())
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
