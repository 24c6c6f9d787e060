package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"teahouse/bench/load"
	"teahouse/bench/seed"
)

// profile has the program serve one load, and keeps profiles of it: of CPU
// time while messages are sent, or people come and go, and of what is allocated
// then and held.
func (b *bench) profile(ctx context.Context) error {
	if err := b.build(ctx); err != nil {
		return err
	}
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return fmt.Errorf("making a folder for the profiles: %w", err)
	}
	b.settings = append(b.settings, "PPROF=true")
	sh := b.shape
	sh.sessions = b.sessions(300)
	for _, s := range setups(oneReplica) {
		err := b.within(ctx, s, seed.Size{}, func(ctx context.Context, h *hall) error {
			return h.profile(ctx, sh, fmt.Sprintf("http://127.0.0.1:%d/debug/pprof/", h.servers.replicas[0].HTTPPort))
		})
		if err != nil {
			return err
		}
	}
	return b.top(ctx)
}

func (h *hall) profile(ctx context.Context, sh shape, url string) error {
	if _, err := h.join(ctx, sh, false); err != nil {
		return err
	}
	busy := h.comeAndGo
	if sh.rate > 0 {
		if err := h.fillScreens(ctx, sh); err != nil {
			return err
		}
		busy = h.keepTalking
	}
	done := make(chan error, 1)
	go func() { done <- busy(ctx, sh) }()
	err := h.keepProfile(ctx, url, "cpu", fmt.Sprintf("profile?seconds=%.0f", h.bench.sending.Seconds()))
	err = errors.Join(err, <-done)
	for _, what := range []string{"allocs", "heap", "goroutine"} {
		err = errors.Join(err, h.keepProfile(ctx, url, what, what))
	}
	return err
}

// keepTalking has messages said a little longer than a profile is made.
func (h *hall) keepTalking(ctx context.Context, sh shape) error {
	seconds := h.bench.sending.Seconds() + 1
	_, err := h.say(ctx, load.SayArgs{Messages: int(sh.rate * seconds), Rate: sh.rate, Patience: h.bench.sending})
	return err
}

// comeAndGo has people come in and leave for as long.
func (h *hall) comeAndGo(ctx context.Context, sh shape) error {
	const some = 50
	sh.sessions = some
	for end, again := time.Now().Add(h.bench.sending+time.Second), false; time.Now().Before(end); again = true {
		if _, err := h.join(ctx, sh, again); err != nil {
			return err
		}
		if err := h.call(ctx, "Leave", some, &struct{}{}); err != nil {
			return err
		}
	}
	return nil
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
