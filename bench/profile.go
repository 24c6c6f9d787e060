package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"teahouse/bench/load"
	"teahouse/bench/seed"
)

// profile has the program serve one load, and keeps profiles of it: of CPU
// time while messages are sent, and of what is allocated then and held.
func (b *bench) profile(ctx context.Context) error {
	if err := b.build(ctx, "profile"); err != nil {
		return err
	}
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return fmt.Errorf("making a folder for the profiles: %w", err)
	}
	addr, _, err := b.addr()
	if err != nil {
		return err
	}
	b.settings = append(b.settings, "PROFILE_ADDR="+addr)
	sh := b.shape
	sh.sessions = b.sessions(300)
	for _, s := range setups(oneReplica) {
		err = b.within(ctx, s, seed.Size{}, func(ctx context.Context, h *hall) error {
			return h.profile(ctx, sh, "http://"+addr+"/debug/pprof/")
		})
	}
	if err != nil {
		return err
	}
	return b.top(ctx)
}

func (h *hall) profile(ctx context.Context, sh shape, url string) error {
	if _, err := h.join(ctx, sh, false); err != nil {
		return err
	}
	if err := h.fillScreens(ctx, sh); err != nil {
		return err
	}
	seconds := h.bench.sending.Seconds()
	talked := make(chan error, 1)
	go func() {
		// A little longer than the profile.
		_, err := h.say(ctx, load.SayArgs{Messages: int(sh.rate * (seconds + 1)), Rate: sh.rate, Patience: h.bench.sending})
		talked <- err
	}()
	err := h.keepProfile(ctx, url, "cpu", fmt.Sprintf("profile?seconds=%.0f", seconds))
	err = errors.Join(err, <-talked)
	for _, what := range []string{"allocs", "heap", "goroutine"} {
		err = errors.Join(err, h.keepProfile(ctx, url, what, what))
	}
	return err
}

func (h *hall) keepProfile(ctx context.Context, url, name, what string) error {
	data, err := fetch(ctx, url+what)
	if err != nil {
		return err
	}
	if err := os.WriteFile(h.bench.profileFile(name), data, 0o644); err != nil {
		return fmt.Errorf("keeping a profile: %w", err)
	}
	return nil
}

func (b *bench) profileFile(name string) string { return filepath.Join(b.out, name+".pprof") }

// top prints where most of the time goes.
func (b *bench) top(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", "-cum", "-nodecount=60", b.profileFile("cpu"))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("reading the profile: %w", err)
	}
	fmt.Printf("\nthe profiles are in %s: go tool pprof -http : %s\n", b.out, b.profileFile("cpu"))
	return nil
}
